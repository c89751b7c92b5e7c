//! Recipes: one task on each page, with code to copy.
//!
//! Every block of code is compiled and run as a test. The pages that use other crates, such as tonic, have the code of a file in
//! `examples/recipes`, which is tested there.
//!
//! | recipe | task |
//! |---|---|
//! | [Auth guard](auth_guard) | one check for every route of a group |
//! | [CORS](cors) | pages of other origins may call the API |
//! | [Cron](cron) | a scheduler with a secret starts a job |
//! | [Events over Redis](events) | server-sent events for the clients of every instance |
//! | [GraphQL](graphql) | a schema of async-graphql beside routes |
//! | [gRPC](grpc) | a service of tonic beside routes |
//! | [Health](health) | an orchestrator asks whether an instance lives and is ready |
//! | [Idempotency key](idempotency) | a request that is sent twice has one effect |
//! | [Jobs](jobs) | durable jobs of apalis, enqueued by a handler |
//! | [Languages by path](i18n) | `/en/about` and `/de/about` |
//! | [Language model](llm_stream) | tokens for `useChat` of the AI SDK |
//! | [Next.js](next_proxy) | routes in Rust in front of a Next.js server |
//! | [Pagination](pagination) | a list in pages, with a cursor and `Link` |
//! | [Preview images](og_image) | an Open Graph picture for each article |
//! | [Rate limit](rate_limit) | a number of requests for each client |
//! | [Sitemap and RSS](sitemap_and_rss) | XML for search engines and feed readers |
//! | [Subdomains](subdomains) | the host name selects the table |
//! | [Upload](upload) | files from a form to object storage |
//! | [Webhook signatures](webhook_signatures) | only the service with the secret can send events |

#[cfg_attr(feature = "testing", doc = include_str!("auth_guard.md"))]
pub mod auth_guard {}

#[cfg_attr(feature = "testing", doc = include_str!("cors.md"))]
pub mod cors {}

#[cfg_attr(feature = "testing", doc = include_str!("cron.md"))]
pub mod cron {}

#[cfg_attr(feature = "sse", doc = include_str!("events.md"))]
pub mod events {}

#[doc = include_str!("graphql.md")]
pub mod graphql {}

#[cfg_attr(feature = "serve", doc = include_str!("grpc.md"))]
pub mod grpc {}

#[cfg_attr(feature = "testing", doc = include_str!("health.md"))]
pub mod health {}

#[cfg_attr(feature = "testing", doc = include_str!("i18n.md"))]
pub mod i18n {}

#[cfg_attr(feature = "testing", doc = include_str!("idempotency.md"))]
pub mod idempotency {}

#[doc = include_str!("jobs.md")]
pub mod jobs {}

#[cfg_attr(all(feature = "testing", feature = "sse"), doc = include_str!("llm_stream.md"))]
pub mod llm_stream {}

#[cfg_attr(feature = "testing", doc = include_str!("next_proxy.md"))]
pub mod next_proxy {}

#[cfg_attr(feature = "testing", doc = include_str!("og_image.md"))]
pub mod og_image {}

#[cfg_attr(feature = "testing", doc = include_str!("pagination.md"))]
pub mod pagination {}

#[cfg_attr(feature = "testing", doc = include_str!("rate_limit.md"))]
pub mod rate_limit {}

#[cfg_attr(feature = "testing", doc = include_str!("sitemap_and_rss.md"))]
pub mod sitemap_and_rss {}

#[cfg_attr(feature = "testing", doc = include_str!("subdomains.md"))]
pub mod subdomains {}

#[cfg_attr(feature = "multipart", doc = include_str!("upload.md"))]
pub mod upload {}

#[cfg_attr(feature = "testing", doc = include_str!("webhook_signatures.md"))]
pub mod webhook_signatures {}
