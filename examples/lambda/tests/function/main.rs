//! The app as a function of AWS Lambda: a program that runs as the child of a runtime API, which this test serves.

mod on_hyper;
mod runtime_api;
mod streamed;
mod triggers;
mod whole;
