//! A file server behind a table, and captured paths that are joined to a folder.

use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;

use http::{Request, StatusCode};
use route_handlers::response::not_found;
use route_handlers::{Body, IntoResponse, Request as OurRequest, Response, RouteHandlers, any};
use tower::layer::layer_fn;
use tower::service_fn;
use tower_http::services::ServeDir;

use crate::{ReceivedResponse, get_from};

/// A folder with a public file and a file below a claim.
struct Site(PathBuf);

const SECRET: &str = "the secret";

impl Site {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("route-handlers-{}-{name}", std::process::id()));
        fs::create_dir_all(root.join("private")).unwrap();
        fs::write(root.join("public.txt"), "the public page").unwrap();
        fs::write(root.join("private/secret.txt"), SECRET).unwrap();
        Self(root)
    }

    /// Sends a GET to a table that claims `/private`, over a file server with a folder of that name.
    async fn get(&self, path: &str) -> ReceivedResponse {
        let guarded = RouteHandlers::new()
            .route("/private/{*path?}", any(async || "not refused").layer(layer_fn(|_| service_fn(refuse))))
            .claim("/private");
        get_from(guarded.over(ServeDir::new(&self.0)), path).await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn refuse(_: Request<Body>) -> Result<Response, Infallible> {
    Ok(StatusCode::FORBIDDEN.into_response())
}

// CVE-2026-39407, GHSA-wc8c-qw6v-h7f6: Hono's router matched the raw path, and its file server normalized it.
#[tokio::test]
async fn path_below_a_claim_never_reaches_the_file_server() {
    let site = Site::new("below");
    assert_eq!(site.get("/public.txt").await.body, "the public page");
    for path in [
        "/private/secret.txt",
        "/%70rivate/secret.txt",
        "/private/secret%2Etxt",
        "/private//secret.txt",
        "/private/./secret.txt",
        "/private/%2e/secret.txt",
        "/private/x/../secret.txt",
        "/private/%2e%2e/private/secret.txt",
        "/private/x%2F..%2Fsecret.txt",
        "/private/%2Fsecret.txt",
        "/private/%5csecret.txt",
        "/private/secret.txt%00",
        "/private/secret.txt%zz",
        "/private/%ff/secret.txt",
        "/private/secret.txt/",
        "/private/secret.txt?a=/",
        "/private/",
        "/private",
    ] {
        let response = site.get(path).await;
        assert!([400, 403].contains(&response.status.as_u16()), "{path}: {}", response.status);
    }
}

// The same advisories: these paths are below the prefix only for the file server.
#[tokio::test]
async fn other_spelling_of_a_claim_never_serves_its_files() {
    let site = Site::new("spelled");
    let mut leaked = Vec::new();
    for path in [
        "//private/secret.txt",
        "///private///secret.txt",
        "/./private/secret.txt",
        "/%2e/private/secret.txt",
        "/private%2Fsecret.txt",
        "/private%2fsecret.txt",
        "/%2Fprivate/secret.txt",
        "/.%2Fprivate%2Fsecret.txt",
        "/x/../private/secret.txt",
        "/x/%2e%2e/private/secret.txt",
        "/x%2F..%2Fprivate/secret.txt",
        "/private%5csecret.txt",
        "/x%2Fy/../private/secret.txt",
        "/x%2fy/%2e%2e/private/secret.txt",
        "/x\\y/../private/secret.txt",
        "/x/..;/private/secret.txt",
        "/private;/secret.txt",
        "/private%00/secret.txt",
        "/private./secret.txt",
    ] {
        let response = site.get(path).await;
        if response.status == 200 || response.body.contains(SECRET) {
            leaked.push(path);
        }
    }
    assert_eq!(leaked, [""; 0]);
}

/// Serves the files of a folder, named by a catch-all, by one segment, or by a part of a segment.
fn files(root: &std::path::Path) -> RouteHandlers {
    let below = |root: &std::path::Path| {
        let root = root.to_owned();
        move |request: OurRequest| {
            let path = request.safe_path("path").map(|path| root.join(path));
            async move { path.map(|path| fs::read(&path).map_err(|_| not_found())) }
        }
    };
    RouteHandlers::new()
        .get("/tail/{*path}", below(root))
        .get("/folder/{*path?}", below(root))
        .get("/one/{path}", below(root))
        .get("/part/p{path}", below(root))
}

// RUSTSEC-2021-0135, RUSTSEC-2022-0043 (tower-http), RUSTSEC-2022-0082 (warp), CVE-2026-28427: a captured path, joined to a
// folder, led out of the folder.
#[tokio::test]
async fn safe_path_never_leaves_the_folder() {
    let site = Site::new("captured");
    let folder = site.0.join("private"); // no path may lead out of this folder
    fs::write(folder.join("a b.txt"), "with a space").unwrap();
    for (path, expected) in [
        ("/tail/secret.txt", SECRET),
        ("/folder/secret.txt", SECRET),
        ("/one/secret.txt", SECRET),
        ("/part/psecret.txt", SECRET),
        ("/tail/%73ecret%2Etxt", SECRET),
        ("/one/a%20b.txt", "with a space"),
    ] {
        let response = get_from(files(&folder), path).await;
        assert_eq!((response.status.as_u16(), response.body.as_str()), (200, expected), "{path}");
    }
    for path in [
        "/tail/absent",
        "/tail/...x",
        "/tail/.hidden",
        "/tail/secret.txt/",
        "/tail/secret.txt/x",
        "/folder",
        "/tail/con1",
        "/tail/xcon",
        "/tail/con%C2%A0.txt",
    ] {
        assert_eq!(get_from(files(&folder), path).await.status, 404, "{path} names no existing file");
    }
    let absolute = site.0.join("public.txt").display().to_string().replace('/', "%2F");
    let drive = ["c:", "C:%5Cwindows", "c:%2Fwindows", "secret.txt::$DATA", "secret.txt:other"];
    let device =
        ["con", "CON", "nul.txt", "aux.tar.gz", "com1", "LPT9.txt", "com%C2%B9", "con%20.txt", "con%20%20", "CONIN$"];
    let other = [
        "..",
        ".",
        "%2e%2e",
        ".%2E",
        "..%2Fpublic.txt",
        "..%5Cpublic.txt",
        "..\\public.txt",
        "%2Fetc%2Fpasswd",
        "%5C%5Chost%5Cshare",
        "x%2F..%2F..%2Fpublic.txt",
        "secret.txt%00",
        "%00",
        "secret.txt%0a",
        "secret.txt.",
        "secret.txt%20",
        "...",
        "..%20",
        "secret.txt%7F",
        &absolute,
    ];
    for name in drive.iter().chain(&device).chain(&other) {
        for path in ["/tail/", "/tail/x/", "/folder/", "/folder/x/", "/one/", "/part/p"] {
            let path = format!("{path}{name}");
            let response = get_from(files(&folder), &path).await;
            assert_eq!(response.status, 400, "{path}: {}", response.body);
            response.problem();
        }
    }
    for path in
        ["/tail//etc/passwd", "/tail/x//y", "/tail/../public.txt", "/tail/x/../../public.txt", "/folder//etc/passwd"]
    {
        assert_eq!(get_from(files(&folder), path).await.status, 400, "{path}");
    }

    let misspelt = RouteHandlers::new().get("/{path}", async |request: OurRequest| request.safe_path("file").map(drop));
    assert_eq!(get_from(misspelt, "/x").await.status, 500, "the pattern has no such parameter");
}
