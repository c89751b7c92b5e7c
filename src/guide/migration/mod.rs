#![doc = include_str!("../links.md")]
#![doc = include_str!("README.md")]

#[allow(unused_imports, reason = "the pages name items of the crate")]
use crate::*;

#[cfg_attr(all(feature = "serve", feature = "testing"), doc = include_str!("../links.md"), doc = include_str!("actix_web.md"))]
pub mod actix_web {}

#[cfg_attr(all(feature = "axum", feature = "testing"), doc = include_str!("../links.md"), doc = include_str!("axum.md"))]
pub mod axum {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("express.md"))]
pub mod express {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("hono.md"))]
pub mod hono {}

#[cfg_attr(feature = "testing", doc = include_str!("../links.md"), doc = include_str!("nextjs.md"))]
pub mod nextjs {}

#[doc = include_str!("../links.md")]
#[doc = include_str!("nextjs_reference.md")]
pub mod nextjs_reference {}

#[cfg_attr(all(feature = "testing", feature = "warp"), doc = include_str!("../links.md"), doc = include_str!("warp.md"))]
pub mod warp {}
