//! Misbehaving clients, over real sockets, on each host. After each scenario, a new connection works, no task and no handler
//! is left, and the memory has not grown.

#[path = "../wire/client.rs"]
mod client;
mod hosts;
mod http1;
mod http2;
mod idle;
mod routes;

use std::net::SocketAddr;
use std::sync::{Mutex, Once};
use std::time::Duration;
use std::{fs, panic};

use tokio::runtime::{Builder, Runtime};

use client::{Connection, ReceivedResponse};
use routes::Held;

/// Runs one host at a time: the memory is measured for the whole process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The growth of the memory that is accepted, in percent.
const GROWTH: usize = 5;

/// A running host with its own runtime.
pub(crate) struct Server {
    runtime: Runtime,
    pub(crate) address: SocketAddr,
    pub(crate) held: Held,
    idle_tasks: usize,
}

impl Server {
    fn start(serve: hosts::Serve) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let held = Held::default();
        let address = runtime.block_on(serve(routes::routes(&held)));
        let idle_tasks = runtime.metrics().num_alive_tasks();
        Self { runtime, address, held, idle_tasks }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await.unwrap()
    }

    /// Sends a request on a new connection.
    pub(crate) async fn send(&self, request: &str) -> ReceivedResponse {
        self.connect().await.send(request.as_bytes()).await.unwrap()
    }

    /// Checks that a new request works, and that no task and no handler is left afterwards.
    async fn settle(&self, after: &str) {
        let response = self.send(&get("/ping")).await;
        assert_eq!((response.status, response.text().as_str()), (200, "pong"), "after {after}");
        let left = || (self.runtime.metrics().num_alive_tasks() - self.idle_tasks, self.held.count());
        let settled = eventually(|| left() == (0, 0)).await;
        assert!(settled, "after {after}: (tasks, held) = {:?}", left());
    }
}

/// Waits up to 30 seconds until the condition holds.
pub(crate) async fn eventually(holds: impl Fn() -> bool) -> bool {
    for _ in 0..3000 {
        if holds() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

/// The resident memory of this process, in KiB.
fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Repeats a scenario until its memory stops growing. An allocator keeps memory from the first rounds; a leak grows in
/// every round.
async fn rounds(name: &str, round: impl AsyncFn()) {
    let mut last = resident();
    for _ in 0..5 {
        for _ in 0..3 {
            round().await;
        }
        let now = resident();
        let (Some(before), Some(after)) = (last, now) else { return };
        println!("{name}: {before} KiB before, {after} after");
        if after * 100 <= before * (100 + GROWTH) {
            return;
        }
        last = now;
    }
    panic!("the memory grows with each round of {name}");
}

/// Hides the expected panics: the test harness would keep their output in memory.
fn silence_expected_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !panic.to_string().contains(routes::PANIC) {
                print(panic);
            }
        }));
    });
}

fn torture(serve: hosts::Serve) {
    silence_expected_panics();
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let server = Server::start(serve);
    let client = Builder::new_current_thread().enable_all().build().unwrap();
    macro_rules! scenarios {
        ($($module:ident::$name:ident)*) => {$({
            let round = async || {
                $module::$name(&server).await;
                server.settle(stringify!($name)).await;
            };
            client.block_on(rounds(stringify!($name), round));
        })*};
    }
    scenarios! {
        http1::slow_bodies
        http1::truncated_bodies
        http1::false_lengths
        http1::chunks_over_the_limit
        http1::pipelined_requests
        http1::bodies_after_100_continue
        http1::clients_that_disconnect
        http1::client_that_stops_reading
        http2::concurrent_streams
        http2::streams_reset_while_their_handler_runs
        http2::stream_that_is_not_read
        http2::bodies_over_the_limit
        idle::connections
    }
}

#[test]
fn hyper() {
    torture(hosts::hyper);
}

#[test]
fn axum() {
    torture(hosts::axum);
}

#[cfg(feature = "warp")]
#[test]
fn warp() {
    torture(hosts::warp);
}
