//! The list of routes from folders, as the program sees it.

use std::fmt;

/// The runtime of a route file: where its handlers can run.
///
/// ```
/// use route_handlers::app_dir::Runtime;
///
/// pub const RUNTIME: Runtime = Runtime::Edge; // in app/api/hello/route.rs
/// # assert_eq!(RUNTIME.to_string(), "edge");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Runtime {
    /// The handlers run in native programs only. A wasm32 build leaves the file out. This is the default.
    #[default]
    Native,
    /// The handlers run in native programs and on wasm32: in a worker, on an edge runtime, in a browser.
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

/// A route from a folder: its pattern, methods, runtime and file.
///
/// ```
/// use route_handlers::app_dir::{FileRoute, Runtime};
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
    /// Describes a route. Without methods, [`has_any`](Self::has_any) is true.
    pub const fn new(pattern: &'a str, methods: &'a [&'a str], runtime: Runtime, file: &'a str) -> Self {
        Self { pattern, methods, runtime, file }
    }

    /// Returns the pattern.
    pub const fn pattern(self) -> &'a str {
        self.pattern
    }

    /// Returns the methods that the file exports, in the order of the file.
    pub const fn methods(self) -> &'a [&'a str] {
        self.methods
    }

    /// Returns whether the file exports no method.
    ///
    /// Then one function handles every method, as in `pages/api`, or the function `route` adds the handlers.
    ///
    /// ```
    /// use route_handlers::app_dir::{FileRoute, Runtime};
    ///
    /// assert!(FileRoute::new("/api/old/{*path}", &[], Runtime::Native, "pages/api/old/[...path].rs").has_any());
    /// ```
    pub const fn has_any(self) -> bool {
        self.methods.is_empty()
    }

    /// Returns the runtime: where the handlers can run.
    pub const fn runtime(self) -> Runtime {
        self.runtime
    }

    /// Returns the file, relative to the folder of the package.
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
