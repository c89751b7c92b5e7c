//! Idle connections.

use std::fs;

use crate::{Server, eventually, get};

/// The number of connections: 1000 or the number that `.ci/torture` sets, limited by the open files of this process. Both
/// ends of a connection are in this process.
fn count() -> usize {
    let requested = std::env::var("TORTURE_CONNECTIONS").map_or(1000, |count| count.parse().expect("a number"));
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = files.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(256);
    requested.min(soft.saturating_sub(200) / 2)
}

pub(crate) async fn connections(server: &Server) {
    let count = count();
    let mut idle = Vec::new();
    for number in 0..count {
        let mut connection = server.connect().await;
        // A third sends nothing, a third half a request, and a third a whole request.
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
