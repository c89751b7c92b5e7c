//! The app on AWS Lambda with buffered responses: behind API Gateway, a load balancer or a function URL.
//!
//! ```text
//! rustup target add x86_64-unknown-linux-musl
//! cargo build --release -p lambda --target x86_64-unknown-linux-musl
//! ```
//!
//! Put the program into a zip as `bootstrap`, for the runtime `provided.al2023`. Set `STAGE` to the stage of API Gateway
//! unless it is `$default`.

use lambda_http::{Error, run, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let stage = std::env::var("STAGE").ok();
    run(lambda::whole(lambda::with_stage(edge_app::api(), stage.as_deref()))).await
}
