//! The stage of API Gateway, which is the first segment of a path.

use route_handlers::RouteHandlers;

/// The table as it is, and once more below its stage: `/api/users` and `/prod/api/users`.
///
/// An API of API Gateway is at `https://….amazonaws.com/prod/api/users` unless its stage is `$default`, and `lambda_http`
/// shows that path for REST and HTTP APIs alike. Nothing is stripped: a handler sees the path that the client asked for.
/// A function URL, a load balancer and `$default` have no stage: for them, and for an empty stage, this returns the table
/// itself. The stage may have slashes around it.
///
/// Below a domain of your own the client asks for a path without the stage, and so it should be shown: set
/// `AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH`.
pub fn with_stage(api: RouteHandlers, stage: Option<&str>) -> RouteHandlers {
    match stage.unwrap_or_default().trim().trim_matches('/') {
        "" | "$default" => api,
        stage => api.clone().nest(&format!("/{stage}"), api),
    }
}
