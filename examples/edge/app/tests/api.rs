//! The routes without a host.

use route_handlers::testing::Client;

#[tokio::test]
async fn each_route_responds() {
    let client = Client::new(edge_app::api());
    assert_eq!(client.get("/api/users").await.text(), r#"[{"id":1,"name":"Ada"}]"#);
    client.delete("/api/users/1").await.assert_status(204);
    assert_eq!(client.get("/api/count/3").await.text(), "1\n2\n3\n");
    assert_eq!(client.post("/api/echo").body("hello").await.text(), "hello");
    client.put("/api/notes/a").body("a note").await.assert_status(204);
    assert_eq!(client.get("/api/notes/a").await.text(), "a note");
    client.get("/api/notes/b").await.assert_status(404);
    client.get("/api/panic").await.assert_status(500);

    let ticks = client.get("/api/ticks").header("last-event-id", "41").await.events();
    assert_eq!(ticks.iter().map(|tick| tick.id()).collect::<Vec<_>>(), ["42", "43", "44"]);
}
