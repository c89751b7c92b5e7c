//! `/api/old/{*path}`: a tower service for every method, such as that of an authentication or a GraphQL library.

use route_handlers::{Request, Route, RouteHandlers, service};

pub fn route(route: Route) -> Route {
    let service = RouteHandlers::new().any("/api/old/{*path}", async |request: Request| request.uri().to_string());
    route.any(service::handler(service))
}
