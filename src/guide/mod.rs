//! The guide: the crate in eighteen chapters, from the first route to many instances.
//!
//! Read the chapters in order, or start with the one that you need. Chapters 1 to 6 are the base of all others.
//! Every block of code is compiled and run as a test.
//!
//! 1. [Your first routes](_01_first_routes): You write a server with three routes, start it, and test it.
//! 2. [Patterns and paths](_02_patterns_and_paths): You learn which pattern serves a path, and what happens to unusual paths.
//! 3. [Arguments](_03_arguments): You read the path, the query, headers and the body as typed arguments, and write your own argument.
//! 4. [Responses and errors](_04_responses_and_errors): You return text, JSON, redirects and errors, and change the form of errors.
//! 5. [State and databases](_05_state_and_databases): You share values such as a database pool with the handlers.
//! 6. [Groups, layers and middleware](_06_groups_layers_and_middleware): You split an API into groups, and run code around the handlers of a group.
//! 7. [Cookies, sessions and auth](_07_cookies_sessions_and_auth): You set and read cookies, keep a session, and protect routes.
//! 8. [Forms and files](_08_forms_and_files): You read forms and uploaded files, and send files.
//! 9. [Streams and server-sent events](_09_streams_and_sse): You stream responses and send events to browsers.
//! 10. [Work after the response](_10_work_after_the_response): You run work after the response was sent, and wait for it at shutdown.
//! 11. [Validation, OpenAPI and a TypeScript client](_11_openapi_and_typescript): You validate input, publish an OpenAPI document, and generate a TypeScript client.
//! 12. [Routes from folders](_12_routes_from_folders): You declare routes by folders and files, as in Next.js.
//! 13. [Testing](_13_testing): You test routes, handlers and arguments without a server.
//! 14. [Observability](_14_observability): You log requests, count them, and trace them.
//! 15. [Deploying](_15_deploying): You deploy the routes as one binary, to AWS Lambda, Vercel, Cloudflare and WASI.
//! 16. [Scaling out](_16_scaling_out): You run several instances, and learn what they share.
//! 17. [Security](_17_security): You learn what the crate protects against, and what it leaves to you.
//! 18. [How it works](_18_how_it_works): You follow a request through the code, as a contributor.
//!
//! [Recipes](recipes) solve one task each, on one page. [Migration](migration) leads from Next.js, axum, warp,
//! actix-web, Express and hono to this crate.
//! [Limits](limits) lists what the crate does not do.

// Only rustdoc compiles this module. A chapter has its text if the features that it uses are enabled.
#![allow(missing_docs, reason = "a chapter without its features has no text")]

#[cfg_attr(all(feature = "testing", feature = "serve"), doc = include_str!("01_first_routes.md"))]
pub mod _01_first_routes {}

#[cfg_attr(feature = "testing", doc = include_str!("02_patterns_and_paths.md"))]
pub mod _02_patterns_and_paths {}

#[cfg_attr(feature = "testing", doc = include_str!("03_arguments.md"))]
pub mod _03_arguments {}

#[cfg_attr(feature = "testing", doc = include_str!("04_responses_and_errors.md"))]
pub mod _04_responses_and_errors {}

#[cfg_attr(feature = "testing", doc = include_str!("05_state_and_databases.md"))]
pub mod _05_state_and_databases {}

#[cfg_attr(feature = "testing", doc = include_str!("06_groups_layers_and_middleware.md"))]
pub mod _06_groups_layers_and_middleware {}

#[cfg_attr(all(feature = "testing", feature = "cookie-signed"), doc = include_str!("07_cookies_sessions_and_auth.md"))]
pub mod _07_cookies_sessions_and_auth {}

#[cfg_attr(all(feature = "testing", feature = "multipart", feature = "temp-files", feature = "tokio"), doc = include_str!("08_forms_and_files.md"))]
pub mod _08_forms_and_files {}

#[cfg_attr(all(feature = "testing", feature = "sse", feature = "serve"), doc = include_str!("09_streams_and_sse.md"))]
pub mod _09_streams_and_sse {}

#[cfg_attr(all(feature = "testing", feature = "tokio", feature = "serve"), doc = include_str!("10_work_after_the_response.md"))]
pub mod _10_work_after_the_response {}

#[cfg_attr(all(feature = "testing", feature = "openapi", feature = "garde"), doc = include_str!("11_openapi_and_typescript.md"))]
pub mod _11_openapi_and_typescript {}

#[cfg_attr(
    all(feature = "app-dir", feature = "testing", feature = "timeout", feature = "serve", feature = "worker"),
    doc = include_str!("12_routes_from_folders.md")
)]
pub mod _12_routes_from_folders {}

#[cfg_attr(feature = "testing", doc = include_str!("13_testing.md"))]
pub mod _13_testing {}

#[cfg_attr(all(feature = "testing", feature = "tracing"), doc = include_str!("14_observability.md"))]
pub mod _14_observability {}

#[cfg_attr(
    all(feature = "axum", feature = "hyper", feature = "serve", feature = "testing", feature = "tokio", feature = "warp", feature = "worker"),
    doc = include_str!("15_deploying.md")
)]
pub mod _15_deploying {}

#[cfg_attr(all(feature = "testing", feature = "cookie-signed", feature = "sse"), doc = include_str!("16_scaling_out.md"))]
pub mod _16_scaling_out {}

#[cfg_attr(feature = "testing", doc = include_str!("17_security.md"))]
pub mod _17_security {}

#[cfg_attr(feature = "testing", doc = include_str!("18_how_it_works.md"))]
pub mod _18_how_it_works {}

#[cfg_attr(feature = "openapi", doc = include_str!("limits.md"))]
pub mod limits {}

pub mod migration;
pub mod recipes;
