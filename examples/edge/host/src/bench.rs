//! The users API beside the same in JavaScript: by hand, and on Hono. All of it in one run, by turns.

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
        contender("JavaScript by hand", make::script("plain")?),
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
                load(host.address, text, ROUND / 4).await?; // until it is warm
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

/// From the start of workerd to the end of the first answer, in milliseconds.
async fn cold_start(folder: &Path) -> Result<f64> {
    let begun = Instant::now();
    let host = Workerd::start(folder)?;
    let answer = send(host.address, &request("GET /api/users")).await?;
    if answer.status == 200 { Ok(begun.elapsed().as_secs_f64() * 1e3) } else { Err(format!("{answer:?}").into()) }
}

/// Answers per second, over connections that are kept.
async fn load(address: SocketAddr, text: &str, duration: Duration) -> Result<f64> {
    let request = request(text);
    // Each answer to a request is as long as the first.
    let length = answer_length(address, &request).await?;
    let begun = Instant::now();
    let clients = (0..CONNECTIONS).map(|_| client(address, &request, length, begun + duration));
    let counts = futures_util::future::try_join_all(clients).await?;
    Ok(counts.iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64())
}

async fn client(address: SocketAddr, request: &[u8], length: usize, end: Instant) -> Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    let mut answer = vec![0; length];
    let mut count = 0;
    while Instant::now() < end {
        stream.write_all(request).await?;
        stream.read_exact(&mut answer).await?;
        if !answer.starts_with(b"HTTP/1.1 ") {
            return Err(format!("no answer begins here: {:?}", String::from_utf8_lossy(&answer)).into());
        }
        count += 1;
    }
    Ok(count)
}

/// How many bytes are answered, until there are no more for a while.
async fn answer_length(address: SocketAddr, request: &[u8]) -> Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    while let Ok(read) = tokio::time::timeout(Duration::from_millis(300), stream.read_buf(&mut answer)).await {
        if read? == 0 {
            break;
        }
    }
    Ok(answer.len())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
