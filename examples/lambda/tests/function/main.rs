//! The app as a function of AWS Lambda. The tests serve the runtime API, and start the function as a child process.

mod on_hyper;
mod runtime_api;
mod streamed;
mod triggers;
mod whole;
