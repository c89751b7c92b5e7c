//! Route handlers for any Tower service.

#![warn(unreachable_pub)]

mod body;
mod platform;
mod problem;
mod routing;
mod state;

mod error;

mod request;

mod response;

mod log;

mod catch_panic;
mod extract;
mod finish;

mod handler;

mod route;

mod endpoint;

mod table;

mod service;

mod route_handlers;

pub mod hosts;

pub use body::{Body, BoxError};
pub use error::{Error, Result};
pub use extract::{Arguments, Extension, FromRequest, Path, Query, Requirements};
pub use finish::ErrorContext;
pub use handler::{Function, Handler, HandlerService, HandlerServiceFuture};
pub use platform::{BoxFuture, MaybeSend, MaybeSync};
pub use problem::Problem;
pub use request::{MatchedRoute, Request};
pub use response::{Html, IntoResponse, IntoResponseParts, Json, Redirect, Response, ResponseParts};
pub use route::{Route, any, delete, get, head, on, options, patch, post, put};
pub use route_handlers::{RouteHandlers, RouteInfo};
pub use routing::RouteError;
pub use service::{AnswerFuture, ResponseBody, ResponseFuture, RouteHandlersService};
pub use state::State;
pub use table::TrailingSlash;
