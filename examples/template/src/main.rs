//! A server with routes from the folder `app`.

mod users;

route_handlers::app_dir!(mod app);

use route_handlers::RouteHandlers;
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use tokio::net::TcpListener;

use crate::users::Users;

/// The routes with the states that they take.
fn api() -> RouteHandlers {
    let table = RouteHandlers::new().with_state(Users::default());
    app::register(table).claim("/api")
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt::init();
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("0.0.0.0", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, api()).with_graceful_shutdown(shutdown_signal()).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use route_handlers::testing::Client;
    use serde_json::{Value, json};

    use super::api;

    #[tokio::test]
    async fn new_user_is_listed() {
        let client = Client::new(api());

        let response = client.post("/api/users").json(&json!({ "name": "Bo" })).await;
        response.assert_status(201);
        assert_eq!(response.json::<Value>(), json!({ "id": 2, "name": "Bo" }));

        let users = client.get("/api/users").await.json::<Value>();
        assert_eq!(users, json!([{ "id": 1, "name": "Ada" }, { "id": 2, "name": "Bo" }]));
    }

    #[tokio::test]
    async fn user_without_a_name_is_422() {
        Client::new(api()).post("/api/users").json(&json!({})).await.assert_status(422);
    }
}
