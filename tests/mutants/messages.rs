//! The tests of requests, responses and conditional requests that `.ci/mutants` runs for each mutation.

#![allow(clippy::duplicate_mod, reason = "each test file includes its own `support`")]

#[path = "../after.rs"]
mod after;
#[path = "../arguments.rs"]
mod arguments;
#[path = "../conditional.rs"]
mod conditional;
#[path = "../cookies.rs"]
mod cookies;
/// Includes the unit tests of two modules that import nothing of the crate.
#[allow(dead_code, reason = "the library uses it")]
#[path = "../../src/entity_tag.rs"]
mod entity_tag;
#[path = "../forms.rs"]
mod forms;
#[path = "../json_errors.rs"]
mod json_errors;
#[path = "../multipart.rs"]
mod multipart;
#[path = "../pages.rs"]
mod pages;
#[path = "../responses.rs"]
mod responses;
#[path = "../url.rs"]
mod url;
#[path = "../values.rs"]
mod values;
#[allow(dead_code, reason = "the library uses it")]
#[path = "../../src/request/words.rs"]
mod words;
