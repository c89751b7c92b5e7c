//! Serves all guards on port 3000, or on the port in the environment variable `PORT`.

use std::{env, io};

use guards::roles::{Role, User};
use guards::{api_key, bearer, github_webhook, roles, session, stripe_webhook};
use route_handlers::RouteHandlers;
use route_handlers::cookie::Key;
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use tokio::net::TcpListener;

/// A real program takes the secrets from its environment.
fn api() -> RouteHandlers {
    let ada = User { token: "a11y", name: "ada", role: Role::Admin };
    let bo = User { token: "b0b5", name: "bo", role: Role::Editor };
    RouteHandlers::new()
        .nest("/bearer", bearer::api("7d1e"))
        .nest("/session", session::api(Key::generate()))
        .nest("/roles", roles::api(vec![ada, bo]))
        .nest("/api-key", api_key::api([("k-ada", "ada"), ("k-bo", "bo")]))
        .nest("/github", github_webhook::api("It's a Secret to Everybody"))
        .nest("/stripe", stripe_webhook::api("whsec_test"))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, api()).with_graceful_shutdown(shutdown_signal()).await;
    Ok(())
}
