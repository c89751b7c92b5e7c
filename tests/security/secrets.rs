//! Secrets in logs, through `Debug` of requests and responses.

use http::Request;
use route_handlers::pages::pages;
use route_handlers::{Body, Error, ErrorContext, Head, IntoResponse, RouteHandlers, SetCookie};

use crate::send;

const SECRET: &str = "hunter2";

fn request() -> Request<Body> {
    let request = Request::post(format!("/reset?token={SECRET}"));
    let names = ["cookie", "authorization", "proxy-authorization", "x-api-key", "content-type"];
    let request = names.iter().fold(request, |request, name| request.header(*name, SECRET));
    request.body(Body::from(format!("password={SECRET}"))).unwrap()
}

/// An argument that shows the head of the request.
struct Shown(String);

impl route_handlers::FromRequest for Shown {
    async fn from_request(request: &mut route_handlers::Request) -> route_handlers::Result<Self> {
        let head: Head<'_> = request.head();
        Ok(Self(format!("{head:?}")))
    }
}

#[tokio::test]
async fn debug_of_a_request_shows_no_query_header_value_or_body() {
    let on_error = |error: Error, context: &ErrorContext<'_>| (error.status(), format!("{context:?}")).into_response();
    let whole = RouteHandlers::new().post("/reset", async |request: route_handlers::Request| format!("{request:?}"));
    let head = RouteHandlers::new().post("/reset", async |Shown(head): Shown| head);
    let pages = RouteHandlers::new().any("/reset", pages(async |req, res| res.send(format!("{req:?}"))));
    let context = RouteHandlers::new()
        .post("/reset", async || Err::<(), _>(Error::new(http::StatusCode::GONE)))
        .on_error(on_error);
    for api in [whole, head, pages, context] {
        let shown = send(api, request()).await.body;
        assert!(shown.contains("POST") && shown.contains("/reset") && shown.contains("x-api-key"), "{shown}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn debug_of_a_response_shows_no_cookie() {
    let response = (SetCookie::new("session", SECRET), "welcome").into_response();
    assert!(
        format!("{response:?}").contains("set-cookie") && !format!("{response:?}").contains(SECRET),
        "{response:?}"
    );

    let api = RouteHandlers::new().any(
        "/reset",
        pages(async |_, res| {
            let res = res.cookie(("session", SECRET)).header("set-cookie", format!("raw={SECRET}"));
            let shown = format!("{res:?}");
            res.send(shown)
        }),
    );
    let shown = send(api, request()).await.body;
    assert!(shown.contains("set-cookie") && !shown.contains(SECRET), "{shown}");
}
