//! Tests the cases of `tests/wire`, which hold on every host except for the behaviour of workerd itself.

use std::net::SocketAddr;

use crate::check::check_case;
use crate::table::CASES;

/// Cases that fail in workerd, with the reasons.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("get /api/items", "workerd refuses a method that it does not know with 501"),
    ("GET /api/panic", "the panic ends the program, and workerd sends a 500 without a problem document"),
];

/// Returns the cases that fail, and the exceptions that do not fail.
pub(crate) async fn failures(address: SocketAddr) -> Vec<String> {
    let mut failures = Vec::new();
    for case in CASES {
        let exception = EXCEPTIONS.iter().find(|(request, _)| *request == case.request);
        match (check_case(address, case, "/api").await, exception) {
            (Ok(()), None) | (Err(_), Some(_)) => {}
            (Err(failure), None) => failures.push(format!("{:?}: {failure}", case.request)),
            (Ok(()), Some((request, why))) => {
                failures.push(format!("{request:?} does not fail, so remove it from the exceptions: {why}"))
            }
        }
    }
    println!("wire: {} cases, {} exceptions", CASES.len(), EXCEPTIONS.len());
    failures
}
