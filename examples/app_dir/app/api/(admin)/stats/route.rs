//! `/api/stats`: the group in the path of the file adds no segment. `route` changes the route of the file.

use route_handlers::{Json, Route, State};

use crate::users::Users;

pub async fn GET(State(users): State<Users>) -> Json<usize> {
    Json(users.all().len())
}

pub fn route(route: Route) -> Route {
    route.etag()
}
