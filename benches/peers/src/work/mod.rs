//! The workloads: each has a request, and a check of the response.

mod falls_through;
mod head;
mod json;
mod long_path;
mod method_not_allowed;
mod nested;
mod one_route;
mod options;
mod path_struct;
mod post_large;
mod post_small;
mod state;
mod static_path;
mod three_params;
mod tuple;

use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Uri};
use http_body_util::Full;

use crate::received::Received;

pub use json::Hello;
pub use path_struct::Post;
pub use post_small::User;
pub use three_params::joined;

/// Every workload, in the order of the printed table.
pub static ALL: [&Work; 15] = [
    &one_route::WORK,
    &static_path::WORK,
    &three_params::WORK,
    &method_not_allowed::WORK,
    &falls_through::WORK,
    &post_small::WORK,
    &post_large::WORK,
    &json::WORK,
    &tuple::WORK,
    &head::WORK,
    &options::WORK,
    &nested::WORK,
    &state::WORK,
    &path_struct::WORK,
    &long_path::WORK,
];

/// A request to a table, and a check of the response.
pub struct Work {
    /// The key in `baseline.tsv`.
    pub name: &'static str,
    /// The name in the printed table.
    pub about: &'static str,
    pub table: Table,
    method: Method,
    path: &'static str,
    body: LazyLock<Bytes>,
    check: fn(&Received) -> bool,
    /// Whether HTTP requires `Allow` in the response.
    pub needs_allow: bool,
}

/// The routes that a contender serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `GET /api/hello` responds with [`HELLO`] as JSON, and `GET /api/json` with a serialized [`Hello`]. `GET /api/tuple`
    /// responds as `/api/hello`, in the framework's short form for a header and a text.
    One,
    /// [`github::routes`](crate::github::routes) in front of [`page`](crate::contenders::page). [`THREE_PARAMS`] responds
    /// with its [`joined`] parameters as text, every other route with [`HELLO`] as JSON.
    Github,
    /// `POST /users` responds with 201 and the [`User`] that it received, `POST /users/batch` with a list of them.
    Users,
    /// `/api` nests `/v1`, which nests `GET /users/{id}`. It responds with the id as text.
    Nested,
    /// `GET /state` responds with the text of the shared [`Greeting`].
    State,
    /// `GET /users/{user}/posts/{post}` reads a [`Post`], and responds with it as text.
    Post,
    /// `GET` of [`LONG_PATH`] responds with [`HELLO`] as JSON.
    Long,
}

pub const HELLO: &str = r#"{"hello":"world"}"#;
pub const THREE_PARAMS: &str = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
pub const LONG_PATH: &str = concat!(
    "/organizations/engineering/departments/platform/teams/routing",
    "/projects/handlers/releases/upcoming/milestones/first"
);

/// The shared state.
#[derive(Clone, Copy, Debug)]
pub struct Greeting(pub &'static str);

pub const GREETING: Greeting = Greeting("hello");

impl Work {
    const fn new(
        name: &'static str,
        about: &'static str,
        table: Table,
        method: Method,
        path: &'static str,
        check: fn(&Received) -> bool,
    ) -> Self {
        Self { name, about, table, method, path, body: LazyLock::new(Bytes::new), check, needs_allow: false }
    }

    const fn with_body(mut self, body: fn() -> Bytes) -> Self {
        std::mem::forget(std::mem::replace(&mut self.body, LazyLock::new(body)));
        self
    }

    const fn with_allow(mut self) -> Self {
        self.needs_allow = true;
        self
    }

    /// Makes the request.
    pub fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri();
        if !self.body.is_empty() {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.headers_mut().insert(CONTENT_LENGTH, self.body.len().into());
        }
        request
    }

    pub fn method(&self) -> Method {
        self.method.clone()
    }

    pub fn path(&self) -> &'static str {
        self.path
    }

    pub fn uri(&self) -> Uri {
        Uri::from_static(self.path)
    }

    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// Panics if the response is wrong.
    pub fn check(&self, contender: &str, response: &Received) {
        assert!((self.check)(response), "{contender} sent a wrong response to {}: {response:?}", self.name);
    }
}

fn is_hello(response: &Received) -> bool {
    response.status == 200 && response.is_json() && response.body == HELLO
}
