//! What AWS Lambda needs beside `lambda_http::run(api)`.
//!
//! Lambda freezes the process as soon as an invocation is answered: work for [`After`](route_handlers::After) would stand
//! still until the next request, or for ever. So these two services have it done within the invocation.
//!
//! | | the client has its answer | Lambda's limit |
//! |---|---|---|
//! | [`whole`], for `lambda_http::run` | after the work | 6 MB |
//! | [`streamed`], which [`run_streamed`] runs | piece by piece, before the work; its end comes after it | 200 MB |
//!
//! Both hold for every tower service, so for `api.over(inner)`, too.
//!
//! Without them, as in `bin/plain.rs`, a table runs as it is, but a handler that takes `After` is 500, text that is not
//! UTF-8 is changed, of a header with several lines an HTTP API sees the first, and its path is decoded twice.
//!
//! Limits that remain: behind an HTTP API a `%2F` is a `/`. `lambda_http` resolves `.` and `..` in the path of the others before a
//! table sees it. A load balancer passes on several cookies only if its target group has multi-value headers switched on.
//! A header that is not UTF-8 fails the invocation, and so does one that is not ASCII in a streamed response.

mod headers;
mod path;
mod stage;
mod streamed;
mod whole;
mod work;

pub use stage::with_stage;
pub use streamed::{run_streamed, streamed};
pub use whole::{Answer, whole};
