//! Measures servers over sockets.
//!
//! ```text
//! cargo run --release -p peers --features serve --bin end_to_end [rounds [seconds [contender…]]]
//! cargo run --release -p peers --features serve --bin end_to_end count [contender…]
//! ```
//!
//! The first command measures requests per second, and then streams of 1 GiB in both directions. It starts a server with one
//! worker thread and a client (`wrk` or `curl`) for each contender. Servers run on one core and clients on another. The
//! clients take turns of a fraction of a second.
//!
//! It prints the median rate of each contender, and its share of the rate of the first contender in the same rounds: the
//! median share and its 95 % confidence interval.
//!
//! The second command counts the instructions of a server per request. They do not differ from run to run, but do not include
//! the kernel, which takes most of the time.

mod serve;
mod server;
mod turns;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use server::Server;
use turns::{TURN, by_turns};

const CONTENDERS: [&str; 9] =
    ["hand-written", "alone", "in-front", "hyper-alone", "hyper-in-front", "axum", "warp", "poem", "actix"];
/// Name, method, path, body, status.
const WORKS: [(&str, &str, &str, &str, &str); 4] = [
    ("GET static", "GET", "/api/hello", "", "200"),
    ("GET parameter", "GET", "/users/4711", "", "200"),
    (
        "POST JSON",
        "POST",
        "/users",
        r#"{"id":7,"name":"Ada Lovelace","email":"ada@engine.example","city":"London"}"#,
        "201",
    ),
    ("405", "DELETE", "/api/hello", "", "405"),
];
/// Without warp, which buffers the body that it echoes.
const STREAMING: [&str; 8] =
    ["hand-written", "alone", "in-front", "hyper-alone", "hyper-in-front", "axum", "poem", "actix"];
const CONNECTIONS: usize = 32;
const GIBIBYTE: u64 = 1 << 30;
/// Requests on one connection when instructions are counted.
const FEW: usize = 500;
const MANY: usize = 2500;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [serve, contender, port] if serve == "serve" => return serve::serve(contender, port.parse().unwrap()).unwrap(),
        [count, names @ ..] if count == "count" => return instructions(&others(names)),
        _ => {}
    }
    let number = |at: usize, default| arguments.get(at).map_or(default, |text| text.parse().expect("a number"));
    let (rounds, seconds) = (number(0, 15), number(1, 2));
    let others = others(arguments.get(2..).unwrap_or_default());
    requests(rounds, seconds, &others);
    streams(2 * rounds, &others); // streams differ more from round to round
}

/// Returns the named contenders, or all except the first. The first may be named too: this shows how much one contender differs
/// from itself.
fn others(names: &[String]) -> Vec<&'static str> {
    if names.is_empty() {
        return CONTENDERS[1..].to_vec();
    }
    names.iter().for_each(|name| {
        assert!(CONTENDERS.contains(&&**name), "there is no contender {name}; the contenders are {CONTENDERS:?}")
    });
    CONTENDERS.into_iter().filter(|contender| names.iter().any(|name| name == contender)).collect()
}

/// Starts a server for each contender, and first for the one that the others are compared with.
fn start(others: &[&'static str]) -> Vec<Server> {
    CONTENDERS[..1].iter().chain(others).zip(4100..).map(|(name, port)| Server::start(name, port)).collect()
}

/// Measures requests per second. Each round starts new servers, as a server that is placed badly in memory stays slow.
fn requests(rounds: usize, seconds: usize, others: &[&'static str]) {
    let turns = Duration::from_secs(seconds as u64).div_duration_f64(TURN) as usize;
    let mut rates = WORKS.map(|_| Rates::new(others));
    let mut servers = Vec::new();
    for round in 0..rounds {
        drop(std::mem::take(&mut servers));
        servers = start(others);
        for ((name, method, path, body, status), rates) in WORKS.iter().zip(&mut rates) {
            for server in &servers {
                assert_eq!(server.status(method, path, body), *status, "{} sent another status to {name}", server.name);
            }
            let script = Script::new(method, body);
            let results = by_turns(servers.iter().map(|server| script.wrk(&server.url(path))), round, turns);
            rates.add(results.iter().map(|(seconds, text)| completed(text) / seconds));
        }
    }
    head("requests per second", others);
    for ((name, ..), rates) in WORKS.iter().zip(&rates) {
        rates.print(name);
    }
    memory("MiB after these (RSS)", "VmRSS", others, &servers);
}

/// Runs each server under callgrind, twice for each workload. The second run has more requests: the difference is their cost.
fn instructions(others: &[&'static str]) {
    head("instructions in user space, per request", others);
    for (name, method, path, body, status) in WORKS {
        let count = |contender| {
            let [few, many] = [FEW, MANY].map(|requests| {
                let server = Server::counted(contender);
                assert_eq!(server.status(method, path, body), status, "{contender} sent another status to {name}");
                server.send(method, path, body, requests);
                server.instructions()
            });
            (many - few) / (MANY - FEW) as f64
        };
        let first = count(CONTENDERS[0]);
        let cells: Vec<_> = others
            .iter()
            .map(|name| count(name))
            .map(|own| format!("{own:.0} ({:+.1} %)", (own / first - 1.0) * 100.0))
            .collect();
        println!("| {name} | {first:.0} | {} |", cells.join(" | "));
    }
}

/// The name, the path, and the function that makes the client.
type Work<'a> = (&'static str, &'static str, &'a dyn Fn(&str) -> Command);

fn streams(rounds: usize, others: &[&'static str]) {
    let others: Vec<&str> = others.iter().filter(|name| STREAMING.contains(name)).copied().collect();
    if others.is_empty() {
        return;
    }
    let zeroes = Zeroes::new();
    let send = |url: &str| zeroes.send(url);
    let works: [Work<'_>; 2] = [("1 GiB from a stream", "/stream", &fetch), ("1 GiB echoed", "/echo", &send)];
    let mut rates = works.map(|_| Rates::new(&others));
    let mut servers = Vec::new();
    for round in 0..rounds {
        drop(std::mem::take(&mut servers));
        servers = start(&others);
        for ((name, path, curl), rates) in works.iter().zip(&mut rates) {
            let results = by_turns(servers.iter().map(|server| curl(&server.url(path))), round, usize::MAX);
            rates.add(results.iter().map(|(seconds, size)| {
                assert_eq!(*size, GIBIBYTE.to_string(), "{name}");
                GIBIBYTE as f64 / 1e6 / seconds
            }));
        }
    }
    println!();
    head("MB per second", &others);
    for ((name, ..), rates) in works.iter().zip(&rates) {
        rates.print(name);
    }
    memory("MiB at most", "VmHWM", &others, &servers);
}

/// The rates in each round, of the first contender and of each other one.
struct Rates {
    first: Vec<f64>,
    others: Vec<Vec<f64>>,
}

impl Rates {
    fn new(others: &[&str]) -> Self {
        Self { first: Vec::new(), others: vec![Vec::new(); others.len()] }
    }

    fn add(&mut self, mut rates: impl Iterator<Item = f64>) {
        self.first.extend(rates.next());
        self.others.iter_mut().zip(rates).for_each(|(all, rate)| all.push(rate));
    }

    fn print(&self, name: &str) {
        let cells: Vec<_> =
            self.others.iter().map(|own| format!("{:.0} ({})", median(own), share(own, &self.first))).collect();
        println!("| {name} | {:.0} | {} |", median(&self.first), cells.join(" | "));
    }
}

/// Formats the median share of the first contender's rate with its 95 % confidence interval, which needs six rounds. The ends of
/// the interval are ranks of the sorted shares, from the binomial distribution with p = 1/2.
fn share(own: &[f64], first: &[f64]) -> String {
    let shares = sorted(own.iter().zip(first).map(|(own, first)| own / first));
    let count = shares.len();
    let spread = 0.98 * (count as f64).sqrt();
    let low = (count as f64 / 2.0 - spread + 0.5).floor().max(1.0) as usize - 1;
    format!("{:.3}; {:.3}–{:.3}", middle(&shares), shares[low], shares[count - 1 - low])
}

fn median(values: &[f64]) -> f64 {
    middle(&sorted(values.iter().copied()))
}

fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    sorted[half].midpoint(sorted[sorted.len() - 1 - half])
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn head(title: &str, others: &[&str]) {
    println!("| {title} | {} | {} |", CONTENDERS[0], others.join(" | "));
    println!("|---|--:|{}", "--:|".repeat(others.len()));
}

fn memory(title: &str, which: &str, others: &[&str], servers: &[Server]) {
    println!();
    head(title, others);
    let cells: Vec<_> = servers.iter().map(|server| format!("{:.1}", server.memory(which))).collect();
    println!("| | {} |", cells.join(" | "));
}

/// Runs a program on one core, so that servers and clients do not share one.
fn on_core(core: u8, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

/// A Lua script with the request that `wrk` sends.
struct Script(PathBuf);

impl Script {
    fn new(method: &str, body: &str) -> Self {
        let path = temporary("lua");
        let mut text = format!("wrk.method = \"{method}\"\n");
        if !body.is_empty() {
            text += &format!("wrk.body = [[{body}]]\nwrk.headers[\"content-type\"] = \"application/json\"\n");
        }
        fs::write(&path, text).unwrap();
        Self(path)
    }

    /// Returns a client that runs until it is interrupted.
    fn wrk(&self, url: &str) -> Command {
        let mut wrk = on_core(1, "wrk");
        wrk.args(["-t1", &format!("-c{CONNECTIONS}"), "-d1h", "-s"]).arg(&self.0).arg(url);
        wrk
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Reads the number of completed requests from the output of `wrk`.
fn completed(text: &str) -> f64 {
    let count = text.lines().find_map(|line| line.split_once(" requests in ")).expect(text).0;
    count.trim().parse().unwrap()
}

fn fetch(url: &str) -> Command {
    let mut curl = on_core(1, "curl");
    curl.args(["-s", "-f", "-o", "/dev/null", "-w", "%{size_download}", url]);
    curl
}

/// A sparse file of 1 GiB.
struct Zeroes(PathBuf);

impl Zeroes {
    fn new() -> Self {
        let path = temporary("zeroes");
        File::create(&path).unwrap().set_len(GIBIBYTE).unwrap();
        Self(path)
    }

    /// Returns a client that sends the file without a `Content-Length`.
    fn send(&self, url: &str) -> Command {
        let mut curl = fetch(url);
        curl.args(["-X", "POST", "-T", "-", "-H", "Expect:"]).stdin(File::open(&self.0).unwrap());
        curl
    }
}

impl Drop for Zeroes {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Returns the path of a temporary file of this process.
fn temporary(extension: &str) -> PathBuf {
    env::temp_dir().join(format!("peers-{}.{extension}", std::process::id()))
}
