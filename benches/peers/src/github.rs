//! The routes of GitHub's REST API: 200 patterns, and the methods of each.

use std::sync::LazyLock;

use http::Method;

pub struct Route {
    pub methods: Vec<Method>,
    /// In the notation `/{name}`.
    pub pattern: &'static str,
    /// The value of `Allow` in a 405.
    pub allow: &'static str,
}

/// The routes, in the order of `github.txt`.
pub fn routes() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| include_str!("github.txt").lines().map(parse).collect());
    &ROUTES
}

fn parse(line: &'static str) -> Route {
    let (methods, pattern) = line.rsplit_once(' ').unwrap();
    let allow = methods.replace("GET", "GET, HEAD").replace(' ', ", ").replace(",,", ",");
    Route {
        methods: methods.split(' ').map(|method| method.parse().unwrap()).collect(),
        pattern,
        allow: String::leak(format!("{allow}, OPTIONS")),
    }
}
