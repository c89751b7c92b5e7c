//! The app on Vercel. `vercel.json` sends every path below `/api` to this function, which receives the client's path.
//!
//! ```text
//! cargo run -p vercel                  # a local server on port 3000
//! curl -i localhost:3000/api/users     # 200 [{"id":1,"name":"Ada"}]
//! vercel deploy                        # in a project with this folder as its root directory
//! ```

#[tokio::main]
async fn main() -> Result<(), vercel_runtime::Error> {
    vercel_runtime::run(vercel::adapt(edge_app::api())).await
}
