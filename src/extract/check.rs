//! The check of a handler's arguments when it is registered.

use std::any::type_name;

use serde::de::DeserializeOwned;

use crate::request::Misfit;
use crate::request::impossible;
use crate::request::misfit;
use crate::routing::Pattern;
use crate::state::States;

/// Collects what the arguments of one handler need from the route table and from each other.
///
/// The registration of the handler fails if the table lacks something, if two arguments read the body, or if the pattern has
/// more parameters than a [`Path<T>`](crate::Path) holds. A missing parameter is found when the table is complete. An argument of
/// your own that reads a `Path<T>` calls `<Path<T> as FromHead>::check(route)` for these checks.
///
/// ```
/// use route_handlers::extract::RouteCheck;
/// use route_handlers::{FromRequest, Request, Result};
///
/// /// The body without the white space around it.
/// struct Trimmed(String);
///
/// impl FromRequest for Trimmed {
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         Ok(Self(request.text().await?.trim().to_owned()))
///     }
///
///     fn check(route: &mut RouteCheck<'_>) {
///         route.reads_body("Trimmed");
///         route.accepts("text/plain");
///     }
/// }
/// ```
#[derive(Debug)]
pub struct RouteCheck<'a> {
    states: &'a States,
    /// The pattern of the route, if its parameters are checked.
    pattern: Option<&'a Pattern>,
    /// Whether the argument is an `Option` or a `Result`.
    is_optional: bool,
    body_reader: Option<&'static str>,
    media_type: Option<&'static str>,
    /// The first thing that the table or the handler lacks.
    missing: Option<String>,
    /// Two arguments that both read the body, or an argument that cannot be read from any request.
    conflict: Option<String>,
    /// A parameter that the pattern lacks, unless the table is nested below a prefix that has it.
    incomplete: Option<String>,
}

impl<'a> RouteCheck<'a> {
    pub(crate) fn new(states: &'a States) -> Self {
        Self {
            states,
            pattern: None,
            is_optional: false,
            body_reader: None,
            media_type: None,
            missing: None,
            conflict: None,
            incomplete: None,
        }
    }

    /// Checks the parameters of this pattern too.
    pub(crate) fn with_pattern(self, pattern: &'a Pattern) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    /// Requires that the route table has a state of this type.
    ///
    /// For an `Option` or a `Result` of the argument this is not checked.
    pub fn needs_state<T: 'static>(&mut self) {
        if !self.states.contains::<T>() {
            self.refuse_state(type_name::<T>());
        }
    }

    /// Requires a state that a validation reads, for an `Option` of the argument too.
    #[cfg(feature = "garde")]
    pub(super) fn needs_context<T: 'static>(&mut self) {
        if !self.states.contains::<T>() {
            let name = type_name::<T>();
            self.conflict.get_or_insert(format!(
                "validates with the context `{name}`, which the table lacks: call `with_state` before the route"
            ));
        }
    }

    #[cold]
    fn refuse_state(&mut self, name: &str) {
        let mut known = String::new();
        for name in self.states.names() {
            known.push_str(if known.is_empty() { "it has `" } else { "`, `" });
            known.push_str(name);
        }
        known.push_str(if known.is_empty() { "it has no state yet" } else { "`" });
        self.refuse(format!(
            "takes `State<{name}>`, which the table lacks ({known}): call `with_state` before the route"
        ));
    }

    /// Declares that the argument reads the body.
    ///
    /// Registration refuses a second argument that does. Error messages call the argument by the name `argument`. Without
    /// this declaration, the second reader of the body fails with 500.
    pub fn reads_body(&mut self, argument: &'static str) {
        if let Some(first) = self.body_reader.replace(argument) {
            self.conflict.get_or_insert(format!(
                "reads the body twice, as `{first}` and as `{argument}`: take one, or `Bytes` for both"
            ));
        }
    }

    /// Requires that the fields of some query or form can be read as `T`, for the argument `argument`.
    pub(super) fn reads_fields<T: DeserializeOwned>(&mut self, argument: &str) {
        if let Some(reason) = impossible::<T>() {
            let file = if argument == "FormData" { "a file, " } else { "" };
            self.conflict.get_or_insert(format!(
                "takes `{argument}<{}>`, which cannot be read from any request: {reason} (a field is a text, a number, a boolean, {file}an enum of names, or a list of these)",
                type_name::<T>(),
            ));
        }
    }

    /// Requires that the parameters of the pattern can be read as `T`, for the argument `Path<T>`.
    pub(super) fn reads_params<T: DeserializeOwned>(&mut self) {
        let Some(pattern) = self.pattern else { return };
        if self.is_optional && pattern.names().len() == 0 {
            return; // the argument is absent
        }
        if let Some(misfit) = misfit::<T>(pattern, self.is_optional) {
            self.refuse_params(type_name::<T>(), misfit);
        }
    }

    #[cold]
    fn refuse_params(&mut self, name: &str, misfit: Misfit) {
        let (slot, reason) = match misfit {
            Misfit::Always(reason) => (&mut self.conflict, reason),
            Misfit::Alone(reason) => (&mut self.incomplete, reason),
        };
        slot.get_or_insert(format!("takes `Path<{name}>`, which cannot hold the parameters of the pattern: {reason}"));
    }

    /// Declares the media type that the body must have, without parameters.
    ///
    /// Several types are separated by commas: `"text/csv, application/sql"`. If the handler serves PATCH or QUERY, the
    /// automatic OPTIONS names them in `Accept-Patch` or `Accept-Query`. The argument itself must respond with 415 to other
    /// types.
    pub fn accepts(&mut self, media_type: &'static str) {
        self.media_type = Some(media_type);
    }

    /// Refuses the handler. The reason completes the sentence "the handler of `GET /` …".
    ///
    /// ```
    /// use route_handlers::extract::RouteCheck;
    /// use route_handlers::{FromHead, Head, Result, RouteHandlers, get};
    ///
    /// struct Nonce;
    ///
    /// impl FromHead for Nonce {
    ///     fn from_head(_: &Head<'_>) -> Result<Self> {
    ///         Ok(Self)
    ///     }
    ///
    ///     fn check(route: &mut RouteCheck<'_>) {
    ///         if std::env::var_os("NONCE_KEY").is_none() {
    ///             route.refuse("takes `Nonce`, which needs the environment variable NONCE_KEY: set it".to_owned());
    ///         }
    ///     }
    /// }
    ///
    /// let refused = RouteHandlers::new().try_route("/", get(async |_: Nonce| "page")).unwrap_err();
    /// assert!(refused.to_string().contains("needs the environment variable NONCE_KEY"));
    /// ```
    pub fn refuse(&mut self, reason: String) {
        self.missing.get_or_insert(reason);
    }

    /// Runs the check of an optional argument. If the table lacks something for it, the handler is not refused.
    pub(super) fn optional(&mut self, check: impl FnOnce(&mut Self)) {
        let missing = self.missing.take();
        let was_optional = std::mem::replace(&mut self.is_optional, true);
        check(self);
        self.is_optional = was_optional;
        self.missing = missing;
    }

    /// The last argument that reads the body.
    pub(crate) fn body_reader(&self) -> Option<&'static str> {
        self.body_reader
    }

    /// The media type of the body.
    pub(crate) fn media_type(&self) -> Option<&'static str> {
        self.media_type
    }

    /// Returns why the pattern lacks a parameter, unless the table is nested below a prefix that has it.
    ///
    /// # Errors
    ///
    /// The reason to refuse the handler.
    pub(crate) fn finish(self) -> Result<Option<String>, String> {
        match self.missing.or(self.conflict) {
            Some(reason) => Err(reason),
            None => Ok(self.incomplete),
        }
    }
}
