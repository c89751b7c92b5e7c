//! Migration: terms and programs of other frameworks, and their replacements here.

#[cfg_attr(all(feature = "axum", feature = "testing"), doc = include_str!("axum.md"))]
pub mod axum {}

#[cfg_attr(feature = "testing", doc = include_str!("nextjs.md"))]
pub mod nextjs {}
