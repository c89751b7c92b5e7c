//! The OpenAPI document of the routes.

use crate::error::Result;
use crate::extract::Extension;
use crate::openapi::{Document, Info, Published, SecurityScheme};
use crate::route;
use crate::route_handlers::RouteHandlers;

impl RouteHandlers {
    /// Builds the OpenAPI document of the routes. The module [`openapi`](crate::openapi) describes its content.
    ///
    /// ```
    /// use route_handlers::openapi::Info;
    /// use route_handlers::{Json, RouteHandlers, documented, get};
    ///
    /// let api = RouteHandlers::new()
    ///     .route("/users", get(documented(async || Json(vec!["Ada".to_owned()]))).post(async || "not documented"));
    /// let document = api.openapi(Info::new("Users", "1.0.0"));
    /// assert_eq!(document.as_value()["paths"]["/users"]["get"]["operationId"], "getUsers");
    /// assert_eq!(document.as_value()["paths"]["/users"]["post"], serde_json::json!({ "summary": "POST /users" }));
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "takes ownership as `with_info` does")]
    pub fn openapi(&self, info: Info) -> Document {
        self.table.document(&info)
    }

    /// Sets the title, the version and the other information about the API in the served documents.
    ///
    /// A table without this information takes it from the first nested or merged table that has it.
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

    /// Adds a security scheme to the documented routes that are registered so far, also those of nested and merged tables.
    ///
    /// It is for a group of routes that one guard protects. A caller needs to satisfy one of the schemes. A handler with its own
    /// scheme keeps that.
    ///
    /// ```
    /// use route_handlers::openapi::{Info, SecurityScheme};
    /// use route_handlers::{RouteHandlers, documented};
    ///
    /// let admin = RouteHandlers::new()
    ///     .get("/users", documented(async || "all users"))
    ///     .security(&SecurityScheme::bearer("admin"));
    /// let api = RouteHandlers::new().nest("/admin", admin).get("/health", documented(async || "well"));
    /// let document = api.openapi(Info::default()).into_value();
    /// assert_eq!(document["paths"]["/admin/users"]["get"]["security"], serde_json::json!([{ "admin": [] }]));
    /// assert!(document["paths"]["/health"]["get"].get("security").is_none());
    /// ```
    pub fn security(mut self, scheme: &SecurityScheme) -> Self {
        self.table_mut().add_security(scheme);
        self
    }

    /// Serves the OpenAPI document of the table as JSON under this pattern.
    ///
    /// The document has all routes of the table that serves the request: also routes that are registered later, and those
    /// of an outer table. It is built once, at the first request for it.
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

    /// Serves an HTML page with the documentation of the API under this pattern.
    ///
    /// The page lists the operations and the schemas of the document that [`serve_openapi`](Self::serve_openapi) serves, and
    /// can send requests to try the operations.
    ///
    /// The page is a single HTML document, which loads nothing from other hosts. Its `Content-Security-Policy` allows
    /// requests only to its own origin and to the [`server`](Info::server)s of the document. The viewer is `RapiDoc`.
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
