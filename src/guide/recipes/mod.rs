#![doc = include_str!("../links.md")]
#![doc = include_str!("README.md")]

#[allow(unused_imports, reason = "the pages name items of the crate")]
use crate::*;

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("auth_guard.md"))]
pub mod auth_guard {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("cors.md"))]
pub mod cors {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("cron.md"))]
pub mod cron {}

#[cfg_attr(feature = "sse", doc = include_str!("../links.md"), doc = include_str!("events.md"))]
pub mod events {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("graphql.md")]
pub mod graphql {}

#[cfg_attr(feature = "serve", doc = include_str!("../links.md"), doc = include_str!("grpc.md"))]
pub mod grpc {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("health.md"))]
pub mod health {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("i18n.md"))]
pub mod i18n {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("idempotency.md"))]
pub mod idempotency {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("jobs.md")]
pub mod jobs {}

#[cfg_attr(all(feature = "testing", feature = "sse"), doc = include_str!("../links.md"), doc = include_str!("llm_stream.md"))]
pub mod llm_stream {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("next_proxy.md"))]
pub mod next_proxy {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("og_image.md"))]
pub mod og_image {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("pagination.md"))]
pub mod pagination {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("rate_limit.md"))]
pub mod rate_limit {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("sitemap_and_rss.md"))]
pub mod sitemap_and_rss {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("subdomains.md"))]
pub mod subdomains {}

#[cfg_attr(feature = "multipart", doc = include_str!("../links.md"), doc = include_str!("upload.md"))]
pub mod upload {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("webhook_signatures.md"))]
pub mod webhook_signatures {}
