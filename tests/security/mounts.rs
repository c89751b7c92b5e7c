//! A prefix that is stripped from one form of the path while another form is routed.

use route_handlers::{Request as OurRequest, RouteHandlers};

use crate::get_from;

// CVE-2026-47676: Hono's `app.mount()` stripped the prefix from the raw path and routed by the decoded path.
#[tokio::test]
async fn nested_table_routes_like_a_flat_one() {
    let show = async |request: OurRequest| format!("{:?} {:?}", request.param("x"), request.matched_route());
    let nested = RouteHandlers::new().nest("/a", RouteHandlers::new().get("/{x}", show).get("/", show));
    let flat = RouteHandlers::new().get("/a/{x}", show).get("/a", show);
    for (path, status) in [
        ("/a/x", 200),
        ("/%61/x", 200),
        ("/%61", 200),
        ("/a%2Fx", 404),
        ("/%2561/x", 404),
        ("/a/%2561", 200),
        ("/a//x", 404),
        ("//a/x", 404),
        ("/a/a%2Fx", 200),
        ("/a/..", 400),
        ("/a/%2e%2e", 400),
        ("/a/", 404),
    ] {
        let (nested, flat) = (get_from(nested.clone(), path).await, get_from(flat.clone(), path).await);
        assert_eq!((nested.status, nested.body), (flat.status, flat.body), "{path}");
        assert_eq!(nested.status, status, "{path}");
    }
}
