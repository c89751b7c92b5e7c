//! Serves one contender with one worker thread.
//!
//! | request | response |
//! |---|---|
//! | `GET /api/hello` | a small JSON text |
//! | `GET /users/{id}` | the id, as text |
//! | `POST /users` | 201 and the received user as JSON |
//! | `DELETE /api/hello` | 405 |
//! | `GET /stream` | 1 GiB, from a stream |
//! | `POST /echo` | the received body |

mod actix;
mod axum;
mod connections;
mod hand_written;
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

/// Streams 1 GiB.
fn gibibyte() -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + Sync + 'static {
    static ZEROES: [u8; CHUNK] = [0; CHUNK];
    stream::repeat_with(|| Ok(Bytes::from_static(&ZEROES))).take(CHUNKS)
}

/// Serves until the process ends.
pub fn serve(contender: &str, port: u16) -> io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match contender {
        "hand-written" => connections::serve(address, TowerToHyperService::new(service_fn(hand_written::respond))),
        "alone" => connections::serve(address, TowerToHyperService::new(ours::table())),
        "in-front" => {
            connections::serve(address, TowerToHyperService::new(ours::table().over(service_fn(hand_written::respond))))
        }
        "hyper-alone" => connections::serve(address, ours::table()),
        "hyper-in-front" => connections::serve(address, ours::table().over(hyper_service_fn(hand_written::respond))),
        "axum" => connections::serve(address, TowerToHyperService::new(axum::router())),
        "warp" => connections::serve(address, TowerToHyperService::new(warp::service())),
        "poem" => poem::serve(address),
        "actix" => actix::serve(address),
        other => panic!("there is no contender {other}"),
    }
}
