//! Parity with Next.js: replays the recorded requests of a Next.js application against `examples/next_parity`, over raw
//! sockets. The responses must be equal byte by byte, except for the cases in `deviations.rs`.

mod client;
mod corpus;
mod deviations;
#[path = "../../examples/next_parity/main.rs"]
#[allow(dead_code, reason = "`main` is used by the example only")]
mod next_parity;

use std::fmt::{self, Write as _};
use std::future::pending;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use client::{ReceivedResponse, exchange};
use corpus::Case;
use next_parity::Variant;

/// A predicate on cases.
type Kind = fn(&Case) -> bool;

/// The edge cases with a different response, and the reasons.
const EDGES: [(Kind, &str); 4] = [
    (has_refused_target, "`http::Uri` refuses what RFC 3986 does not allow: `<` and `>`"),
    (is_compressed, "compression is an optional layer of the host (`tower_http::compression`)"),
    (has_raw_cookie, "cookies are read as UTF-8 here, and as Latin-1 by Next"),
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

/// The result of a case.
enum Outcome {
    Passed,
    /// The case is a known edge.
    Differs,
    Failed(String),
}

/// The number of cases that passed, and of all cases.
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
    tokio::spawn(next_parity::run(listener, variant, pending()));
    address
}

/// Whether a name equals the pattern, or begins with the text before the `*` of the pattern.
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
        (true, true) => Outcome::Failed("it is in `EDGES` but passes".to_owned()),
        (false, false) => Outcome::Failed(format!("{}: {response:?} {}", differences.join(", "), response.text())),
    }
}

#[tokio::test]
async fn responses_equal_the_recording_of_next_js() {
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
    // Written directly to standard output, so that the test harness does not hide the scores.
    io::Write::write_all(&mut io::stdout(), report.as_bytes()).unwrap();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    assert!(scores.iter().all(|(_, score)| score.passed * 10 >= score.total * 9), "{report}");
}
