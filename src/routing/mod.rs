//! The route table: maps a path and a method to a value.
//!
//! Generic in the value. This module knows patterns, paths and methods, but no messages, bodies or handlers. Each file uses
//! those above it in this list only:
//!
//! * [`place`] is where a route was registered.
//! * [`path`] decodes percent-encoding. [`swar`] reads eight bytes at a time, and [`segment`] reads the segments of a path.
//! * [`pattern`] parses `/users/{id}` into segments.
//! * [`target`] is the path of a request, and [`params`] are the values that it has for `{id}`.
//! * [`tree`] holds the patterns by their segments, with the hash table of [`index`].
//! * [`search`] finds the patterns that match a path.
//! * [`method_table`] holds the methods of one pattern.
//! * [`claims`] are prefixes that own each path below them, in every reading of [`readings`].
//! * [`table`] is all of these together.

mod place;

mod error;
mod index;
mod path;
mod swar;

mod pattern;
mod readings;
mod segment;
mod target;

mod params;
mod tree;

mod method_table;
mod search;

mod claims;

mod table;

pub use error::RouteError;
pub(crate) use params::Params;
pub(crate) use path::{BadPath, dots, escape};
pub(crate) use pattern::{Pattern, check_prefix, ends, join};
pub(crate) use place::Place;
pub(crate) use table::{Leaf, Lookup, Owner, RouteTable};
pub(crate) use tree::LeafId;
