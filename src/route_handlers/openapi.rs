//! The document of the routes.

use crate::error::Result;
use crate::extract::Extension;
use crate::openapi::{Document, Info, Published};
use crate::route;
use crate::route_handlers::RouteHandlers;

impl RouteHandlers {
    /// The OpenAPI 3.1 document of the routes: see [`openapi`](crate::openapi) for what is in it.
    ///
    /// ```
    /// use route_handlers::openapi::Info;
    /// use route_handlers::{Json, RouteHandlers, documented, get};
    ///
    /// let api = RouteHandlers::new()
    ///     .route("/users", get(documented(async || Json(vec!["Ada".to_owned()]))).post(async || "not documented"));
    /// let document = api.openapi(Info::new("Users", "1.0.0"));
    /// assert_eq!(document.as_value()["paths"]["/users"]["get"]["operationId"], "getUsers");
    /// assert_eq!(document.as_value()["paths"]["/users"]["post"], serde_json::json!({}));
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "it is made for this document, as for `with_info`")]
    pub fn openapi(&self, info: Info) -> Document {
        self.table.document(&info)
    }

    /// Sets what the documents that are served say of the whole API; of nested and merged tables the first one that says
    /// it, unless the outer one does.
    ///
    /// ```
    /// use route_handlers::RouteHandlers;
    /// use route_handlers::openapi::Info;
    ///
    /// let api = RouteHandlers::new().with_info(Info::new("Users", "1.0.0")).serve_openapi("/api/openapi.json");
    /// ```
    pub fn with_info(mut self, info: Info) -> Self {
        self.table_mut().info = Some(info);
        self
    }

    /// Serves the document of the table as JSON, under this pattern: of all routes that it has when it is served, those
    /// that are registered later and those of outer tables too. It is made when it is first asked for, and once.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// use http::Request;
    /// use http_body_util::BodyExt;
    /// use route_handlers::{Body, RouteHandlers};
    /// use tower::ServiceExt;
    ///
    /// # tokio_test::block_on(async {
    /// let users = RouteHandlers::new().serve_openapi("/openapi.json").get("/users", async || "all users");
    /// let api = RouteHandlers::new().nest("/api", users);
    ///
    /// let response = api.oneshot(Request::get("/api/openapi.json").body(Body::empty())?).await?;
    /// assert_eq!(response.headers()["content-type"], "application/json");
    /// let document: serde_json::Value = serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
    /// assert!(document["paths"]["/api/users"].is_object());
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn serve_openapi(self, pattern: &str) -> Self {
        let serve = async |Extension(document): Extension<Result<Published>>| document.map(|document| document.json());
        self.route(pattern, route::get(serve).serves_document())
    }

    /// Serves a page for people, under this pattern: it lists the operations and the schemas of the document that
    /// [`serve_openapi`](Self::serve_openapi) would serve, and sends requests to try them.
    ///
    /// The page is one HTML document with all that it needs, and asks no other host for anything: its
    /// `Content-Security-Policy` allows requests to its own, and to the [`server`](Info::server)s of the document. Its viewer
    /// is `RapiDoc`.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route).
    ///
    /// ```
    /// use route_handlers::{Json, RouteHandlers, documented};
    ///
    /// let api = RouteHandlers::new()
    ///     .get("/api/users", documented(async || Json(["Ada"])))
    ///     .serve_openapi("/api/openapi.json")
    ///     .serve_docs("/api/docs");
    /// ```
    #[track_caller]
    pub fn serve_docs(self, pattern: &str) -> Self {
        let serve = async |Extension(document): Extension<Result<Published>>| document.map(|document| document.page());
        self.route(pattern, route::get(serve).serves_document())
    }
}
