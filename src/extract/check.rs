//! The check of a handler's arguments when it is registered.

use std::any::type_name;

use serde::de::DeserializeOwned;

use crate::request::impossible;
use crate::state::States;

/// Collects what the arguments of one handler need from the route table and from each other.
///
/// The registration of the handler fails if the table lacks something, or if two arguments read the body.
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
    body_reader: Option<&'static str>,
    media_type: Option<&'static str>,
    /// The first thing that the table or the handler lacks.
    missing: Option<String>,
    /// Two arguments that both read the body, or an argument that cannot be read from any request.
    conflict: Option<String>,
}

impl<'a> RouteCheck<'a> {
    pub(crate) fn new(states: &'a States) -> Self {
        Self { states, body_reader: None, media_type: None, missing: None, conflict: None }
    }

    /// Requires that the route table has a state of this type.
    ///
    /// For an `Option` or a `Result` of the argument this is not checked.
    pub fn needs_state<T: 'static>(&mut self) {
        if !self.states.contains::<T>() {
            self.refuse_state(type_name::<T>());
        }
    }

    #[cold]
    fn refuse_state(&mut self, name: &str) {
        let known: Vec<String> = self.states.names().map(|name| format!("`{name}`")).collect();
        let known =
            if known.is_empty() { "it has no state yet".to_owned() } else { format!("it has {}", known.join(", ")) };
        self.refuse(format!(
            "takes `State<{name}>`, which the table lacks ({known}): call `with_state` before the route"
        ));
    }

    /// Declares that the argument reads the body. Registration refuses a second argument that does. Error messages call the
    /// argument by the name `argument`. Without this declaration, the second reader of the body fails with 500.
    pub fn reads_body(&mut self, argument: &'static str) {
        if let Some(first) = self.body_reader.replace(argument) {
            let conflict = format!("reads the body twice, as `{first}` and as `{argument}`: a body can be read once");
            self.conflict.get_or_insert(conflict);
        }
    }

    /// Requires that the fields of some query or form can be read as `T`, for the argument `argument`.
    pub(super) fn reads_fields<T: DeserializeOwned>(&mut self, argument: &str) {
        if let Some(reason) = impossible::<T>() {
            self.conflict.get_or_insert(format!(
                "takes `{argument}<{}>`, which cannot be read from any request: {reason} (a field is a text, a number, a boolean, an enum of names, or a list of these)",
                type_name::<T>(),
            ));
        }
    }

    /// Declares the media type that the body must have. If the handler serves PATCH, the automatic OPTIONS names it in
    /// `Accept-Patch`. The argument itself must respond with 415 to other types.
    pub fn accepts(&mut self, media_type: &'static str) {
        self.media_type = Some(media_type);
    }

    /// Refuses the handler. The reason completes the sentence "the handler of `GET /` …".
    pub fn refuse(&mut self, reason: String) {
        self.missing.get_or_insert(reason);
    }

    /// Runs the check of an optional argument. If the table lacks something for it, the handler is not refused.
    pub(super) fn optional(&mut self, check: impl FnOnce(&mut Self)) {
        let missing = self.missing.take();
        check(self);
        self.missing = missing;
    }

    /// The first argument that reads the body.
    pub(crate) fn body_reader(&self) -> Option<&'static str> {
        self.body_reader
    }

    /// The media type of the body.
    pub(crate) fn media_type(&self) -> Option<&'static str> {
        self.media_type
    }

    /// The reason to refuse the handler, if there is one.
    pub(crate) fn refusal(self) -> Option<String> {
        self.missing.or(self.conflict)
    }
}
