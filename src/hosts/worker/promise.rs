//! Futures as JavaScript promises.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use worker::js_sys::Promise;
use worker::js_sys::futures::future_to_promise;
use worker::wasm_bindgen::JsValue;

/// Runs a future as a promise.
///
/// The future is boxed, because `future_to_promise` is monomorphized for each type of future.
pub(super) fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>> = Box::pin(future);
    future_to_promise(AssertUnwindSafe(future))
}
