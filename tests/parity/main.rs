//! Parity with Next.js: `examples/next_parity` answers a recording of a Next.js application as that did, byte by byte
//! over raw sockets, but where `deviations.rs` says why it should not.

mod client;
mod corpus;
mod deviations;
#[path = "../../examples/next_parity/main.rs"]
#[allow(dead_code, reason = "its `main` is the example's")]
mod next_parity;

use std::fmt::{self, Write as _};
use std::future::pending;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use client::{ReceivedResponse, exchange};
use corpus::Case;
use next_parity::Variant;

/// Whether a case is of a kind.
type Kind = fn(&Case) -> bool;

/// The edge cases that are answered in another way, and why.
const EDGES: [(Kind, &str); 4] = [
    (has_refused_target, "`http::Uri` refuses what RFC 3986 does not allow: `<` and `>`"),
    (is_compressed, "compression is a layer of the host's (`tower_http::compression`), and on by choice"),
    (has_raw_cookie, "a cookie's bytes are UTF-8 here; Next takes each for a character of Latin-1"),
    (has_encoded_base_path, "a literal is compared after it is decoded: `/%62ase` is `/base`"),
];

fn has_refused_target(case: &Case) -> bool {
    let (path, query) = case.request.path.split_once('?').unwrap_or((&case.request.path, ""));
    path.contains(['<', '>', '`']) || query.contains(['<', '>', '"'])
}

fn is_compressed(case: &Case) -> bool {
    case.response.header("content-encoding").is_some_and(|coding| coding != "identity")
}

fn has_raw_cookie(case: &Case) -> bool {
    case.request.header("cookie").is_some_and(|cookie| !cookie.is_ascii())
}

fn has_encoded_base_path(case: &Case) -> bool {
    let first = case.request.path.split('/').nth(1).unwrap_or_default();
    Variant::named(&case.variant) == Variant::BasePath && first.contains('%')
}

/// How a case came out.
enum Outcome {
    Passed,
    /// It is a known edge.
    Differs,
    Failed(String),
}

/// Cases that passed, and all of them.
#[derive(Default)]
struct Score {
    passed: usize,
    total: usize,
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.passed, self.total)
    }
}

async fn serve(variant: Variant) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(next_parity::serve(listener, variant, pending()));
    address
}

/// Whether a name is the pattern, or begins with what stands before its `*`.
fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

async fn replay(address: SocketAddr, case: &Case) -> Outcome {
    tokio::time::sleep(case.pause()).await;
    let response = match exchange(address, case.request.bytes(), case.timeout()).await {
        Ok(response) => response,
        Err(error) => return Outcome::Failed(format!("no connection: {error}")),
    };
    judge(case, &response)
}

fn judge(case: &Case, response: &ReceivedResponse) -> Outcome {
    if case.tier == "deviate" {
        return match deviations::check(case, response) {
            Ok(()) => Outcome::Passed,
            Err(reason) => Outcome::Failed(reason),
        };
    }
    let differences = case.differences(response);
    let is_known_edge = case.tier == "edge" && EDGES.iter().any(|(is_it, _)| is_it(case));
    match (differences.is_empty(), is_known_edge) {
        (true, false) => Outcome::Passed,
        (false, true) => Outcome::Differs,
        (true, true) => Outcome::Failed("it stands in the list of edges, and passes".to_owned()),
        (false, false) => Outcome::Failed(format!("{}: {response:?} {}", differences.join(", "), response.text())),
    }
}

#[tokio::test]
async fn the_recording_is_answered_as_next_js_did() {
    let cases = corpus::cases();
    let mut failures = Vec::new();
    let mut report = String::new();
    let mut scores = ["core", "deviate", "edge"].map(|tier| (tier, Score::default()));
    for variant in ["", "trailing-slash", "base-path", "no-interrupts"] {
        let address = serve(Variant::named(variant)).await;
        for case in cases.iter().filter(|case| case.variant == variant) {
            let Some((_, score)) = scores.iter_mut().find(|(tier, _)| *tier == case.tier) else { continue };
            match replay(address, case).await {
                Outcome::Passed => score.passed += 1,
                Outcome::Differs => {}
                Outcome::Failed(reason) => failures.push(format!("{}: {reason}", case.id)),
            }
            score.total += 1;
        }
    }
    for (tier, score) in &scores {
        writeln!(report, "{tier}: {score}").unwrap();
    }
    // Written past the test's capture: these lines are what the suite is asked for.
    io::Write::write_all(&mut io::stdout(), report.as_bytes()).unwrap();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    assert!(scores.iter().all(|(_, score)| score.passed * 10 >= score.total * 9), "{report}");
}
