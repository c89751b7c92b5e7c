//! Why there is no answer.

use worker::wasm_bindgen::JsValue;
use worker::{js_sys, web_sys};

use crate::body::BoxError;

/// What goes wrong here, and in JavaScript.
pub(super) enum Failure {
    Own(String),
    Js(JsValue),
}

impl Failure {
    pub(super) fn new(error: impl Into<BoxError>) -> Self {
        Self::Own(error.into().to_string())
    }

    /// As the macro `event` does.
    pub(super) fn into_response(self) -> web_sys::Response {
        let error = match self {
            Self::Own(text) => js_sys::Error::new(&text).into(),
            Self::Js(error) => error,
        };
        web_sys::console::error_1(&error);
        let init = web_sys::ResponseInit::new();
        init.set_status(500);
        web_sys::Response::new_with_opt_str_and_init(Some("INTERNAL SERVER ERROR"), &init)
            .expect("this answer is one that can be made")
    }
}

impl From<JsValue> for Failure {
    fn from(error: JsValue) -> Self {
        Self::Js(error)
    }
}

impl From<Failure> for worker::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Own(text) => Self::RustError(text),
            Failure::Js(error) => error.into(),
        }
    }
}
