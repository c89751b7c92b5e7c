//! Compares the users API with plain JavaScript and with Hono, in one run by turns.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::check::{request, send};
use crate::workerd::Workerd;
use crate::{Result, make, size};

const COLD_STARTS: usize = 21;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 16;

struct Contender {
    name: &'static str,
    folder: PathBuf,
    cold: Vec<f64>,
    per_second: [Vec<f64>; REQUESTS.len()],
}

const REQUESTS: [&str; 2] = ["GET /api/users", "GET /api/users/1"];

pub(crate) async fn run() -> Result<()> {
    let users = make::users()?;
    let (raw, gzip) = size::sizes(&users)?;
    let contender = |name, folder| Contender { name, folder, cold: Vec::new(), per_second: Default::default() };
    let mut contenders = [
        contender("route-handlers", users),
        contender("plain JavaScript", make::script("plain")?),
        contender("Hono", make::script("hono")?),
    ];
    for _ in 0..COLD_STARTS {
        for contender in &mut contenders {
            contender.cold.push(cold_start(&contender.folder).await?);
        }
    }
    for _ in 0..ROUNDS {
        for contender in &mut contenders {
            let host = Workerd::start(&contender.folder)?;
            for (at, text) in REQUESTS.iter().enumerate() {
                load(host.address, text, ROUND / 4).await?; // warm-up
                contender.per_second[at].push(load(host.address, text, ROUND).await?);
            }
        }
    }
    println!("{raw} bytes of wasm, {gzip} by gzip");
    println!("| | cold start, ms | {}, per second | {}, per second |\n|---|---|---|---|", REQUESTS[0], REQUESTS[1]);
    for Contender { name, cold, per_second: [all, one], .. } in &mut contenders {
        println!("| {name} | {:.1} | {:.0} | {:.0} |", median(cold), median(all), median(one));
    }
    Ok(())
}

/// Measures the time from the start of workerd to the end of the first response, in milliseconds.
async fn cold_start(folder: &Path) -> Result<f64> {
    let begun = Instant::now();
    let host = Workerd::start(folder)?;
    let response = send(host.address, &request("GET /api/users")).await?;
    if response.status == 200 { Ok(begun.elapsed().as_secs_f64() * 1e3) } else { Err(format!("{response:?}").into()) }
}

/// Measures responses per second over kept connections.
async fn load(address: SocketAddr, text: &str, duration: Duration) -> Result<f64> {
    let request = request(text);
    // All responses to this request have the same length.
    let length = response_length(address, &request).await?;
    let begun = Instant::now();
    let clients = (0..CONNECTIONS).map(|_| client(address, &request, length, begun + duration));
    let counts = futures_util::future::try_join_all(clients).await?;
    Ok(counts.iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64())
}

async fn client(address: SocketAddr, request: &[u8], length: usize, end: Instant) -> Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    let mut response = vec![0; length];
    let mut count = 0;
    while Instant::now() < end {
        stream.write_all(request).await?;
        stream.read_exact(&mut response).await?;
        if !response.starts_with(b"HTTP/1.1 ") {
            return Err(format!("a response must begin with HTTP/1.1: {:?}", String::from_utf8_lossy(&response)).into());
        }
        count += 1;
    }
    Ok(count)
}

/// Returns the number of bytes that arrive until a pause of 300 ms.
async fn response_length(address: SocketAddr, request: &[u8]) -> Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut response = Vec::new();
    while let Ok(read) = tokio::time::timeout(Duration::from_millis(300), stream.read_buf(&mut response)).await {
        if read? == 0 {
            break;
        }
    }
    Ok(response.len())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
