//! What the program sees of the routes that `app_dir` reads from folders: [`app!`](crate::app), [`FileRoute`] and
//! [`Runtime`].

use std::fmt;

/// Where the handlers of a route file can run: its `pub const RUNTIME`.
///
/// ```
/// use route_handlers::Runtime;
///
/// pub const RUNTIME: Runtime = Runtime::Edge; // in app/api/hello/route.rs
/// # assert_eq!(RUNTIME.to_string(), "edge");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Runtime {
    /// On a server of its own only: a wasm32 build leaves the file out. What a file without `RUNTIME` is.
    #[default]
    Native,
    /// There, and on wasm32: in a worker, on an edge runtime, in a browser.
    Edge,
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Native => "native",
            Self::Edge => "edge",
        })
    }
}

/// A route that was read from a folder: its pattern, its methods, where it runs, and its file.
///
/// ```
/// use route_handlers::{FileRoute, Runtime};
///
/// let route = FileRoute::new("/api/users", &["GET", "POST"], Runtime::Edge, "app/api/users/route.rs");
/// assert_eq!(route.to_string(), "GET, POST /api/users (edge, app/api/users/route.rs)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRoute<'a> {
    pattern: &'a str,
    methods: &'a [&'a str],
    runtime: Runtime,
    file: &'a str,
}

impl<'a> FileRoute<'a> {
    /// Describes a route; without methods it answers every one.
    pub const fn new(pattern: &'a str, methods: &'a [&'a str], runtime: Runtime, file: &'a str) -> Self {
        Self { pattern, methods, runtime, file }
    }

    /// The pattern.
    pub const fn pattern(self) -> &'a str {
        self.pattern
    }

    /// The methods that have a function of their own, in the order of the file.
    pub const fn methods(self) -> &'a [&'a str] {
        self.methods
    }

    /// Whether one function answers every method, as in `pages/api`.
    pub const fn has_any(self) -> bool {
        self.methods.is_empty()
    }

    /// Where it can run.
    pub const fn runtime(self) -> Runtime {
        self.runtime
    }

    /// The file, as seen from the package's folder.
    pub const fn file(self) -> &'a str {
        self.file
    }
}

impl fmt::Display for FileRoute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = if self.has_any() { "any".to_owned() } else { self.methods.join(", ") };
        write!(f, "{methods} {} ({}, {})", self.pattern, self.runtime, self.file)
    }
}

/// The routes that `build.rs` read from folders, by `app_dir::Builder` (feature `build`).
///
/// * `app!()` is a [`RouteHandlers`](crate::RouteHandlers) with these routes;
/// * `app!(with: table)` adds them to a table: what they take as `State` it must have by then;
/// * `app!(mod app);`, where items stand, declares a module with `app::register(table) -> RouteHandlers`, which adds them
///   to a table, and `app::ROUTES: &[FileRoute]`, which lists them.
///
/// Each route file is compiled as a module, once for each `app!`. rust-analyzer finds the modules of `app!(mod app);`
/// only: it does not look for files in the body of a function, which is where an expression stands.
///
/// ```ignore
/// // build.rs
/// fn main() {
///     route_handlers::app_dir::Builder::new("app").generate();
/// }
///
/// // src/main.rs
/// route_handlers::app!(mod app);
///
/// let api = app::register(RouteHandlers::new().with_state(db)).claim("/api");
/// let api = route_handlers::app!(with: RouteHandlers::new().with_state(db)).claim("/api"); // the same
/// ```
#[macro_export]
macro_rules! app {
    () => {
        $crate::app!(with: $crate::RouteHandlers::new())
    };
    (with: $table:expr $(,)?) => {{
        $crate::app!(mod __route_handlers_app);
        __route_handlers_app::register($table)
    }};
    ($(#[$attribute:meta])* $visibility:vis mod $name:ident $(;)?) => {
        $(#[$attribute])*
        $visibility mod $name {
            #[allow(unused_imports)]
            use $crate as route_handlers;
            // Without a message of our own for `env!`: with one, rust-analyzer would not look into the file.
            include!(concat!(env!("OUT_DIR"), "/route_handlers_app.rs"));
        }
    };
}

/// The route with the deadline that its file's `MAX_DURATION` says. On wasm32 it is the host's to end a request that
/// lasts too long: there the timer is not there.
#[cfg(feature = "timeout")]
#[doc(hidden)]
#[macro_export]
macro_rules! __max_duration {
    ($route:expr, $duration:expr) => {{
        let duration: ::core::time::Duration = $duration;
        if cfg!(target_arch = "wasm32") { $route } else { $route.timeout(duration) }
    }};
}

#[cfg(all(not(feature = "timeout"), target_arch = "wasm32"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __max_duration {
    ($route:expr, $duration:expr) => {{
        let _: ::core::time::Duration = $duration;
        $route
    }};
}

#[cfg(all(not(feature = "timeout"), not(target_arch = "wasm32")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __max_duration {
    ($route:expr, $duration:expr) => {
        ::core::compile_error!(concat!(
            "`",
            stringify!($duration),
            "` needs the feature `timeout` of route-handlers: add it to the dependency"
        ))
    };
}
