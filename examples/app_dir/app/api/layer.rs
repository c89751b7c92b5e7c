//! A layer around every route below `app/api`: each response names its route.

use http::HeaderValue;
use route_handlers::extract::MatchedRoute;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::service::HandlerLayer;
use route_handlers::{Request, Response};

pub fn layer() -> impl HandlerLayer {
    from_fn(name_the_route)
}

async fn name_the_route(route: MatchedRoute, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().extend(HeaderValue::try_from(route.as_str()).map(|route| (ROUTE, route)));
    response
}

const ROUTE: http::HeaderName = http::HeaderName::from_static("x-route");
