//! Guesses of what a text is, for a type that asks: a text, a number, a list, …

use std::str::FromStr;

use crate::request::values::Owner;
use crate::request::values::record::Asked;

/// How often a value is given as a list. The error for a refused list does not name its field, so all lists become texts again,
/// and the correct lists need a second try.
const MAX_LISTS_TRIED: u8 = 2;

/// A guess of what a value is. It begins as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::request) struct Guess {
    pub(super) kind: Kind,
    /// Whether it is a list, of values of this kind.
    pub(in crate::request) is_list: bool,
    /// Whether it was given as another kind and refused: then it stays a text.
    pub(super) is_kept: bool,
    /// How often it was given as a list and refused.
    lists_tried: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Text,
    Number,
    Boolean,
    /// `None`, for an empty text.
    Nothing,
    /// Bytes that no type accepts, to learn whether the type uses the value. The number tells it from other such values.
    Unreadable(u8),
}

/// A text as the value that it is guessed to be.
pub(super) enum Guessed {
    Text,
    Natural(u64),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Nothing,
    Unreadable(&'static [u8]),
}

impl Guess {
    /// The guess for a value that no type accepts.
    pub(super) fn unreadable_as(number: u8) -> Self {
        Self { kind: Kind::Unreadable(number), ..Self::default() }
    }

    /// The guess for an empty text that is given as `None`.
    pub(super) fn as_nothing(self) -> Self {
        Self { kind: Kind::Nothing, is_list: false, ..self }
    }

    /// The bytes that no type accepts, if the value is given as such.
    pub(in crate::request) fn unreadable(self) -> Option<&'static [u8]> {
        match self.kind {
            Kind::Unreadable(number) => UNREADABLE.get(..=usize::from(number)),
            _ => None,
        }
    }

    /// The value of a text, if this guess is right for it.
    pub(super) fn value(self, text: &str) -> Guessed {
        let is_nothing = text.is_empty() && self.kind != Kind::Text;
        let value = match self.kind {
            Kind::Unreadable(_) => self.unreadable().map(Guessed::Unreadable),
            _ if is_nothing => Some(Guessed::Nothing),
            Kind::Boolean => boolean(text).map(Guessed::Boolean),
            Kind::Number => natural_or_integer(text).or_else(|| number(text).map(Guessed::Float)),
            Kind::Text | Kind::Nothing => None,
        };
        value.unwrap_or(Guessed::Text)
    }

    /// The next guess for a text that was refused: it is what the type asked for. `None` if it cannot be.
    pub(super) fn asked_for(self, asked: Asked, text: &str) -> Option<Self> {
        let is_text = self.kind == Kind::Text || self.kind == Kind::Nothing && !text.is_empty();
        let kind = match asked {
            Asked::List if self.is_list || self.lists_tried == MAX_LISTS_TRIED => return None,
            Asked::List => return Some(Self { is_list: true, is_kept: false, ..self }),
            _ if self.is_kept || !is_text => return None,
            _ if text.is_empty() => Kind::Nothing,
            Asked::Variant => return None,
            Asked::Boolean => boolean(text).map(|_| Kind::Boolean)?,
            Asked::SmallFloat => number::<f32>(text).map(|_| Kind::Number)?,
            Asked::Other => number::<f64>(text).map(|_| Kind::Number)?,
        };
        Some(Self { kind, ..self })
    }

    /// The next guess for a value that was refused as something else than a text: it is a text.
    pub(super) fn reverted(self) -> Self {
        Self { is_kept: true, lists_tried: self.lists_tried + u8::from(self.is_list), ..Self::default() }
    }
}

/// Parses a float; `None` if the type cannot hold it.
pub(super) fn number<F: FromStr + Into<f64> + Copy>(text: &str) -> Option<F> {
    text.parse().ok().filter(|number: &F| (*number).into().is_finite())
}

fn natural_or_integer(text: &str) -> Option<Guessed> {
    let natural = text.parse().map(Guessed::Natural);
    natural.or_else(|_| text.parse().map(Guessed::Integer)).ok()
}

/// Parses a boolean. A checkbox of an HTML form sends `on` if it is set, and nothing otherwise.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "on" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Bytes that no type accepts: they are no text, no number and no list. The first `n + 1` of them stand for the value with the
/// number `n`.
const UNREADABLE: &[u8; 32] = &[0xFF; 32];

/// The number of the value that these bytes stand for.
pub(super) fn unreadable_number(bytes: &[u8]) -> Option<usize> {
    bytes.len().checked_sub(1).filter(|_| UNREADABLE.starts_with(bytes))
}

/// As [`unreadable_number`], for the text that serde makes of the bytes where it expects the name of a variant.
pub(super) fn unreadable_name(name: &str) -> Option<usize> {
    let is_unreadable = name.chars().all(|character| character == char::REPLACEMENT_CHARACTER);
    name.chars().count().checked_sub(1).filter(|_| is_unreadable)
}

/// The guesses for all values of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Guesses {
    /// Values beyond the end are texts.
    by_owner: Vec<Guess>,
    /// Parameters that the request lacks, given as empty lists.
    pub(super) absent: Vec<&'static str>,
}

impl Guesses {
    pub(super) fn of(&self, owner: Owner) -> Guess {
        self.by_owner.get(owner).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, owner: Owner, guess: Guess) {
        if self.by_owner.len() <= owner {
            self.by_owner.resize(owner + 1, Guess::default());
        }
        self.by_owner[owner] = guess;
    }
}
