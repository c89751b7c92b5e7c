//! Migration: terms and programs of other frameworks, and their replacements here.
//!
//! Each page has a table of terms, one program side by side, and the differences in behaviour.
//!
//! | from | page |
//! |---|---|
//! | Rust | [actix-web](actix_web), [axum], [warp] |
//! | TypeScript and JavaScript | [Express](express), [hono], [Next.js](nextjs) and [its APIs](nextjs_reference) |

#[cfg_attr(all(feature = "serve", feature = "testing"), doc = include_str!("actix_web.md"))]
pub mod actix_web {}

#[cfg_attr(all(feature = "axum", feature = "testing"), doc = include_str!("axum.md"))]
pub mod axum {}

#[cfg_attr(feature = "testing", doc = include_str!("express.md"))]
pub mod express {}

#[cfg_attr(feature = "testing", doc = include_str!("hono.md"))]
pub mod hono {}

#[cfg_attr(feature = "testing", doc = include_str!("nextjs.md"))]
pub mod nextjs {}

#[doc = include_str!("nextjs_reference.md")]
pub mod nextjs_reference {}

#[cfg_attr(all(feature = "testing", feature = "warp"), doc = include_str!("warp.md"))]
pub mod warp {}
