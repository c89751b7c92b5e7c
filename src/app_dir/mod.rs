//! Routes from folders (feature `app-dir`), read when the program is built.
//!
//! Use it for an API of many routes, and to move the routes of a Next.js program. A few routes are simpler in the code, with
//! [`RouteHandlers`](crate::RouteHandlers). Both can be in one table. `examples/app_dir` is a whole program.
//! As in Next.js, a folder is a path, and an exported function with the name of a method is its handler:
//!
//! ```ignore
//! // in `main` of build.rs
//! route_handlers::app_dir::Builder::new("app").generate();
//!
//! // app/api/users/[id]/route.rs
//! pub async fn GET(Path(id): Path<u32>) -> String {
//!     format!("user {id}")
//! }
//!
//! // src/main.rs
//! route_handlers::app_dir!(mod app);
//!
//! let api = app::register(RouteHandlers::new());
//! ```
//!
//! `Builder` is for `build.rs`: only the build-dependency needs the feature. It writes a Rust file in which each route file
//! is a module. [`app_dir!`](crate::app_dir!) includes that file in the program. [`FileRoute`] and [`Runtime`] need no feature.
//!
//! A builder can also read the folder `pages` of a Next.js program, and document the handlers:
//!
//! ```
//! # #[cfg(feature = "app-dir")] {
//! # use std::fs;
//! use route_handlers::app_dir::Builder;
//!
//! # let package = std::env::temp_dir().join(format!("app_dir_module_doc_{}", std::process::id()));
//! # fs::create_dir_all(package.join("app/api/users/[id]")).unwrap();
//! # fs::create_dir_all(package.join("pages/api")).unwrap();
//! # fs::write(package.join("app/api/users/[id]/route.rs"), "pub async fn GET() {}").unwrap();
//! # fs::write(package.join("pages/api/hello.rs"), "pub async fn handler() {}").unwrap();
//! # let (app, pages) = (package.join("app"), package.join("pages"));
//! let builder = Builder::new(app).pages(pages).documented(true);
//!
//! let generated = builder.try_generate().unwrap(); // `generate` in `build.rs`
//! let patterns: Vec<_> = generated.routes().map(|route| route.pattern()).collect();
//! assert_eq!(patterns, ["/api/users/{id}", "/api/hello"]);
//! # fs::remove_dir_all(package).unwrap();
//! # }
//! ```
//!
//! | file | path |
//! |---|---|
//! | `app/api/users/route.rs` | `/api/users` |
//! | `app/api/users/[id]/route.rs` | `/api/users/{id}` |
//! | `app/files/[...path]/route.rs` | `/files/{*path}`: one or more segments |
//! | `app/docs/[[...page]]/route.rs` | `/docs/{*page?}`: zero or more segments |
//! | `app/(admin)/stats/route.rs` | `/stats`: a route group adds no segment |
//! | `app/_lib/route.rs` | none: a folder with a name that begins with `_` is private |
//! | `app/%5Flib/route.rs` | `/_lib` |
//! | `app/api/layer.rs` | none: a [layer](#layers-of-folders) around the routes below `app/api` |
//! | `pages/api/hello.rs`, `pages/api/hello/index.rs` | `/api/hello` |
//! | `pages/api/[id].rs` | `/api/{id}` |
//!
//! * Below `app` only files named `route.rs` are routes. Below `pages/api` every `.rs` file is a route, and groups, `_` and
//!   `%5F` have no special meaning.
//! * Brackets around a part of a name have no special meaning: `[x].json` is a literal.
//! * Symbolic links to folders are followed. A link to a folder that contains the link is an error.
//!
//! # Exports of a route file
//!
//! | export | meaning |
//! |---|---|
//! | `pub async fn GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`, `OPTIONS`, `QUERY` | the [`Handler`](crate::Handler) of this method, below `app` |
//! | `pub async fn handler(req: PagesRequest, res: PagesResponse, …)` | the [`pages_with`](crate::pages::pages_with) handler of every method, below `pages/api` |
//! | `pub fn route(route: Route) -> Route` | changes the [`Route`](crate::Route) of the file |
//! | `pub const RUNTIME: Runtime` | [`Runtime`]: only an `Edge` file is compiled for wasm32. A file without it is a warning there; `Native` silences it |
//! | `pub const MAX_DURATION: Duration` | `Route::timeout`, which needs the feature `timeout`. On wasm32 it has no effect |
//! | `pub const BODY_LIMIT: usize` | [`Route::body_limit`](crate::Route::body_limit) or [`Pages::body_limit`](crate::pages::Pages::body_limit) |
//! | `pub const BODY_PARSER: bool` | [`Pages::body_parser`](crate::pages::Pages::body_parser), below `pages/api` |
//! | `pub const DOCUMENTED: bool` | whether the OpenAPI document describes the handlers, below `app`; `Builder::documented` sets the default |
//!
//! * `pub use` of a handler works too. The types in the signature of a handler must be as public as the handler.
//! * A handler under `#[cfg(…)]` is a route only under that condition. `ROUTES` lists a file if one of its handlers is compiled.
//! * Only the text of a file is read, so handlers from macros are not found.
//! * The documentation of a documented handler is its text in the document: the first paragraph is the summary, the others are
//!   the description.
//!
//! # The function `route`
//!
//! It runs after the settings of the file, once, when the routes are registered. It can add a layer, an
//! [`etag`](crate::Route::etag) or [`pass_unsupported`](crate::Route::pass_unsupported), and it can add handlers. A file may have
//! this function only, for a method that has no export or for a handler of every method:
//!
//! ```ignore
//! // app/api/auth/[...all]/route.rs
//! pub fn route(route: Route, State(auth): State<Auth>) -> Route {
//!     route.any(service::handler(auth.service()))
//! }
//! ```
//!
//! After the `Route` it may take states, each as a [`State<T>`](crate::State). Handlers that it adds are not in
//! [`FileRoute::methods`].
//!
//! # Layers of folders
//!
//! `layer.rs` in a folder below `app` wraps the routes of this folder and of the folders below, inside the layers of the folders
//! above. A route group can have a layer too. The layer applies as [`RouteHandlers::layer`](crate::RouteHandlers::layer) does: it
//! also sees the 405 and the automatic OPTIONS of these routes. Routes below `pages/api` have no layers of folders.
//!
//! ```ignore
//! // app/(members)/layer.rs
//! pub fn layer() -> impl HandlerLayer {
//!     from_fn(async |user: User, mut request: Request, next: Next| {
//!         request.extensions_mut().insert(user); // a handler takes it as `Extension<User>`
//!         next.run(request).await
//!     })
//! }
//! ```
//!
//! The function returns a tower layer: `impl` [`HandlerLayer`](crate::service::HandlerLayer), or a type such as `CorsLayer`. It may
//! take states, each as a `State<T>`. It runs once, when the routes are registered. For a layer around one file, call
//! [`Route::layer`](crate::Route::layer) in the function `route` of the file.
//!
//! # Modules
//!
//! Each file is a public module, and its path follows the folders. So a file can use the items of another one, and so can
//! the program that declares `app_dir!(mod app);`:
//!
//! | file | module in `app_dir!(mod app)` |
//! |---|---|
//! | `app/route.rs` | `app::route` |
//! | `app/api/users/[id]/route.rs` | `app::api::users::id::route` |
//! | `app/(members)/layer.rs` | `app::group_members::layer` |
//! | `app/files/[...path]/route.rs`, `app/docs/[[...page]]/route.rs` | `app::files::rest_path::route`, `app::docs::rest_page::route` |
//! | `pages/api/hello.rs` | `app::pages::api::hello::route` |
//!
//! * ASCII punctuation in a name is `_`: `users.json` is `users_json`. Other characters outside ASCII letters and digits are
//!   their code: `ü` is `u00fc`. A digit at the start gets a `_` before it.
//! * A keyword, and `route` and `layer`, get a `_` after them: `type` is `type_`.
//! * The name depends on the folder alone. Two folders of one name, such as `a-b` and `a_b`, are an error.
//! * A route file can declare modules: `mod query;` in `app/api/users/route.rs` is `app/api/users/query.rs`.
//!
//! # Errors
//!
//! Every error ends the build, and names the file, the line and the fix. Examples are two files for one path, two parameter
//! names at one level, a catch-all that is not last, a method that is misspelled, not `pub` or not `async`, and a layer without
//! routes. The patterns are checked by the code of the route table, so the program cannot fail on them at start.
//!
//! A mistake that only the registration finds, such as a missing state, is a panic at the call of `register`. The message begins
//! with the route file.
//!
//! # Build time
//!
//! All route files are modules of one package. After an edit of one file, rustc reuses its type checking of the others, but
//! generates most of their code again: 104 s of 122 s in a debug build of 500 files, measured on a busy machine. For shorter
//! builds split a large app into packages, each with its own table, and `merge` the tables.

#[cfg(feature = "app-dir")]
mod generator;
mod macros;
mod route;

#[cfg(feature = "app-dir")]
pub use generator::{BuildError, Builder, Generated};
pub use route::{FileRoute, Runtime};
