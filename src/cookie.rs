//! Cookies of requests and responses.
//!
//! Use a [`SetCookie`] as a part of a response to set one cookie. Use the argument [`Cookies`] to read cookies, and to change
//! several of them. Feature `cookie-signed` adds cookies that a client cannot change or read.
//!
//! ```
//! use route_handlers::cookie::{Cookies, SetCookie};
//! use route_handlers::testing::Client;
//! use route_handlers::RouteHandlers;
//!
//! let api = RouteHandlers::new()
//!     .post("/theme", async || (SetCookie::new("theme", "dark"), "set"))
//!     .get("/theme", async |cookies: Cookies| cookies.get("theme").unwrap_or("light").to_owned());
//! # tokio_test::block_on(async {
//! let client = Client::new(api).keep_cookies();
//! assert_eq!(client.get("/theme").await.text(), "light");
//! client.post("/theme").await.assert_status(200);
//! assert_eq!(client.get("/theme").await.text(), "dark");
//! # });
//! ```
//!
//! A session cookie for https, which scripts cannot read:
//!
//! ```
//! use std::time::Duration;
//!
//! use route_handlers::IntoResponse;
//! use route_handlers::cookie::{SameSite, SetCookie};
//!
//! let session = SetCookie::new("__Host-session", "7d1e")
//!     .secure(true)
//!     .http_only(true)
//!     .same_site(SameSite::Lax)
//!     .max_age(Duration::from_secs(3600));
//! assert_eq!(
//!     (session, "welcome").into_response().headers()["set-cookie"],
//!     "__Host-session=7d1e; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=lax"
//! );
//! ```

#[cfg(feature = "cookie-signed")]
pub use ::cookie::Key;

pub use crate::request::Cookies;
pub use crate::response::{SameSite, SetCookie};
