//! Work out of proportion to the request.

use http::header::ALLOW;
use http::{Method, StatusCode};
use route_handlers::{Request as OurRequest, RouteHandlers};

use crate::{get_from, request, send};

// RUSTSEC-2022-0037, CVE-2026-23870: parsers whose work grows faster than their input.
#[tokio::test]
async fn longest_path_and_most_ambiguous_table_are_handled() {
    let longest = "/a".repeat(32_767); // 65 534 bytes, the limit of `http::Uri`
    let fixed = RouteHandlers::new().get("/a/a/a", async || "").get("/{x}/{y}/{z}", async || "");
    assert_eq!(get_from(fixed.clone(), &longest).await.status, 404);
    let count = async |request: OurRequest| request.segments("rest").unwrap().count().to_string();
    let tails = fixed.get("/a/{x}/{*rest}", count).get("/{x}/a/a/b/{*rest}", count);
    assert_eq!(get_from(tails, &longest).await.body, "32765");

    // Each of twelve segments is `a` or a parameter: every branch of the tree matches until the last segment.
    let mut ambiguous = RouteHandlers::new();
    for choice in 0..1 << 12 {
        let segment = |at: u32| if choice >> at & 1 == 0 { String::from("/a") } else { format!("/{{p{at}}}") };
        ambiguous = ambiguous.get(&((0..12).map(segment).collect::<String>() + "/end"), async || "");
    }
    assert_eq!(get_from(ambiguous.clone(), &"/a".repeat(13)).await.status, 404);
    assert_eq!(get_from(ambiguous.clone(), &("/a".repeat(12) + "/end")).await.status, 200);
    let response = send(ambiguous, request(Method::PUT, &("/a".repeat(12) + "/end"))).await;
    assert_eq!(
        (response.status, &response.headers[ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD, OPTIONS".parse().unwrap())
    );
}
