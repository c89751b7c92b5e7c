//! The committed OpenAPI document matches the routes and their types.

use std::path::Path;

use fullstack::{Events, Store, api, document};
use route_handlers::openapi::Info;
use route_handlers::{Json, RouteHandlers, documented};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

#[tokio::test]
async fn committed_document_is_that_of_the_routes() {
    let api = api(Store::in_memory().await.unwrap(), Events::new());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    let committed: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert!(
        committed == document(&api).into_value(),
        "the document is out of date: run `npm run generate && npm run build` in examples/fullstack/web"
    );
}

mod before {
    use super::{JsonSchema, Serialize};

    #[derive(Serialize, JsonSchema)]
    pub struct User {
        pub id: u32,
    }
}

mod after {
    use super::{JsonSchema, Serialize};

    #[derive(Serialize, JsonSchema)]
    pub struct User {
        pub id: String,
    }
}

/// `web/test/client.test.mjs` shows that the front end does not compile then.
#[test]
fn changed_type_of_a_field_changes_the_document() {
    let id_of = |api: RouteHandlers| {
        let document = api.openapi(Info::default()).into_value();
        document["components"]["schemas"]["User"]["properties"]["id"]["type"].clone()
    };
    let before = RouteHandlers::new().get("/user", documented(async || Json(before::User { id: 7 })));
    let after = RouteHandlers::new().get("/user", documented(async || Json(after::User { id: "7".into() })));
    assert_eq!((id_of(before), id_of(after)), ("integer".into(), "string".into()));
}
