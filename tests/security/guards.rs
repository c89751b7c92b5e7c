//! A guard and a router that read one path differently.

use http::Method;
use route_handlers::{Path, Query, RouteHandlers, get};
use tower::layer::layer_fn;

use crate::{get_from, refuse_admin, request, send};

// GHSA-492v-c6pp-mqqv (CVE-2026-44574), GHSA-267c-6grr-h53f, GHSA-26hh-7cqf-hhc6: the middleware and the router of Next.js
// read paths differently, and the query could set a parameter.
#[tokio::test]
async fn guard_and_router_see_the_same_route_and_parameters() {
    let guard = || layer_fn(refuse_admin);
    let api = RouteHandlers::new()
        .route("/admin/{id}", get(async |Path(id): Path<String>| id).layer(guard()))
        .route("/{*page}", get(async |Path(page): Path<String>| page).layer(guard()));
    for path in ["/admin/7", "/%61dmin/7", "/admin/%37", "/%61%64%6d%69%6E/7?id=8", "/admin/7?page=home&nxtPid=8"] {
        assert_eq!(get_from(api.clone(), path).await.status, 403, "{path}");
    }
    for path in ["/Admin/7", "/admin%2F7", "/%2561dmin/7", "/admin/7/8", "/admin/7/", "/admin"] {
        let response = get_from(api.clone(), path).await;
        assert!([200, 400].contains(&response.status.as_u16()), "{path} is not the guarded route");
    }

    let show = async |Path(id): Path<String>, Query(query): Query<Vec<(String, String)>>| format!("{id} {query:?}");
    let api = RouteHandlers::new().get("/users/{id}", show);
    let response = get_from(api, "/users/7?id=evil&nxtPid=evil").await;
    assert_eq!(response.body, r#"7 [("id", "evil"), ("nxtPid", "evil")]"#);
}

// Envoy CVE-2019-9901, Istio CVE-2021-31920, Caddy GHSA-m8m5-v4jf-3wcm, Astro #14771: a rule for the raw path, before a router
// that reads the decoded path. A rule for `MatchedRoute` reads no path.
#[tokio::test]
async fn percent_encoding_never_bypasses_a_guard() {
    const PATH: &str = "/admin/panel";
    let api = RouteHandlers::new()
        .route(PATH, get(async || "the panel").post(async || "the panel").layer(layer_fn(refuse_admin)))
        .get("/{*page?}", async || "a page");
    let mut refused = 0;
    let mut check = async |path: String| {
        for method in [Method::GET, Method::POST, Method::HEAD] {
            let response = send(api.clone(), request(method, &path)).await;
            assert_ne!(response.body, "the panel", "{path}");
            refused += usize::from(response.status == 403);
        }
    };
    for (at, byte) in PATH.bytes().enumerate().skip(1) {
        for escape in [format!("%{byte:02x}"), format!("%{byte:02X}"), format!("%25{byte:02x}")] {
            check(format!("{}{escape}{}", &PATH[..at], &PATH[at + 1..])).await;
        }
        for extra in ["/", "/.", "/..", "//", "%2f", "%5c", ";a=b", "%00", "%20", "."] {
            check(format!("{}{extra}{}", &PATH[..at], &PATH[at..])).await;
        }
    }
    let letters = PATH.bytes().filter(u8::is_ascii_alphabetic).count();
    assert_eq!(refused, letters * 2 * 3, "each encoding of the path itself is guarded, for each method");
}
