//! The reason why there is no response.

use worker::wasm_bindgen::JsValue;
use worker::{js_sys, web_sys};

use crate::body::BoxError;

/// An error of this crate or of the service, or one that JavaScript threw.
pub(super) enum Failure {
    Rust(String),
    Js(JsValue),
}

impl Failure {
    pub(super) fn new(error: impl Into<BoxError>) -> Self {
        Self::Rust(error.into().to_string())
    }

    /// Logs the error and responds with 500, as the macro `event` does.
    pub(super) fn into_response(self) -> web_sys::Response {
        let error = match self {
            Self::Rust(text) => js_sys::Error::new(&text).into(),
            Self::Js(error) => error,
        };
        web_sys::console::error_1(&error);
        let init = web_sys::ResponseInit::new();
        init.set_status(500);
        web_sys::Response::new_with_opt_str_and_init(Some("INTERNAL SERVER ERROR"), &init)
            .expect("a 500 with a text body is a valid response")
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
            Failure::Rust(text) => Self::RustError(text),
            Failure::Js(error) => error.into(),
        }
    }
}
