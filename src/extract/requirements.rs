//! What arguments ask for, checked when a handler is registered.

use std::any::type_name;

use serde::de::DeserializeOwned;

use crate::request::impossible;
use crate::state::States;

/// What the arguments of one handler ask of its table and of each other.
///
/// ```
/// use route_handlers::{FromRequest, Request, Requirements, Result};
///
/// /// The body, without the white space around it.
/// struct Trimmed(String);
///
/// impl FromRequest for Trimmed {
///     async fn from_request(request: &mut Request) -> Result<Self> {
///         Ok(Self(request.text().await?.trim().to_owned()))
///     }
///
///     fn requirements(requirements: &mut Requirements<'_>) {
///         requirements.body("Trimmed");
///         requirements.accepts("text/plain");
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Requirements<'a> {
    states: &'a States,
    reads_body: Option<&'static str>,
    accepts: Option<&'static str>,
    /// What the table or the handler lacks.
    unmet: Option<String>,
    /// Names two arguments that both read the body, or an argument that no request can make.
    conflict: Option<String>,
}

impl<'a> Requirements<'a> {
    pub(crate) fn new(states: &'a States) -> Self {
        Self { states, reads_body: None, accepts: None, unmet: None, conflict: None }
    }

    /// The table must have a state of this type.
    pub fn state<T: 'static>(&mut self) {
        if !self.states.contains::<T>() {
            self.refuse_state(type_name::<T>());
        }
    }

    #[cold]
    fn refuse_state(&mut self, wanted: &str) {
        let mut known = String::new();
        for name in self.states.names() {
            known.extend([if known.is_empty() { "it has `" } else { ", `" }, name, "`"]);
        }
        if known.is_empty() {
            known.push_str("it has no state yet");
        }
        self.refuse(format!(
            "takes `State<{wanted}>`, which the table lacks ({known}): call `with_state` before the route"
        ));
    }

    /// The argument `by` reads the body, as only one of a handler's arguments can.
    pub fn body(&mut self, by: &'static str) {
        if let Some(first) = self.reads_body.replace(by) {
            let conflict = format!("reads the body twice, as `{first}` and as `{by}`: a body can be read once");
            self.conflict.get_or_insert(conflict);
        }
    }

    /// Requires that the fields of some query or form can be read as `T`, for the argument `by`.
    pub(super) fn fields<T: DeserializeOwned>(&mut self, by: &str) {
        if let Some(reason) = impossible::<T>() {
            self.conflict.get_or_insert(format!(
                "takes `{by}<{}>`, which no request can be: {reason} (a field is a text, a number, a boolean, an enum of names, or a list of these)",
                type_name::<T>(),
            ));
        }
    }

    /// The body must be of this media type; it is what a 415 and an OPTIONS answer name.
    pub fn accepts(&mut self, media_type: &'static str) {
        self.accepts = Some(media_type);
    }

    /// The handler cannot be served, for this reason: it completes "the handler of `GET /` …".
    pub fn refuse(&mut self, reason: String) {
        self.unmet.get_or_insert(reason);
    }

    /// Adds requirements of which only those on the body are insisted on.
    pub(super) fn optional(&mut self, add: impl FnOnce(&mut Self)) {
        let unmet = self.unmet.take();
        add(self);
        self.unmet = unmet;
    }

    /// The media type of the body.
    pub(crate) fn media_type(&self) -> Option<&'static str> {
        self.accepts
    }

    /// Why the handler cannot be served, if it cannot.
    pub(crate) fn unmet(self) -> Option<String> {
        self.unmet.or(self.conflict)
    }
}
