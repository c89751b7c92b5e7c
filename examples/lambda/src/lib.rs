//! What AWS Lambda needs beside `lambda_http::run(api)`.
//!
//! Lambda freezes the process at the end of an invocation: work for [`After`](route_handlers::After) would stop until the
//! next request, or forever. So these two services do the work within the invocation.
//!
//! | | the client has its response | Lambda's limit |
//! |---|---|---|
//! | [`whole`], for `lambda_http::run` | after the work | 6 MB |
//! | [`streamed`], which [`run_streamed`] runs | piece by piece, before the work; its end comes after it | 200 MB |
//!
//! Both hold for every tower service, so for `api.over(inner)`, too.
//!
//! Without them, as in `bin/plain.rs`, a table runs with these faults:
//!
//! * A handler that takes `After` is 500.
//! * Text that is not UTF-8 is changed.
//! * An HTTP API sees the first line only of a header with several lines, and its path is decoded twice.
//!
//! These limits remain:
//!
//! * Behind an HTTP API, `%2F` is `/`. Behind the other services, `lambda_http` resolves `.` and `..` before a table sees the
//!   path.
//! * A load balancer passes on several cookies only if its target group has multi-value headers switched on.
//! * A header that is not UTF-8 fails the invocation, and so does one that is not ASCII in a streamed response.
//!   This is intended: `lambda_http` writes the head of a streamed response without the value of such a header.

mod headers;
mod path;
mod stage;
mod streamed;
mod whole;
mod work;

pub use stage::with_stage;
pub use streamed::{run_streamed, streamed};
pub use whole::{Answer, whole};
