//! The table of the wire tests: what every host must answer, but for what workerd does before or after the program.

use std::net::SocketAddr;

use crate::check::check_case;
use crate::table::CASES;

/// Cases that cannot hold here, each with why not.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("get /api/items", "workerd refuses a method that it does not know with 501"),
    ("GET /api/panic", "the program cannot answer, as it ends: workerd's 500 is no problem document"),
];

/// What was answered otherwise, and which exceptions are none.
pub(crate) async fn failures(address: SocketAddr) -> Vec<String> {
    let mut failures = Vec::new();
    for case in CASES {
        let exception = EXCEPTIONS.iter().find(|(request, _)| *request == case.request);
        match (check_case(address, case, "/api").await, exception) {
            (Ok(()), None) | (Err(_), Some(_)) => {}
            (Err(failure), None) => failures.push(format!("{:?}: {failure}", case.request)),
            (Ok(()), Some((request, why))) => failures.push(format!("{request:?} holds after all, though {why}")),
        }
    }
    println!("wire: {} cases, {} exceptions", CASES.len(), EXCEPTIONS.len());
    failures
}
