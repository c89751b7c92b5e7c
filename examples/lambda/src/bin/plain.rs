//! The app as it is: a table is a service that `lambda_http` takes. A handler that takes `After` is 500 here, as nobody
//! would do its work, and an answer without a `Content-Type` must be text.

use lambda_http::{Error, run, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(edge_app::api()).await
}
