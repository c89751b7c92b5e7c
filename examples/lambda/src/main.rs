//! The app behind API Gateway, a load balancer or a function URL, each answer in one piece.
//!
//! ```text
//! rustup target add x86_64-unknown-linux-musl
//! cargo build --release -p lambda --target x86_64-unknown-linux-musl
//! ```
//!
//! The program is to be called `bootstrap` in a zip for the runtime `provided.al2023`. `STAGE` names the stage of API
//! Gateway, if it is not `$default`.

use lambda_http::{Error, run, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let stage = std::env::var("STAGE").ok();
    run(lambda::whole(lambda::with_stage(edge_app::api(), stage.as_deref()))).await
}
