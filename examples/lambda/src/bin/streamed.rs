//! The app behind a function URL whose `InvokeMode` is `RESPONSE_STREAM`, or a REST API that streams.

use lambda_http::{Error, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let stage = std::env::var("STAGE").ok();
    lambda::run_streamed(lambda::with_stage(edge_app::api(), stage.as_deref())).await
}
