//! Requests per second over sockets:
//! `cargo run --release -p peers --features serve --bin end_to_end [rounds [seconds [contender…]]]`. And instructions of a
//! server in user space, for each request over a socket: the same with `count [contender…]`.
//!
//! It starts a server for each contender, each with one worker thread, and sends `wrk` to them by turns, each on a core of
//! its own; then it has `curl` fetch 1 GiB from a stream, and send 1 GiB to be echoed. It prints tables of medians.
//!
//! One run of a server differs from the next by more than what is to be seen. So each is measured between two runs of the
//! first contender and given as a share of their mean; behind the median share stands the range that it lies in with 95 %.
//! The instructions do not differ from run to run, but leave out the kernel, which has most of the time.

mod serve;
mod server;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use server::Server;

const CONTENDERS: [&str; 8] = ["limit", "leaf", "layer", "direct", "axum", "warp", "poem", "actix"];
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
/// warp buffers what it echoes, and is left out.
const STREAMING: [&str; 7] = ["limit", "leaf", "layer", "direct", "axum", "poem", "actix"];
const CONNECTIONS: usize = 32;
/// Requests on one connection, where instructions are counted.
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
    let (rounds, seconds) = (number(0, 15), number(1, 1));
    let others = others(arguments.get(2..).unwrap_or_default());
    requests(rounds, seconds, &others);
    streams(rounds, &others);
}

/// The contenders that are named, or all, but for the one that they are compared with.
fn others(names: &[String]) -> Vec<&'static str> {
    names.iter().for_each(|name| assert!(CONTENDERS[1..].contains(&&**name), "{name} is none of {CONTENDERS:?}"));
    let wanted = |name: &&&str| names.is_empty() || names.iter().any(|wanted| wanted == **name);
    CONTENDERS[1..].iter().filter(wanted).copied().collect()
}

/// A server for each contender, the one that the others are compared with first.
fn start(others: &[&'static str]) -> Vec<Server> {
    CONTENDERS[..1].iter().chain(others).zip(4100..).map(|(name, port)| Server::start(name, port)).collect()
}

/// The servers are started anew for each round, as one that is placed badly in memory stays so, and each round begins with
/// another one.
fn requests(rounds: usize, seconds: usize, others: &[&'static str]) {
    let mut rates = WORKS.map(|_| vec![Rates::default(); others.len()]);
    let mut servers = Vec::new();
    for round in 0..rounds {
        drop(std::mem::take(&mut servers));
        servers = start(others);
        for ((name, method, path, body, status), rates) in WORKS.iter().zip(&mut rates) {
            let script = Script::new(method, body);
            for server in &servers {
                assert_eq!(server.status(method, path, body), *status, "{} at {name}", server.name);
            }
            by_turns(&servers, round, rates, |server| server.wrk(path, &script, seconds));
        }
    }
    head("requests per second", others);
    for ((name, ..), rates) in WORKS.iter().zip(&rates) {
        row(name, rates);
    }
    memory("RSS in MiB, after these", others, &servers);
}

/// Runs each server under callgrind, twice for each work: what the second run costs more is that of its requests more.
fn instructions(others: &[&'static str]) {
    head("instructions in user space, per request", others);
    for (name, method, path, body, status) in WORKS {
        let count = |contender| {
            let [few, many] = [FEW, MANY].map(|requests| {
                let server = Server::counted(contender);
                assert_eq!(server.status(method, path, body), status, "{contender} at {name}");
                server.ask(method, path, body, requests);
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

fn streams(rounds: usize, others: &[&'static str]) {
    let echo = ["-X", "POST", "-T", "-", "-H", "Expect:"];
    let works = [("1 GiB from a stream", "/stream", &[][..]), ("1 GiB echoed", "/echo", &echo)];
    let others: Vec<&str> = others.iter().filter(|name| STREAMING.contains(name)).copied().collect();
    if others.is_empty() {
        return;
    }
    let servers = start(&others);
    let mut rates = works.map(|_| vec![Rates::default(); others.len()]);
    for round in 0..rounds {
        for ((_, path, arguments), rates) in works.iter().zip(&mut rates) {
            by_turns(&servers, round, rates, |server| server.curl(path, arguments) / 1e6);
        }
    }
    println!();
    head("MB per second", &others);
    for ((name, ..), rates) in works.iter().zip(&rates) {
        row(name, rates);
    }
    memory("RSS in MiB, after the streams", &others, &servers);
}

/// Measures each of the others between two runs of the first server.
fn by_turns(servers: &[Server], round: usize, rates: &mut [Rates], measure: impl Fn(&Server) -> f64) {
    let (first, others) = servers.split_first().unwrap();
    let mut before = measure(first);
    for at in (0..others.len()).map(|at| (at + round) % others.len()) {
        let own = measure(&others[at]);
        let after = measure(first);
        rates[at].add(own, before.midpoint(after));
        before = after;
    }
}

/// What was measured of one server, and of the first one before and after it.
#[derive(Clone, Default)]
struct Rates {
    own: Vec<f64>,
    first: Vec<f64>,
}

impl Rates {
    fn add(&mut self, own: f64, first: f64) {
        self.own.push(own);
        self.first.push(first);
    }

    /// The median of the shares of the first server's rate, and the range that it lies in with 95 %, from six rounds on: the
    /// ranks which a coin, thrown once for each share, leaves out on a side but in one of forty cases.
    fn share(&self) -> String {
        let mut shares: Vec<f64> = self.own.iter().zip(&self.first).map(|(own, first)| own / first).collect();
        shares.sort_by(f64::total_cmp);
        let count = shares.len();
        let spread = 0.98 * (count as f64).sqrt();
        let low = (count as f64 / 2.0 - spread + 0.5).floor().max(1.0) as usize - 1;
        format!("{:.3}; {:.3}–{:.3}", shares[count / 2], shares[low], shares[count - 1 - low])
    }
}

fn head(title: &str, others: &[&str]) {
    println!("| {title} | {} | {} |", CONTENDERS[0], others.join(" | "));
    println!("|---|--:|{}", "--:|".repeat(others.len()));
}

fn row(name: &str, rates: &[Rates]) {
    let first = median(rates.iter().flat_map(|rates| rates.first.clone()).collect());
    let cells: Vec<_> =
        rates.iter().map(|rates| format!("{:.0} ({})", median(rates.own.clone()), rates.share())).collect();
    println!("| {name} | {first:.0} | {} |", cells.join(" | "));
}

fn memory(title: &str, others: &[&str], servers: &[Server]) {
    println!();
    head(title, others);
    let cells: Vec<_> = servers.iter().map(|server| format!("{:.1}", server.resident())).collect();
    println!("| | {} |", cells.join(" | "));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A program that stays on one core, so that servers and `wrk` are not in each other's way.
fn on_core(core: u8, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

/// What `wrk` sends.
struct Script(PathBuf);

impl Script {
    fn new(method: &str, body: &str) -> Self {
        let path = env::temp_dir().join(format!("peers-{}.lua", std::process::id()));
        let mut text = format!("wrk.method = \"{method}\"\n");
        if !body.is_empty() {
            text += &format!("wrk.body = [[{body}]]\nwrk.headers[\"content-type\"] = \"application/json\"\n");
        }
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
