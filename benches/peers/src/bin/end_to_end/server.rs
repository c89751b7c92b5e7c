//! Starts a contender as a server process.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use crate::{on_core, temporary};

/// A server process of a contender.
pub struct Server {
    pub name: &'static str,
    port: u16,
    process: Child,
}

impl Server {
    pub fn start(name: &'static str, port: u16) -> Self {
        Self::run(on_core(0, env::current_exe().unwrap()), name, port)
    }

    /// Starts a server under callgrind.
    pub fn counted(name: &'static str) -> Self {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["-q", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", counts().display()));
        valgrind.arg(env::current_exe().unwrap());
        Self::run(valgrind, name, 4100)
    }

    fn run(mut program: Command, name: &'static str, port: u16) -> Self {
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "another program listens on port {port}");
        let process = program
            .args(["serve", name, &port.to_string()])
            .spawn()
            .expect("valgrind and taskset start; install valgrind and util-linux");
        let server = Self { name, port, process };
        let listens = || {
            sleep(Duration::from_millis(50));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        };
        assert!((0..100).any(|_| listens()), "{name} does not listen after 5 s");
        server
    }

    /// Sends requests on one connection, each after the response to the previous one.
    pub fn send(&self, method: &str, path: &str, body: &str, requests: usize) {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        let length = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        let request = format!("{head}{}\r\n{body}", if body.is_empty() { "" } else { &length });
        let mut response = vec![0; 4096];
        for _ in 0..requests {
            connection.write_all(request.as_bytes()).unwrap();
            let count = connection.read(&mut response).unwrap(); // a small response arrives in one piece
            assert!(response[..count].starts_with(b"HTTP/1.1 "), "{} sent no response to {path}", self.name);
        }
    }

    /// Ends the server, and returns its instructions.
    pub fn instructions(mut self) -> f64 {
        Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        self.process.wait().unwrap();
        let file = counts();
        let text = fs::read_to_string(&file).unwrap();
        fs::remove_file(file).unwrap();
        text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap().trim().parse().unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn status(&self, method: &str, path: &str, body: &str) -> String {
        let output = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method])
            .args(["-H", "content-type: application/json", "-d", body])
            .arg(self.url(path))
            .output()
            .expect("curl starts; install it with apt-get install curl");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the memory in MiB: now with `VmRSS`, at most with `VmHWM`.
    pub fn memory(&self, which: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

/// The file that callgrind writes.
fn counts() -> PathBuf {
    temporary("callgrind")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
