//! The stage of API Gateway, the first segment of a path.

use route_handlers::RouteHandlers;

/// Adds the routes again below the stage: `/api/users` and `/prod/api/users`.
///
/// The URL of API Gateway is `https://….amazonaws.com/prod/api/users` unless the stage is `$default`. `lambda_http` keeps that
/// path for REST and HTTP APIs, and a handler sees it too.
///
/// A function URL, a load balancer and `$default` have no stage. For these, and for an empty stage, this returns the table
/// unchanged. The stage may have slashes around it.
///
/// With a custom domain the client's path has no stage. Set `AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH`, so that `lambda_http` does
/// not add it.
pub fn with_stage(api: RouteHandlers, stage: Option<&str>) -> RouteHandlers {
    match stage.unwrap_or_default().trim().trim_matches('/') {
        "" | "$default" => api,
        stage => api.clone().nest(&format!("/{stage}"), api),
    }
}
