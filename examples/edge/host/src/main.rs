//! Builds the workers, tests them in workerd (Cloudflare's runtime), and measures them. It needs Rust and npm only.
//!
//! ```text
//! cargo run -p edge -- build   # target/workers/app/: main.js and index_bg.wasm, to be deployed
//! cargo run -p edge -- size    # the size of the users API
//! cargo run -p edge -- test    # the tests in workerd
//! cargo run -p edge -- bench   # compares the users API with plain JavaScript and Hono
//! ```

mod app;
mod bench;
mod hard;
mod link;
mod make;
mod size;
mod wire;
mod workerd;

#[path = "../../../../tests/wire/check.rs"]
mod check;
#[path = "../../../../tests/wire/client.rs"]
mod client;
#[path = "../../../../tests/wire/table.rs"]
#[allow(dead_code, reason = "the worker in edge_wire uses the routes")]
mod table;

use std::error::Error;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map_or("", String::as_str) {
        _ if link::is_called(&arguments) => link::link(&arguments),
        "build" => make::app().map(|folder| println!("{}", folder.display())),
        "size" => make::users().and_then(|users| size::check(&users)),
        "test" => test().await,
        "bench" => bench::run().await,
        _ => Err("unknown command: use build, size, test or bench".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn test() -> Result<()> {
    let app = make::app()?;
    let wire = make::wire()?;
    let host = workerd::Workerd::start(&wire)?;
    let failures = [wire::failures(host.address).await, hard::failures(host.address).await].concat();
    host.stop("wire", failures)?;

    let host = workerd::Workerd::start(&app)?;
    let failures = app::failures(host.address).await;
    host.stop("app", failures)?;
    size::check(&make::users()?)
}
