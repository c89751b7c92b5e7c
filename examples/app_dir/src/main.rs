//! Serves the routes of the folders `app` and `pages`, or lists them.
//!
//! ```text
//! cargo run -p app_dir -- --routes                  # a list: path, methods, runtime, file
//! cargo run -p app_dir -- --routes --json           # the same as a JSON array
//! cargo run -p app_dir
//! curl -i localhost:3000/api/users                                                           # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'    # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/api/stats -H 'authorization: Bearer admin'                          # 200 2, by the layer of a group
//! curl -i 'localhost:3000/api/greeting?name=Ada'                                             # 200 {"greeting":"hello, Ada"}
//! curl -i -X PUT localhost:3000/api/users                                                    # 405, allow: GET, HEAD, OPTIONS, POST
//! ```

#[path = "../../shared/port.rs"]
mod port;

use app_dir::{api, app};
use route_handlers::app_dir::FileRoute;
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use serde_json::json;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    if has("--routes") {
        print!("{}", if has("--json") { routes_as_json() } else { routes() });
        return Ok(());
    }
    serve(port::listen().await?, api()).with_graceful_shutdown(shutdown_signal()).await;
    Ok(())
}

/// Returns the routes as a list: path, methods, runtime, file.
fn routes() -> String {
    let row = |route: &FileRoute<'_>| {
        let methods = if route.has_any() { "any".to_owned() } else { route.methods().join(" ") };
        format!("{:<20} {methods:<12} {:<8} {}\n", route.pattern(), route.runtime(), route.file())
    };
    app::ROUTES.iter().map(row).collect()
}

/// Returns the routes as a JSON array, one object per line. `methods` is null if the file has handlers for every method.
fn routes_as_json() -> String {
    let object = |route: &FileRoute<'_>| {
        let methods = (!route.has_any()).then(|| route.methods());
        let runtime = route.runtime().to_string();
        json!({ "pattern": route.pattern(), "methods": methods, "runtime": runtime, "file": route.file() }).to_string()
    };
    format!("[\n{}\n]\n", app::ROUTES.iter().map(object).collect::<Vec<_>>().join(",\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn list_names_path_methods_runtime_and_file() {
        let expected = "\
/api/stats           GET          native   app/api/(admin)/stats/route.rs
/api/hello/{name}    GET          edge     app/api/hello/[name]/route.rs
/api/old/{*path}     any          native   app/api/old/[...path]/route.rs
/api/sum             POST         edge     app/api/sum/route.rs
/api/users           GET POST     native   app/api/users/route.rs
/api/users/{id}      GET DELETE   native   app/api/users/[id]/route.rs
/api/greeting        any          native   pages/api/greeting.rs
";
        assert_eq!(super::routes(), expected);
    }
    #[test]
    fn json_has_the_path_the_methods_the_runtime_and_the_file_of_each_route() {
        let Ok(Value::Array(routes)) = serde_json::from_str(&super::routes_as_json()) else { panic!("it is an array") };
        assert_eq!(routes.len(), app_dir::app::ROUTES.len());
        for expected in [
            json!({ "pattern": "/api/users", "methods": ["GET", "POST"], "runtime": "native", "file": "app/api/users/route.rs" }),
            json!({ "pattern": "/api/greeting", "methods": null, "runtime": "native", "file": "pages/api/greeting.rs" }),
        ] {
            assert!(routes.contains(&expected), "{expected} is not in {routes:?}");
        }
    }
}
