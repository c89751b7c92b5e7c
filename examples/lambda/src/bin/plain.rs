//! The app on AWS Lambda without an adapter: `lambda_http` accepts a route table as a service.
//!
//! A handler that takes `After` responds with 500 here, as nothing would run its work. A response without a `Content-Type`
//! must be text.
//!
//! ```text
//! rustup target add x86_64-unknown-linux-musl
//! cargo build --release -p lambda --bin plain --target x86_64-unknown-linux-musl
//! ```

use lambda_http::{Error, run, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(edge_app::api()).await
}
