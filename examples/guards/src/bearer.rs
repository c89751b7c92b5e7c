//! A bearer token guards a group of routes.
//!
//! ```text
//! curl -i localhost:3000/bearer/status                                                  # 200 up
//! curl -i -X POST localhost:3000/bearer/admin/reload -H 'authorization: Bearer 7d1e'    # 200 reloaded
//! curl -i -X POST localhost:3000/bearer/admin/reload                                    # 401
//! ```

use route_handlers::extract::Bearer;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::{Request, Response, Result, RouteHandlers, State};

struct AdminToken(String);

/// Lets a request with the token pass.
async fn with_token(bearer: Bearer, State(token): State<AdminToken>, request: Request, next: Next) -> Result<Response> {
    if bearer.is(&token.0) { Ok(next.run(request).await) } else { Err(Bearer::invalid_token()) }
}

/// The routes, with this token for those of administrators.
pub fn api(token: &str) -> RouteHandlers {
    let admin = RouteHandlers::new()
        .with_state(AdminToken(token.to_owned()))
        .post("/reload", async || "reloaded")
        .route_layer(from_fn(with_token));
    RouteHandlers::new().get("/status", async || "up").nest("/admin", admin)
}
