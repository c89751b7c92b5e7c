//! A file server behind a router, and a captured path that is joined to a folder.

use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;

use http::{Request, StatusCode};
use route_handlers::{Body, IntoResponse, Request as OurRequest, Response, RouteHandlers, any, not_found};
use tower::layer::layer_fn;
use tower::service_fn;
use tower_http::services::ServeDir;

use crate::{ReceivedResponse, get_from};

/// A folder with a public file, and with one that only the table may let out.
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

    /// A table that owns `/private`, over a file server that has a folder of this name.
    async fn get(&self, path: &str) -> ReceivedResponse {
        let guarded = RouteHandlers::new()
            .route("/private/{*path?}", any(async || "let through").layer(layer_fn(|_| service_fn(refuse))))
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

// CVE-2026-39407, GHSA-wc8c-qw6v-h7f6: Hono's router took the path literally, its file server normalised it.
#[tokio::test]
async fn no_path_below_an_owned_prefix_reaches_the_file_server() {
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

// The same, of the spellings that only the file server behind takes for a path below the prefix.
#[tokio::test]
async fn no_other_spelling_of_an_owned_prefix_gets_its_files_from_the_file_server() {
    let site = Site::new("spelled");
    let mut let_out = Vec::new();
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
            let_out.push(path);
        }
    }
    assert_eq!(let_out, [""; 0]);
}

/// The files below a folder, named by a tail, by one segment, and by a part of one.
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

// RUSTSEC-2021-0135, RUSTSEC-2022-0043 (tower-http), RUSTSEC-2022-0082 (warp), CVE-2026-28427: what a path captured, joined
// to a folder, led out of it.
#[tokio::test]
async fn a_captured_path_leads_to_nothing_outside_the_folder_it_is_joined_to() {
    let site = Site::new("captured");
    let public = site.0.join("private"); // what it must not lead out of
    fs::write(public.join("a b.txt"), "with a space").unwrap();
    for (path, expected) in [
        ("/tail/secret.txt", SECRET),
        ("/folder/secret.txt", SECRET),
        ("/one/secret.txt", SECRET),
        ("/part/psecret.txt", SECRET),
        ("/tail/%73ecret%2Etxt", SECRET),
        ("/one/a%20b.txt", "with a space"),
    ] {
        let response = get_from(files(&public), path).await;
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
        assert_eq!(get_from(files(&public), path).await.status, 404, "{path} is the name of no file there");
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
            let response = get_from(files(&public), &path).await;
            assert_eq!(response.status, 400, "{path}: {}", response.body);
            response.problem();
        }
    }
    for path in
        ["/tail//etc/passwd", "/tail/x//y", "/tail/../public.txt", "/tail/x/../../public.txt", "/folder//etc/passwd"]
    {
        assert_eq!(get_from(files(&public), path).await.status, 400, "{path}");
    }

    let misspelt = RouteHandlers::new().get("/{path}", async |request: OurRequest| request.safe_path("file").map(drop));
    assert_eq!(get_from(misspelt, "/x").await.status, 500, "the pattern has no such parameter");
}
