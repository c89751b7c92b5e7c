//! Documented handlers: each argument and each response that describes itself.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use http::{HeaderMap, Method, StatusCode, Uri};
use route_handlers::body::BoxError;
use route_handlers::bytes::Bytes;
use route_handlers::extract::{Bearer, ClientIp, LastEventId, MatchedRoute};
use route_handlers::multipart::Multipart;
use route_handlers::openapi::{
    DocumentArgument, DocumentResponse, JsonEvents, JsonLines, OperationBuilder, SecurityScheme,
};
use route_handlers::{
    After, Body, Cookies, Created, Documented, Download, Error, Extension, Form, FormData, FromHead, FromRequest,
    Handler, Head, Html, IntoResponse, Json, NoContent, Path, Problem, Query, Redirect, Request, Response, Result,
    Route, SetCookie, State, Valid, documented, on,
};
use serde_json::json;

use crate::types::{
    Adjacent, Booking, Empty, External, Filter, Filters, Flattened, Internal, Lists, Named, Names, Numbers, OneWay,
    Order, Page, Pair, Part, Role, Scalars, Search, Secret, Standard, Untagged, Upload, User, Window, Wrapped, other,
};

/// A documented handler without its method and texts.
pub struct Pooled {
    /// The end of the pattern, if an argument needs its parameters.
    pub end: Option<&'static str>,
    pub make: fn(&Texts) -> Route,
}

/// A method, and what a program adds to an operation.
#[derive(Clone, Debug)]
pub struct Texts {
    pub method: &'static str,
    pub summary: Option<&'static str>,
    pub description: Option<&'static str>,
    pub tags: Vec<&'static str>,
    pub id: Option<&'static str>,
    pub scheme: Option<usize>,
    pub response: Option<u8>,
    pub is_deprecated: bool,
}

impl Texts {
    /// Makes a route of a handler with these texts.
    fn on<F: Handler<Args>, Args: 'static>(&self, handler: Documented<F>) -> Route {
        let mut handler = self.tags.iter().fold(handler, |handler, tag| handler.tag(*tag));
        if let Some(summary) = self.summary {
            handler = handler.summary(summary);
        }
        if let Some(description) = self.description {
            handler = handler.description(description);
        }
        if let Some(id) = self.id {
            handler = handler.operation_id(id);
        }
        if let Some(scheme) = self.scheme {
            handler = handler.security(&schemes()[scheme]);
        }
        if self.is_deprecated {
            handler = handler.deprecated();
        }
        handler = match self.response {
            None => handler,
            Some(0) => handler.response::<Json<Page<User>>>(200),
            Some(1) => handler.response::<Problem>(409),
            Some(2) => handler.response::<NoContent>(204),
            Some(3) => handler.response::<JsonEvents<Internal>>(200),
            Some(4) => handler.response::<JsonLines<Untagged>>(200).response::<Json<Untagged>>(202),
            Some(5) => handler.response::<(StatusCode, Result<Json<Adjacent>, Refusal>)>(418),
            Some(6) => handler.response::<()>(599).response::<Error>(299),
            Some(_) => handler.response::<Problem>(600).response::<Json<User>>(999),
        };
        if self.method == "*" {
            return route_handlers::any(handler);
        }
        on(Method::from_bytes(self.method.as_bytes()).expect("a method"), handler)
    }
}

/// Some schemes have equal names, or names that no key of the document can have.
pub fn schemes() -> Vec<SecurityScheme> {
    vec![
        SecurityScheme::bearer("bearer"),
        SecurityScheme::bearer("bearerAdmin"),
        SecurityScheme::basic("bearer"),
        SecurityScheme::cookie("Sitzung für alle", "sid"),
        SecurityScheme::header("a/b", "x-api-key"),
        SecurityScheme::other(
            "oauth",
            json!({ "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "/token", "scopes": {} } } }),
        ),
        SecurityScheme::other("tls", json!({ "type": "mutualTLS" })),
        SecurityScheme::other(
            "",
            json!({ "type": "openIdConnect", "openIdConnectUrl": "https://accounts.example.org/.well-known/openid" }),
        ),
    ]
}

/// The handler of each route. No request reaches it.
async fn run<A, B, R>(_: A, _: B) -> R {
    unreachable!("only the types of the handlers are read")
}

fn handler<A, B, R>() -> Pooled
where
    A: FromRequest + DocumentArgument + Send + 'static,
    B: FromRequest + DocumentArgument + Send + 'static,
    R: IntoResponse + DocumentResponse + Send + 'static,
{
    Pooled { end: None, make: |texts| texts.on(documented(run::<A, B, R>)) }
}

/// A handler with a pattern that has the parameters of its arguments.
fn at<A, B, R>(end: &'static str) -> Pooled
where
    A: FromRequest + DocumentArgument + Send + 'static,
    B: FromRequest + DocumentArgument + Send + 'static,
    R: IntoResponse + DocumentResponse + Send + 'static,
{
    Pooled { end: Some(end), ..handler::<A, B, R>() }
}

fn json<T>() -> Pooled
where
    T: serde::de::DeserializeOwned + serde::Serialize + schemars::JsonSchema + Send + 'static,
{
    handler::<Method, Json<T>, Json<T>>()
}

pub fn handlers() -> Vec<Pooled> {
    let bodies = [
        json::<Numbers>(),
        json::<Standard>(),
        json::<Lists>(),
        json::<Named>(),
        json::<Page<User>>(),
        json::<Page<Page<Option<u128>>>>(),
        json::<Pair<Role, other::Role>>(),
        json::<Pair<Vec<Part>, BTreeMap<String, Named>>>(),
        json::<Wrapped<Wrapped<Vec<User>>>>(),
        json::<External>(),
        json::<Internal>(),
        json::<Adjacent>(),
        json::<Untagged>(),
        json::<Flattened>(),
        json::<OneWay>(),
        json::<Empty>(),
        json::<u128>(),
        json::<Option<Role>>(),
        json::<(User, other::Order, Order)>(),
        json::<serde_json::Value>(),
        handler::<Valid<Json<Booking>>, Cookies, Created<Booking>>(),
        handler::<Option<Json<OneWay>>, HeaderMap, Created<OneWay>>(),
        handler::<Result<Json<User>>, Uri, StatusCode>(),
        handler::<Form<Window>, State<u8>, Redirect>(),
        handler::<Form<Filters>, After, Html<String>>(),
        handler::<Valid<Form<Search>>, ClientIp, Option<Json<User>>>(),
        handler::<Option<Form<Filter>>, Extension<u8>, Result<NoContent, Refusal>>(),
        handler::<FormData<Upload>, Caller, Created<Vec<User>>>(),
        handler::<FormData<Filter>, Bearer, Result<Json<Filter>, Refusal>>(),
        handler::<Valid<FormData<Search>>, MatchedRoute, Json<Search>>(),
        handler::<Option<FormData<HashMap<String, String>>>, Method, (StatusCode, [(&'static str, String); 1], String)>(
        ),
        handler::<Multipart, Option<Bearer>, Result<NoContent>>(),
        handler::<String, Method, String>(),
        handler::<Bytes, Method, Vec<u8>>(),
        handler::<Body, Method, Download>(),
        handler::<Option<String>, Method, Cow<'static, str>>(),
        handler::<Request, Method, http::Response<Body>>(),
        handler::<http::Request<Body>, Method, Response>(),
    ];
    let queries = [
        handler::<Query<Search>, Caller, Json<Page<Part>>>(),
        handler::<Query<Filters>, Bearer, Result<Json<Vec<User>>>>(),
        handler::<Valid<Query<Search>>, Json<User>, Json<Pair<u8, User>>>(),
        handler::<Option<Query<Filter>>, LastEventId, Result<Json<External>, BoxError>>(),
        handler::<Query<HashMap<String, Vec<u16>>>, Option<LastEventId>, Result<Json<Lists>, Infallible>>(),
        handler::<Query<Vec<(String, u128)>>, Option<Caller>, (SetCookie, Json<Numbers>)>(),
        handler::<Result<Query<Window>>, Result<Bearer>, (StatusCode, Json<Role>)>(),
        handler::<Query<Scalars>, Method, Result<Option<Json<Wrapped<u8>>>, Problem>>(),
        handler::<Query<Secret>, Method, Result<Created<Part>, (StatusCode, Json<Refusal>)>>(),
        handler::<Method, Method, ()>(),
        handler::<Method, Method, &'static [u8]>(),
        handler::<Method, Method, Result<Json<User>, Result<NoContent, Refusal>>>(),
    ];
    let paths = [
        at::<Path<u128>, Json<User>, Option<Json<User>>>("/{id}"),
        at::<Path<Order>, Method, Json<Order>>("/{order}.json"),
        at::<Path<other::Order>, Query<Search>, Json<other::Order>>("/v{order}"),
        at::<Path<(u8, String)>, Form<Window>, NoContent>("/{id}/x/{name}"),
        at::<Path<Names>, FormData<Upload>, Created<User>>("/{id}/{name}"),
        at::<Path<Names>, Method, Json<Internal>>("/{name}/of/{id}"),
        at::<Path<HashMap<String, String>>, Method, Json<HashMap<String, String>>>("/{a}/{b}/{*c}"),
        at::<Path<Vec<i128>>, Method, Json<Vec<i128>>>("/{größe}/{b}"),
        at::<Path<[bool; 2]>, Method, Json<[bool; 2]>>("/{a}/{b}"),
        at::<Path<String>, Option<Bearer>, Download>("/{*rest}"),
        at::<Option<Path<String>>, Method, Download>("/{*rest?}"),
        at::<Result<Path<u8>>, Method, String>("/{id}"),
    ];
    let all = bodies.into_iter().chain(queries).chain(paths);
    all.collect()
}

/// An argument of the program: it reads a header and a cookie.
pub struct Caller;

impl FromHead for Caller {
    fn from_head(_: &Head<'_>) -> Result<Self> {
        Ok(Self)
    }
}

impl DocumentArgument for Caller {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        operation.security(&SecurityScheme::header("caller", "x-caller"));
        operation.header::<Option<Order>>("x-order");
        operation.optional(|operation| operation.cookie::<u8>("size"));
        operation.problem(StatusCode::UNAUTHORIZED);
    }
}

/// A failure of the program.
#[allow(dead_code, reason = "only its shape is read")]
#[derive(serde::Serialize, schemars::JsonSchema)]
pub enum Refusal {
    SoldOut { seats: u32 },
    NotYours,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::CONFLICT, Json(self)).into_response()
    }
}

impl DocumentResponse for Refusal {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.response::<Self>(StatusCode::CONFLICT, "application/json");
        operation.response::<String>(StatusCode::CONFLICT, "text/plain");
        operation.problem(StatusCode::FORBIDDEN);
        operation.any_problem();
    }
}
