//! The app on AWS Lambda with streamed responses: behind a function URL with the `InvokeMode` `RESPONSE_STREAM`, or behind a
//! REST API that streams.
//!
//! ```text
//! rustup target add x86_64-unknown-linux-musl
//! cargo build --release -p lambda --bin streamed --target x86_64-unknown-linux-musl
//! ```

use lambda_http::{Error, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let stage = std::env::var("STAGE").ok();
    lambda::run_streamed(lambda::with_stage(edge_app::api(), stage.as_deref())).await
}
