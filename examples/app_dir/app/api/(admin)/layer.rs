//! A layer around the routes of the group `(admin)`, inside the layer of `app/api`: only administrators pass.

use http::StatusCode;
use http::header::AUTHORIZATION;
use route_handlers::middleware::{Next, from_fn};
use route_handlers::service::HandlerLayer;
use route_handlers::{Error, Request, State};

use crate::Secret;

pub fn layer(State(secret): State<Secret>) -> impl HandlerLayer {
    from_fn(move |request: Request, next: Next| {
        let is_admin = request.headers().get(AUTHORIZATION).is_some_and(|value| *value == secret.0);
        async move { if is_admin { Ok(next.run(request).await) } else { Err(Error::new(StatusCode::FORBIDDEN)) } }
    })
}
