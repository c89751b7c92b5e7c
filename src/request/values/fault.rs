//! Why a value could not be made of texts.

use std::fmt;

use serde::de::{self, Unexpected};

use crate::request::values::Owner;
use crate::request::values::file::FileMark;
use crate::request::values::guess::{unreadable_name, unreadable_number};
use crate::request::values::place::Place;
use crate::request::values::record::{Asked, Given, Seen, note_fault, note_seen};
use crate::request::words;

/// The reason for the name of a variant that has content.
const NEEDS_CONTENT: &str = "a variant with content cannot be read from text";

/// Why a value could not be made of texts. It is boxed, so that a result with it is small.
#[derive(Clone, Debug)]
pub(in crate::request) struct Fault(Box<Cause>);

#[derive(Clone, Debug)]
pub(in crate::request) enum Cause {
    /// The text is not of the type: the client's mistake. `misfit` is set if no text at all can be of the type, or if a variant
    /// lacks or denies a field. Then either the client chose that variant, or every request fails: the programmer's mistake.
    Value { place: Place, reason: String, misfit: Option<Box<Cause>> },
    /// There is no parameter of this name.
    Missing(&'static str),
    /// The type has no field of this name.
    Unknown(String),
    /// No text could be of the type: the programmer's mistake.
    Shape(String),
}

impl Fault {
    #[cold]
    pub(in crate::request) fn value(place: Place, reason: impl Into<String>) -> Self {
        Cause::Value { place, reason: reason.into(), misfit: None }.into()
    }

    #[cold]
    pub(in crate::request) fn shape(reason: impl Into<String>) -> Self {
        Cause::Shape(reason.into()).into()
    }

    /// Adds the reason why no text could be of the type.
    #[cold]
    pub(in crate::request) fn with_shape(mut self, reason: impl Into<String>) -> Self {
        if let Cause::Value { misfit, .. } = &mut *self.0 {
            *misfit = Some(Box::new(Cause::Shape(reason.into())));
        }
        self
    }

    pub(in crate::request) fn cause(&self) -> &Cause {
        &self.0
    }

    pub(in crate::request) fn into_cause(self) -> Cause {
        *self.0
    }

    /// Adds the owner of the value that a visitor refused.
    #[cold]
    pub(in crate::request) fn with_owner(mut self, owner: Owner) -> Self {
        if let Cause::Value { place: place @ (Place::Unknown | Place::Text { .. }), .. } = &mut *self.0 {
            *place = Place::Owner(owner);
        }
        self
    }
}

impl Cause {
    /// The programmer's mistake, if no request is without this fault.
    pub(in crate::request) fn into_misfit(self) -> Self {
        match self {
            Self::Value { misfit: Some(misfit), .. } => *misfit,
            cause => cause,
        }
    }

    /// The reason why no text could be of the type.
    pub(in crate::request) fn shape(&self) -> Option<&str> {
        match self {
            Self::Shape(reason) => Some(reason),
            Self::Value { misfit: Some(misfit), .. } => misfit.shape(),
            _ => None,
        }
    }

    /// Whether the text is the name of a variant that has content.
    pub(in crate::request) fn needs_content(&self) -> bool {
        matches!(self, Self::Value { reason, .. } if reason == NEEDS_CONTENT)
    }
}

impl From<Cause> for Fault {
    #[cold]
    fn from(cause: Cause) -> Self {
        Self(Box::new(cause))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause() {
            Cause::Value { reason, .. } | Cause::Shape(reason) => f.write_str(reason),
            Cause::Missing(name) => write!(f, "missing field `{name}`"),
            Cause::Unknown(name) => write!(f, "unknown field {}", words::quoted(name)),
        }
    }
}

impl std::error::Error for Fault {}

/// Converts serde's description of a given value.
fn given(unexpected: Unexpected<'_>) -> Option<Given> {
    #[expect(clippy::cast_precision_loss, reason = "it is compared with a text that is read in the same way")]
    let given = match unexpected {
        Unexpected::Str(text) => Given::Text(Place::of(text)),
        Unexpected::Unsigned(number) => Given::Number(number as f64),
        Unexpected::Signed(number) => Given::Number(number as f64),
        Unexpected::Float(number) => Given::Number(number),
        Unexpected::Bool(_) => Given::Boolean,
        Unexpected::Seq => Given::List,
        Unexpected::Unit => Given::Nothing,
        Unexpected::Bytes(bytes) if FileMark::is_mark(bytes) => Given::Text(FileMark::place(bytes)),
        Unexpected::Bytes(bytes) => Given::Unreadable(unreadable_number(bytes)?),
        _ => return None,
    };
    Some(given)
}

/// Whether a text can never be what a visitor expects, by the words of serde's own visitors.
fn is_impossible(expected: &str) -> bool {
    match expected.split_once(' ') {
        None => expected == "unit",
        Some(("a", rest)) => rest == "map",
        Some(("struct", name)) if !name.contains(' ') => true,
        Some(("unit", rest)) => rest.starts_with("struct "),
        Some(("struct" | "tuple", rest)) => rest.starts_with("variant "),
        Some(_) => false,
    }
}

fn refused(unexpected: Unexpected<'_>, expected: &str) -> Fault {
    let words = words::expected(expected);
    let (place, reason) = match unexpected {
        Unexpected::Bytes(bytes) if FileMark::is_mark(bytes) => (FileMark::place(bytes), words::file_is_not(&words)),
        Unexpected::Str(text) => (Place::of(text), format!("{} is not {words}", words::quoted(text))),
        Unexpected::Seq => (Place::Unknown, format!("it is given more than once, expected {words}")),
        other => (Place::Unknown, format!("{} is not {words}", words::found_words(&other.to_string()))),
    };
    note_fault(&reason, given(unexpected).map(|given| (given, Asked::by(expected))));
    Fault::value(place, reason)
}

impl de::Error for Fault {
    #[cold]
    fn custom<T: fmt::Display>(reason: T) -> Self {
        let reason = reason.to_string();
        if let Some(reason) = words::impossible(&reason) {
            return Self::shape(reason);
        }
        let reason = words::message(&reason);
        note_fault(&reason, None);
        Self::value(Place::Unknown, reason)
    }

    #[cold]
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let expected = expected.to_string();
        if matches!(unexpected, Unexpected::UnitVariant) {
            note_fault(NEEDS_CONTENT, None);
            return Self::value(Place::Unknown, NEEDS_CONTENT);
        }
        let fault = refused(unexpected, &expected);
        let reason = || format!("it is text, not {expected}");
        match unexpected {
            Unexpected::Map => Self::shape(reason()),
            _ if is_impossible(&expected) => fault.with_shape(reason()),
            _ => fault,
        }
    }

    #[cold]
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        refused(unexpected, &expected.to_string())
    }

    #[cold]
    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        let reason = format!("invalid length {length}, expected {}", words::expected(&expected.to_string()));
        note_fault(&reason, None);
        Self::value(Place::Unknown, reason)
    }

    #[cold]
    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        note_seen(Seen { variants: known, ..Seen::default() });
        let known = format!("one of `{}`", known.join("`, `"));
        let reason = if FileMark::is_converted(name) {
            words::file_is_not(&known)
        } else {
            format!("unknown variant {}, expected {known}", words::quoted(name))
        };
        let given = unreadable_name(name).map_or_else(|| Given::Text(Place::of(name)), Given::Unreadable);
        note_fault(&reason, Some((given, Asked::Variant)));
        Self::value(Place::of(name), reason)
    }

    #[cold]
    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        note_fault("unknown field", None);
        Cause::Unknown(name.to_owned()).into()
    }

    #[cold]
    fn missing_field(name: &'static str) -> Self {
        note_fault(&format!("missing field `{name}`"), None);
        Cause::Missing(name).into()
    }

    #[cold]
    fn duplicate_field(name: &'static str) -> Self {
        let reason = format!("`{name}` is given more than once");
        note_fault(&reason, None);
        Self::value(Place::Unknown, reason)
    }
}
