//! Clients that do what none should, over real sockets and on each host. After each of them the next request on a new
//! connection is answered, no task and nothing of a handler is left, and the memory is that of before.

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

/// One host at a time: the memory is the whole process's.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// How much the memory may have grown since before, in percent.
const GROWTH: usize = 5;

/// A host that runs, in a runtime of its own.
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

    /// Sends a request on a connection of its own.
    pub(crate) async fn send(&self, request: &str) -> ReceivedResponse {
        self.connect().await.send(request.as_bytes()).await.unwrap()
    }

    /// The next request is answered, and then nothing is left of any.
    async fn settle(&self, after: &str) {
        let response = self.send(&get("/ping")).await;
        assert_eq!((response.status, response.text().as_str()), (200, "pong"), "after {after}");
        let left = || (self.runtime.metrics().num_alive_tasks() - self.idle_tasks, self.held.count());
        let settled = eventually(|| left() == (0, 0)).await;
        assert!(settled, "after {after}: (tasks, held) = {:?}", left());
    }
}

/// Whether it comes to hold, before anybody would give up waiting.
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

/// The memory of this process that is in RAM, in KiB.
fn resident() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Runs a torment again and again. What an allocator keeps for good, it takes in the first rounds; what is lost is lost
/// in each.
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

/// What the handlers panic with is not printed: the test harness would keep it all in memory.
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
    macro_rules! torments {
        ($($module:ident::$name:ident)*) => {$({
            let round = async || {
                $module::$name(&server).await;
                server.settle(stringify!($name)).await;
            };
            client.block_on(rounds(stringify!($name), round));
        })*};
    }
    torments! {
        http1::slow_bodies
        http1::bodies_that_are_cut_off
        http1::lengths_that_lie
        http1::chunks_over_the_limit
        http1::requests_in_a_pipeline
        http1::bodies_that_wait_to_be_asked_for
        http1::clients_that_leave
        http1::a_client_that_stops_reading
        http2::streams_at_once
        http2::streams_reset_while_their_handler_runs
        http2::a_stream_that_is_not_read
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
