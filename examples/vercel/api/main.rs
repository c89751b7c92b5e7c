//! The function that `vercel.json` sends every path below `/api` to; it still sees the path that the client asked for.
//!
//! ```text
//! cargo run -p vercel                  # by itself, on port 3000
//! curl -i localhost:3000/api/users     # 200 [{"id":1,"name":"Ada"}]
//! vercel deploy                        # in a project whose root directory is this folder
//! ```

#[tokio::main]
async fn main() -> Result<(), vercel_runtime::Error> {
    vercel_runtime::run(vercel::adapt(edge_app::api())).await
}
