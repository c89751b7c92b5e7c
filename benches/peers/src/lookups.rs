//! Routers without a service: each looks up a path.

use std::hint::black_box;

use http::Method;

use crate::contenders::hand_written;
use crate::github;
use crate::harness::{self, Run};
use crate::routing::{Lookup, Place, RouteTable};

/// Looks up a path, reads its parameters as `&str`, and returns the sum of their lengths.
pub type Find = Box<dyn Fn(&str) -> Option<usize>>;

/// A router for patterns in the notation `/{name}`.
pub struct Router {
    pub name: &'static str,
    pub of: fn(&[&str]) -> Find,
}

pub const OURS: Router = Router { name: "this crate", of: ours };
#[cfg(feature = "heavy")]
pub const MATCHIT: Router = Router { name: "matchit", of: matchit };
#[cfg(feature = "heavy")]
pub const WAYFIND: Router = Router { name: "wayfind", of: wayfind };

/// Every router. The hand-written one ignores the patterns that it is given, and knows those of GitHub only.
pub const ALL: &[Router] = &[
    Router { name: "hand-written", of: hand_written },
    OURS,
    #[cfg(feature = "heavy")]
    MATCHIT,
    #[cfg(feature = "heavy")]
    WAYFIND,
    #[cfg(feature = "heavy")]
    Router { name: "path-tree", of: path_tree },
];

/// The name and the path of each lookup in GitHub's 200 routes, and the length of the parameters.
pub const WORK: [(&str, &str, Option<usize>); 3] = [
    ("lookup, static", "/user/issues", Some(0)),
    (
        "lookup, 3 parameters",
        "/repos/rust-lang/rust/issues/42/comments",
        Some("rust-lang".len() + "rust".len() + "42".len()),
    ),
    ("lookup, miss", "/repos/rust-lang/rust/issues/42/nothing", None),
];

pub fn github() -> Vec<&'static str> {
    github::routes().iter().map(|route| route.pattern).collect()
}

/// Looks up a path repeatedly.
pub fn repeat(find: Find, path: &str) -> Run {
    let path = path.to_owned();
    harness::times(move || find(black_box(&path)))
}

fn hand_written(_: &[&str]) -> Find {
    Box::new(|path| hand_written::find(path).map(|(_, params)| params.iter().map(|param| param.len()).sum()))
}

fn ours(patterns: &[&str]) -> Find {
    let mut table = RouteTable::new();
    for (index, pattern) in patterns.iter().enumerate() {
        table.insert(pattern, Some(Method::GET), index, Place::caller()).unwrap();
    }
    Box::new(move |path| match table.lookup(&Method::GET, path, false) {
        Lookup::Found { value, params, .. } => {
            black_box(value);
            Some((0..).map_while(|position| params.get(path, position)).map(str::len).sum())
        }
        _ => None,
    })
}

#[cfg(feature = "heavy")]
fn matchit(patterns: &[&str]) -> Find {
    let mut router = matchit::Router::new();
    for (index, pattern) in patterns.iter().enumerate() {
        router.insert(*pattern, index).unwrap();
    }
    Box::new(move |path| {
        let found = router.at(path).ok()?;
        black_box(found.value);
        Some(found.params.iter().map(|(_, value)| value.len()).sum())
    })
}

#[cfg(feature = "heavy")]
fn wayfind(patterns: &[&str]) -> Find {
    let mut builder = wayfind::RouterBuilder::new();
    for (index, pattern) in patterns.iter().enumerate() {
        builder.insert(&pattern.replace('{', "<").replace('}', ">"), index).unwrap();
    }
    let router = builder.build();
    Box::new(move |path| {
        let found = router.search(path)?;
        black_box(found.data());
        Some(found.parameters().iter().map(|(_, value)| value.len()).sum())
    })
}

#[cfg(feature = "heavy")]
fn path_tree(patterns: &[&str]) -> Find {
    let mut tree = path_tree::PathTree::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let _ = tree.insert(&pattern.replace('{', ":").replace('}', ""), index);
    }
    Box::new(move |path| {
        let (value, found) = tree.find(path)?;
        black_box(value);
        Some(found.params_iter().map(|(_, value)| value.len()).sum())
    })
}
