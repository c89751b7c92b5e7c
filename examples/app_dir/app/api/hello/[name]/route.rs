//! `/api/hello/{name}`: a parameter from the name of a folder.

use route_handlers::app_dir::Runtime;
use route_handlers::{Json, Path};
use serde_json::{Value, json};

pub const RUNTIME: Runtime = Runtime::Edge;
pub const DOCUMENTED: bool = true;

pub async fn GET(Path(name): Path<String>) -> Json<Value> {
    Json(json!({ "hello": name }))
}
