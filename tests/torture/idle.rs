//! Connections that say nothing.

use std::fs;

use crate::{Server, eventually, get};

/// How many there should be, and how many of them this process may open: each has two ends here. `.ci/torture` asks for
/// more than `cargo test` does.
fn count() -> usize {
    let wanted = std::env::var("TORTURE_CONNECTIONS").map_or(1000, |wanted| wanted.parse().expect("a number"));
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = files.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(256);
    wanted.min(soft.saturating_sub(200) / 2)
}

pub(crate) async fn connections(server: &Server) {
    let count = count();
    let mut idle = Vec::new();
    for number in 0..count {
        let mut connection = server.connect().await;
        // Some have said nothing at all, some half of a request, and some wait for what to ask next.
        match number % 3 {
            0 => {}
            1 => connection.write(b"GET /ping HTTP/1.1\r\nhost: loc").await.unwrap(),
            _ => assert_eq!(connection.send(get("/ping").as_bytes()).await.unwrap().status, 200),
        }
        idle.push(connection);
    }
    assert_eq!(server.send(&get("/ping")).await.status, 200);
    for (number, connection) in idle.iter_mut().enumerate().skip(1).step_by(97) {
        let rest = if number % 3 == 1 { "alhost\r\n\r\n".to_owned() } else { get("/ping") };
        assert_eq!(connection.send(rest.as_bytes()).await.unwrap().status, 200, "{number} of {count}");
    }
    drop(idle);
    assert!(eventually(|| server.held.count() == 0).await);
}
