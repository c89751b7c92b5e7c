//! Tests of routes, handlers and arguments, without a server and without a network.
//!
//! Use it in the tests of a program, with any async runtime. A test of the server itself, such as its time limits, needs a
//! network client.
//! | to test | use |
//! |---|---|
//! | a route table, a table over a service, an axum `Router`, any tower service | [`Client`] |
//! | one handler with its arguments | [`RequestBuilder::call`] |
//! | one argument: [`FromHead`](crate::FromHead), [`FromRequest`](crate::FromRequest) | [`RequestBuilder::build`] |
//!
//! Enable the feature in the dev-dependencies only:
//!
//! ```toml
//! [dev-dependencies]
//! route-handlers = { version = "0.1", features = ["testing"] }
//! ```
//!
//! A request is sent when its builder is awaited. The whole response is then in memory, without its trailers. To read a stream
//! without an end, such as server-sent events, await [`RequestBuilder::stream`] instead.
//!
//! ```
//! use route_handlers::testing::Client;
//! use route_handlers::{Json, Path, RouteHandlers};
//!
//! # tokio_test::block_on(async {
//! let client = Client::new(RouteHandlers::new().get("/users/{id}", async |Path(id): Path<u32>| Json(id)));
//!
//! let response = client.get("/users/7").await;
//! response.assert_status(200);
//! assert_eq!(response.json::<u32>(), 7);
//!
//! client.get("/users/ada").await.assert_status(400);
//! # });
//! ```
//!
//! If an assertion fails, its message has the whole response, and the cause of a 500 that the client of a server never sees.
//!
//! A client can keep cookies, and send headers with every request:
//!
//! ```
//! use route_handlers::testing::Client;
//! use route_handlers::{Cookies, RouteHandlers, SetCookie};
//!
//! # tokio_test::block_on(async {
//! let api = RouteHandlers::new()
//!     .post("/log-in", async || (SetCookie::new("session", "7d1e").http_only(true), "welcome"))
//!     .get("/me", async |cookies: Cookies| cookies.get("session").map(str::to_owned));
//! let client = Client::new(api).keep_cookies().with_header("accept-language", "en");
//!
//! client.get("/me").await.assert_status(404);
//! client.post("/log-in").form(&[("user", "ada")]).await.assert_status(200);
//! assert_eq!(client.get("/me").await.text(), "7d1e");
//! # });
//! ```

mod after;
mod builder;
mod client;
mod events;
mod form_data;
mod jar;
mod response;
mod stream;

pub use ::cookie::Cookie;
pub use builder::{NoClient, RequestBuilder};
pub use client::Client;
pub use events::ReceivedEvent;
pub use form_data::FormData;
pub use response::TestResponse;
pub use stream::TestStream;
