//! Mixed load at full speed, from this process on a server that is another one.
//!
//! `cargo run --release -p soak -- 600` asks for ten minutes whatever a client may ask for, right and wrong, on eight
//! connections. It fails if an answer is wrong, if the server's memory has grown by more than five in a hundred since
//! its first tenth, or if work for after an answer was not done when the server had shut down.

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

/// How much the server's memory may grow, in percent.
const GROWTH: u64 = 5;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => {
            serve::run().await;
            ExitCode::SUCCESS
        }
        Some(seconds) => soak(Duration::from_secs(seconds.parse().expect("how many seconds"))).await,
        None => panic!("how many seconds?"),
    }
}

async fn soak(time: Duration) -> ExitCode {
    let mut server = Command::new(std::env::current_exe().unwrap());
    let server = server.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut server = server.spawn().unwrap();
    let process = server.id().unwrap();
    let mut says = BufReader::new(server.stdout.take().unwrap());
    let mut line = String::new();
    says.read_line(&mut line).await.unwrap();
    let address = line.trim().parse().expect("the server says where it listens");

    let load = Load::default();
    let begun = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS).map(|first| tokio::spawn(load.clone().ask(address, first))).collect();
    tokio::time::sleep(time / 10).await;
    let early = resident(process);
    let mut highest = early;
    while begun.elapsed() < time {
        tokio::time::sleep(Duration::from_millis(500).min(time / 20)).await;
        highest = highest.max(resident(process));
    }
    let late = resident(process);
    let answers = load.answers();

    // In the midst of the load: it answers what it has begun, does what is to be done after, and ends.
    load.stop();
    drop(server.stdin.take());
    line.clear();
    says.read_to_string(&mut line).await.unwrap();
    let [asked, done]: [u64; 2] =
        line.split_whitespace().map(|n| n.parse().unwrap()).collect::<Vec<_>>().try_into().unwrap();
    for client in clients {
        client.await.unwrap();
    }
    let ended_well = server.wait().await.unwrap().success();

    let wrong = load.wrong();
    let acknowledged = load.acknowledged();
    println!("{answers} answers in {} s, {} a second", time.as_secs(), answers / time.as_secs().max(1));
    wrong.iter().take(10).for_each(|wrong| println!("wrong: {wrong}"));
    println!("{} wrong answers", wrong.len());
    println!("resident: {early} KiB after a tenth of the time, {late} at the end, {highest} at the most");
    println!("after: {acknowledged} acknowledged, {asked} asked for, {done} done at shutdown");
    let is_flat = late * 100 <= early * (100 + GROWTH);
    let all_done = done == asked && acknowledged <= asked;
    if wrong.is_empty() && is_flat && all_done && ended_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The memory of a process that is in RAM, in KiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the server runs, on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
    line.split_whitespace().next().unwrap().parse().unwrap()
}
