//! Adapts a service to AWS Lambda: runs the work of [`After`](route_handlers::After), and keeps paths, headers and bodies intact.
//!
//! Lambda freezes the process at the end of an invocation. Work for `After` would then stop until the next request, or
//! forever. For this reason the two adapters run the work within the invocation:
//!
//! | adapter | when the client receives the response | limit of Lambda |
//! |---|---|---|
//! | [`whole`], for `lambda_http::run` | after the work | 6 MB |
//! | [`streamed`], for [`run_streamed`] | piece by piece before the work, and its end after the work | 200 MB |
//!
//! Both adapt any tower service, for example `api.over(inner)`.
//!
//! A route table also runs without an adapter, as in `bin/plain.rs`, but with these faults:
//!
//! * A handler that takes `After` responds with 500.
//! * Text that is not UTF-8 is changed.
//! * Behind an HTTP API, a header with several lines loses all but the first, and the path is decoded twice.
//!
//! These limits remain with an adapter:
//!
//! * Behind an HTTP API, `%2F` is `/`. Behind the other triggers, `lambda_http` resolves `.` and `..` in the path.
//! * A load balancer sends several cookies only if its target group has multi-value headers.
//! * A header that is not UTF-8 fails the invocation. In a streamed response, a header that is not ASCII does too, as
//!   `lambda_http` would send it without its value.

mod headers;
mod path;
mod stage;
mod streamed;
mod whole;
mod work;

pub use stage::with_stage;
pub use streamed::{run_streamed, streamed};
pub use whole::{Whole, whole};
