//! Loads a server in another process with valid and invalid requests, as fast as it can, on eight connections.
//!
//! ```text
//! cargo run --release -p soak -- 600      # for ten minutes
//! ```
//!
//! It fails if a response is wrong, if the server's memory grows by more than 5 % after the first tenth of the time, or if the
//! server ends before the work of `After` is done.

#[path = "../../../tests/wire/client.rs"]
mod client;
mod load;
mod serve;

use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

use load::Load;

const CONNECTIONS: usize = 8;

/// The accepted growth of the server's memory, in percent.
const GROWTH: u64 = 5;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => {
            serve::run().await;
            ExitCode::SUCCESS
        }
        Some(seconds) => soak(Duration::from_secs(seconds.parse().expect("the argument is a number of seconds"))).await,
        None => panic!("name the number of seconds: cargo run --release -p soak -- 600"),
    }
}

async fn soak(time: Duration) -> ExitCode {
    let mut server = Command::new(std::env::current_exe().unwrap());
    let server = server.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut server = server.spawn().unwrap();
    let process = server.id().unwrap();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).await.unwrap();
    let address = line.trim().parse().expect("the server prints its address");

    let load = Load::default();
    let begun = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS).map(|first| tokio::spawn(load.clone().send(address, first))).collect();
    tokio::time::sleep(time / 10).await;
    let early = resident(process);
    let mut highest = early;
    while begun.elapsed() < time {
        tokio::time::sleep(Duration::from_millis(500).min(time / 20)).await;
        highest = highest.max(resident(process));
    }
    let late = resident(process);
    let responses = load.responses();

    // Shuts the server down under load: it must finish its requests and the work of `After` before it ends.
    load.stop();
    drop(server.stdin.take());
    line.clear();
    output.read_to_string(&mut line).await.unwrap();
    let [started, done]: [u64; 2] =
        line.split_whitespace().map(|n| n.parse().unwrap()).collect::<Vec<_>>().try_into().unwrap();
    for client in clients {
        client.await.unwrap();
    }
    let ended_well = server.wait().await.unwrap().success();

    let wrong = load.wrong();
    let acknowledged = load.acknowledged();
    println!("{responses} responses in {} s, {} a second", time.as_secs(), responses / time.as_secs().max(1));
    wrong.iter().take(10).for_each(|wrong| println!("wrong: {wrong}"));
    println!("{} wrong responses", wrong.len());
    println!("resident: {early} KiB after a tenth of the time, {late} at the end, {highest} at the most");
    println!("after: {acknowledged} acknowledged, {started} started, {done} done at shutdown");
    let is_flat = late * 100 <= early * (100 + GROWTH);
    let all_done = done == started && acknowledged <= started;
    if wrong.is_empty() && is_flat && all_done && ended_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns the resident memory of a process in KiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the server runs on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the status has VmRSS");
    line.split_whitespace().next().unwrap().parse().unwrap()
}
