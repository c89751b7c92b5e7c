//! `/api/greeting`, in the pages convention: one function handles every method.

use http::Method;
use route_handlers::Response;
use route_handlers::pages::{PagesRequest, PagesResponse};
use serde_json::json;

pub async fn handler(req: PagesRequest, res: PagesResponse) -> Response {
    match *req.method() {
        Method::GET => {
            let name = req.query().get("name").unwrap_or("you");
            res.status(200).json(&json!({ "greeting": format!("hello, {name}") }))
        }
        _ => res.status(405).json(&json!({ "error": "only GET" })),
    }
}
