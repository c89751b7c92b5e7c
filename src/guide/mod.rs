#![doc = include_str!("links.md")]
#![doc = include_str!("README.md")]
//
// `links.md` has the links between the pages for rustdoc. It stands before a page, which has its own links for other readers of
// Markdown: the first definition of a link counts.

// Only rustdoc compiles this module. A chapter has its text if the features that it uses are enabled.
#![allow(missing_docs, reason = "a chapter without its features has no text")]

#[allow(unused_imports, reason = "the chapters name items of the crate")]
use crate::*;

#[cfg_attr(all(feature = "testing", feature = "serve"), doc = include_str!("links.md"), doc = include_str!("01_first_routes.md"))]
pub mod _01_first_routes {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("02_patterns_and_paths.md"))]
pub mod _02_patterns_and_paths {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("03_arguments.md"))]
pub mod _03_arguments {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("04_responses_and_errors.md"))]
pub mod _04_responses_and_errors {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("05_state_and_databases.md"))]
pub mod _05_state_and_databases {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("06_groups_layers_and_middleware.md"))]
pub mod _06_groups_layers_and_middleware {}

#[cfg_attr(all(feature = "testing", feature = "cookie-signed"), doc = include_str!("links.md"), doc = include_str!("07_cookies_sessions_and_auth.md"))]
pub mod _07_cookies_sessions_and_auth {}

#[cfg_attr(all(feature = "testing", feature = "multipart", feature = "temp-files", feature = "tokio"), doc = include_str!("links.md"), doc = include_str!("08_forms_and_files.md"))]
pub mod _08_forms_and_files {}

#[cfg_attr(all(feature = "testing", feature = "sse", feature = "serve"), doc = include_str!("links.md"), doc = include_str!("09_streams_and_sse.md"))]
pub mod _09_streams_and_sse {}

#[cfg_attr(all(feature = "testing", feature = "tokio", feature = "serve"), doc = include_str!("links.md"), doc = include_str!("10_work_after_the_response.md"))]
pub mod _10_work_after_the_response {}

#[cfg_attr(all(feature = "testing", feature = "openapi", feature = "garde"), doc = include_str!("links.md"), doc = include_str!("11_openapi_and_typescript.md"))]
pub mod _11_openapi_and_typescript {}

#[cfg_attr(
    all(feature = "app-dir", feature = "testing", feature = "timeout", feature = "serve", feature = "worker"),
    doc = include_str!("links.md"),
    doc = include_str!("12_routes_from_folders.md")
)]
pub mod _12_routes_from_folders {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("13_testing.md"))]
pub mod _13_testing {}

#[cfg_attr(all(feature = "testing", feature = "tracing"), doc = include_str!("links.md"), doc = include_str!("14_observability.md"))]
pub mod _14_observability {}

#[cfg_attr(
    all(feature = "axum", feature = "hyper", feature = "serve", feature = "testing", feature = "tokio", feature = "warp", feature = "worker"),
    doc = include_str!("links.md"),
    doc = include_str!("15_deploying.md")
)]
pub mod _15_deploying {}

#[cfg_attr(all(feature = "testing", feature = "cookie-signed", feature = "sse"), doc = include_str!("links.md"), doc = include_str!("16_scaling_out.md"))]
pub mod _16_scaling_out {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("17_security.md"))]
pub mod _17_security {}

#[cfg_attr(feature = "testing", doc = include_str!("links.md"), doc = include_str!("18_how_it_works.md"))]
pub mod _18_how_it_works {}

#[cfg_attr(feature = "openapi", doc = include_str!("links.md"), doc = include_str!("limits.md"))]
pub mod limits {}

pub mod migration;
pub mod recipes;
