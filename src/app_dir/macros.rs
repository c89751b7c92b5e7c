//! The macros that include the generated file in the program.

/// Includes the routes that `build.rs` generated with [`app_dir::Builder`](mod@crate::app_dir).
///
/// * `app_dir!()` is a [`RouteHandlers`](crate::RouteHandlers) with these routes.
/// * `app_dir!(with: table)` adds the routes to a table. The table must have the `State` that they take.
/// * `app_dir!(mod app);`, as an item, declares a module. `app::register(table)` adds the routes to a table, and `app::ROUTES`
///   is a list of [`FileRoute`](crate::app_dir::FileRoute)s.
///
/// Each `app_dir!` compiles all route files as modules. rust-analyzer finds these modules only for `app_dir!(mod app);`: it does
/// not search for files in the body of a function.
///
/// ```ignore
/// // in `main` of build.rs
/// route_handlers::app_dir::Builder::new("app").generate();
///
/// // src/main.rs
/// route_handlers::app_dir!(mod app);
///
/// let api = app::register(RouteHandlers::new().with_state(db)).claim("/api");
/// let api = route_handlers::app_dir!(with: RouteHandlers::new().with_state(db)).claim("/api"); // the same
/// ```
#[macro_export]
macro_rules! app_dir {
    () => {
        $crate::app_dir!(with: $crate::RouteHandlers::new())
    };
    (with: $table:expr $(,)?) => {{
        $crate::app_dir!(mod __app_dir);
        __app_dir::register($table)
    }};
    ($(#[$attribute:meta])* $visibility:vis mod $name:ident $(;)?) => {
        $(#[$attribute])*
        $visibility mod $name {
            #[allow(unused_imports)]
            use $crate as route_handlers;
            // `env!` has no message: with one, rust-analyzer would not read the file.
            include!(concat!(env!("OUT_DIR"), "/route_handlers_app_dir.rs"));
        }
    };
}

/// Adds the `MAX_DURATION` of a file to its route. On wasm32 it has no effect: there are no timers, so the host must end a
/// request that takes too long.
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
