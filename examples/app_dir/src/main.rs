//! Serves the routes of the folders `app` and `pages`, or lists them.
//!
//! ```text
//! cargo run -p app_dir -- --routes
//! cargo run -p app_dir
//! curl -i localhost:3000/api/users                                                           # 200 [{"id":1,"name":"Ada"}]
//! curl -i localhost:3000/api/users -H 'content-type: application/json' -d '{"name":"Bo"}'    # 201 {"id":2,"name":"Bo"}
//! curl -i localhost:3000/api/stats -H 'authorization: Bearer admin'                          # 200 2, by the layer of a group
//! curl -i 'localhost:3000/api/greeting?name=Ada'                                             # 200 {"greeting":"hello, Ada"}
//! curl -i -X PUT localhost:3000/api/users                                                    # 405, allow: GET, HEAD, OPTIONS, POST
//! ```

#[path = "../../shared/server.rs"]
mod server;

use app_dir::{api, app};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    if std::env::args().any(|argument| argument == "--routes") {
        print!("{}", routes());
        return Ok(());
    }
    server::serve(server::listener().await?, api(), server::ctrl_c()).await
}

/// Returns the routes as a list: path, methods, runtime, file.
fn routes() -> String {
    let row = |route: &route_handlers::app_dir::FileRoute<'_>| {
        let methods = if route.has_any() { "any".to_owned() } else { route.methods().join(" ") };
        format!("{:<20} {methods:<12} {:<8} {}\n", route.pattern(), route.runtime(), route.file())
    };
    app::ROUTES.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
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
}
