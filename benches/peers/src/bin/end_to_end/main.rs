//! Requests per second over sockets: `cargo run --release -p peers --features serve --bin end_to_end [rounds [seconds]]`.
//!
//! It starts a server for each contender, each with one worker thread, and sends `wrk` to them by turns, each on a core of
//! its own; then it has
//! `curl` fetch 1 GiB from a stream, and send 1 GiB to be echoed. It prints tables of medians.

mod serve;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

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

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [serve, contender, port] = &arguments[..] {
        assert_eq!(serve, "serve");
        return serve::serve(contender, port.parse().unwrap()).unwrap();
    }
    let mut arguments = arguments.iter().map(|argument| argument.parse().expect("a number"));
    let rounds = arguments.next().unwrap_or(15);
    let seconds = arguments.next().unwrap_or(1);

    requests(rounds, seconds);
    let servers = start();
    streams(&servers, rounds.min(5));
    memory("RSS in MiB, after the streams", &servers);
}

fn start() -> Vec<Server> {
    CONTENDERS.iter().zip(4100..).map(|(name, port)| Server::start(name, port)).collect()
}

/// The servers are started anew for each round, as one that is placed badly in memory stays so, and each round begins with
/// another one.
fn requests(rounds: usize, seconds: usize) {
    let mut rates = WORKS.map(|_| vec![Vec::new(); CONTENDERS.len()]);
    let mut servers = Vec::new();
    for round in 0..rounds {
        drop(std::mem::take(&mut servers));
        servers = start();
        for ((name, method, path, body, status), rates) in WORKS.iter().zip(&mut rates) {
            let script = Script::new(method, body);
            for at in (0..servers.len()).map(|at| (at + round) % CONTENDERS.len()) {
                let server: &Server = &servers[at];
                assert_eq!(server.status(method, path, body), *status, "{} at {name}", server.name);
                rates[at].push(server.wrk(path, &script, seconds));
            }
        }
    }
    println!("| requests per second | {} |\n|---|{}", CONTENDERS.join(" | "), "--:|".repeat(CONTENDERS.len()));
    for ((name, ..), rates) in WORKS.iter().zip(&rates) {
        row(name, rates, 0);
    }
    memory("RSS in MiB, after these", &servers);
}

fn streams(servers: &[Server], rounds: usize) {
    println!("\n| MB per second | {} |\n|---|{}", CONTENDERS.join(" | "), "--:|".repeat(CONTENDERS.len()));
    let echo = ["-X", "POST", "-T", "-", "-H", "Expect:"];
    for (name, path, arguments) in [("1 GiB from a stream", "/stream", &[][..]), ("1 GiB echoed", "/echo", &echo)] {
        let mut rates = vec![Vec::new(); servers.len()];
        for _ in 0..rounds {
            for (server, rates) in servers.iter().zip(&mut rates) {
                let rate = STREAMING.contains(&server.name).then(|| server.curl(path, arguments));
                rates.push(rate.unwrap_or(f64::NAN) / 1e6);
            }
        }
        row(name, &rates, 0);
    }
}

fn memory(title: &str, servers: &[Server]) {
    println!("\n| | {} |\n|---|{}", CONTENDERS.join(" | "), "--:|".repeat(CONTENDERS.len()));
    row(title, &servers.iter().map(|server| vec![server.resident()]).collect::<Vec<_>>(), 1);
}

/// A row of medians, each with the median of its shares of the first contender's in the same round.
fn row(name: &str, values: &[Vec<f64>], digits: usize) {
    let cell = |own: &Vec<f64>| {
        let shares = own.iter().zip(&values[0]).map(|(own, first)| own / first).collect();
        format!("{:.digits$} ({:.2})", median(own.clone()), median(shares))
    };
    println!("| {name} | {} |", values.iter().map(cell).collect::<Vec<_>>().join(" | ").replace("NaN (NaN)", "–"));
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
struct Script(std::path::PathBuf);

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

struct Server {
    name: &'static str,
    port: u16,
    process: Child,
}

impl Server {
    fn start(name: &'static str, port: u16) -> Self {
        let program = env::current_exe().unwrap();
        let process = on_core(0, program).args(["serve", name, &port.to_string()]).spawn().unwrap();
        let server = Self { name, port, process };
        let listens = || {
            sleep(Duration::from_millis(50));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        };
        assert!((0..100).any(|_| listens()), "{name} does not listen");
        server
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn status(&self, method: &str, path: &str, body: &str) -> String {
        let output = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method])
            .args(["-H", "content-type: application/json", "-d", body])
            .arg(self.url(path))
            .output()
            .expect("curl is there: apt-get install curl");
        String::from_utf8(output.stdout).unwrap()
    }

    fn wrk(&self, path: &str, script: &Script, seconds: usize) -> f64 {
        let output = on_core(1, "wrk")
            .args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{seconds}s"), "-s"])
            .arg(&script.0)
            .arg(self.url(path))
            .output()
            .expect("wrk is there: apt-get install wrk");
        let text = String::from_utf8(output.stdout).unwrap();
        let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:")).expect(&text);
        rate.trim().parse().unwrap()
    }

    /// Bytes per second.
    fn curl(&self, path: &str, arguments: &[&str]) -> f64 {
        let mut curl = Command::new("curl")
            .args(["-s", "-f", "-o", "/dev/null", "-w", "%{size_download} %{time_total}"])
            .args(arguments)
            .arg(self.url(path))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("curl is there: apt-get install curl");
        let mut stdin = curl.stdin.take().unwrap();
        if !arguments.is_empty() {
            let chunk = vec![0; 1 << 20];
            (0..1024).for_each(|_| stdin.write_all(&chunk).unwrap());
        }
        drop(stdin);
        let text = String::from_utf8(curl.wait_with_output().unwrap().stdout).unwrap();
        let (size, time) = text.split_once(' ').unwrap();
        assert_eq!(size, (1_u64 << 30).to_string(), "{} at {path}", self.name);
        size.parse::<f64>().unwrap() / time.parse::<f64>().unwrap()
    }

    /// Memory in MiB.
    fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
