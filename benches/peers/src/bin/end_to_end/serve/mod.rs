//! One contender as a server with one worker thread.
//!
//! | request | answer |
//! |---|---|
//! | `GET /api/hello` | a small JSON text |
//! | `GET /users/{id}` | the id, as text |
//! | `POST /users` | 201, and the user that came, as JSON |
//! | `DELETE /api/hello` | 405 |
//! | `GET /stream` | 1 GiB, from a stream |
//! | `POST /echo` | the body that came |

mod actix;
mod axum;
mod connections;
mod limit;
mod ours;
mod poem;
mod warp;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use hyper::service::service_fn as hyper_service_fn;
use hyper_util::service::TowerToHyperService;
use tower::service_fn;

const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 16 * 1024;

/// 1 GiB.
fn gibibyte() -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + Sync + 'static {
    static ZEROES: [u8; CHUNK] = [0; CHUNK];
    stream::repeat_with(|| Ok(Bytes::from_static(&ZEROES))).take(CHUNKS)
}

/// Serves until the process ends.
pub fn serve(contender: &str, port: u16) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match contender {
        "limit" => connections::serve(address, TowerToHyperService::new(service_fn(limit::answer))),
        "leaf" => connections::serve(address, TowerToHyperService::new(ours::table())),
        "layer" => connections::serve(address, TowerToHyperService::new(ours::table().over(service_fn(limit::answer)))),
        "direct" => connections::serve(address, ours::table()),
        "direct-layer" => connections::serve(address, ours::table().over(hyper_service_fn(limit::answer))),
        "axum" => connections::serve(address, TowerToHyperService::new(axum::router())),
        "warp" => connections::serve(address, TowerToHyperService::new(warp::service())),
        "poem" => poem::serve(address),
        "actix" => actix::serve(address),
        other => panic!("{other} is no contender"),
    }
}
