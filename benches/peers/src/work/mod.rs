//! The workloads: a request, and what must come back.

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

use crate::harness::Answer;

pub use json::Hello;
pub use path_struct::Post;
pub use post_small::User;
pub use three_params::joined;

/// All of them, in the order of the table that is printed.
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

/// A request to a table, and what must come back.
pub struct Work {
    pub name: &'static str,
    pub about: &'static str,
    pub table: Table,
    method: Method,
    path: &'static str,
    body: LazyLock<Bytes>,
    check: fn(&Answer) -> bool,
    /// Whether the answer must name the methods that are allowed.
    pub wants_allow: bool,
}

/// What a contender has to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `GET /api/hello` answers [`HELLO`] as JSON; `/api/json` with a [`Hello`] that is serialised; `/api/tuple` as `/api/hello`,
    /// but written the short way, if the framework has one.
    One,
    /// [`github::routes`](crate::github::routes), laid over [`page`](crate::contenders::page):
    /// [`THREE_PARAMS`] answers with its [`joined`] parameters as text, all others with [`HELLO`] as JSON.
    Github,
    /// `POST /users` answers 201 with the [`User`] that came, `POST /users/batch` with the list of them.
    Users,
    /// `/api` nests `/v1` nests `GET /users/{id}`, which answers with the id as text.
    Nested,
    /// `GET /state` answers with the shared [`Greeting`]'s text.
    State,
    /// `GET /users/{user}/posts/{post}` reads a [`Post`], and answers with it as text.
    Post,
    /// `GET` of [`LONG_PATH`] answers [`HELLO`] as JSON.
    Long,
}

pub const HELLO: &str = r#"{"hello":"world"}"#;
pub const THREE_PARAMS: &str = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
pub const LONG_PATH: &str = concat!(
    "/organizations/engineering/departments/platform/teams/routing",
    "/projects/handlers/releases/upcoming/milestones/first"
);

/// What is shared as state.
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
        check: fn(&Answer) -> bool,
    ) -> Self {
        Self { name, about, table, method, path, body: LazyLock::new(Bytes::new), check, wants_allow: false }
    }

    const fn with_body(mut self, body: fn() -> Bytes) -> Self {
        std::mem::forget(std::mem::replace(&mut self.body, LazyLock::new(body)));
        self
    }

    const fn with_allow(mut self) -> Self {
        self.wants_allow = true;
        self
    }

    /// The request, made anew.
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

    /// Panics unless the answer is right.
    pub fn check(&self, contender: &str, answer: &Answer) {
        assert!((self.check)(answer), "{contender} at {}: {answer:?}", self.name);
    }
}

fn is_json(answer: &Answer) -> bool {
    answer.headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"application/json"))
}

fn is_hello(answer: &Answer) -> bool {
    answer.status == 200 && is_json(answer) && answer.body == HELLO
}

fn is_text(answer: &Answer, text: &str) -> bool {
    let content_type = answer.headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/plain"));
    answer.status == 200 && content_type && answer.body == text
}
