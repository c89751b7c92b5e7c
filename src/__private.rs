//! Functions for the code that [`app_dir`](mod@crate::app_dir) generates. Not part of the public API.

use crate::extract::RouteCheck;
use crate::route::Route;
use crate::route_handlers::RouteHandlers;
use crate::state::State;

/// Creates an empty table for the routes of a folder, with the states of the table around it.
pub fn folder(outer: &RouteHandlers) -> RouteHandlers {
    outer.without_routes()
}

/// A route file or a layer file. The messages of panics begin with its name.
#[derive(Clone, Copy, Debug)]
pub struct File(&'static str);

impl File {
    /// Names a file.
    pub fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Creates a route without methods.
    pub fn route(self) -> Route {
        Route::new()
    }

    /// Returns a state that a function of the file takes.
    #[track_caller]
    pub fn state<T: Send + Sync + 'static>(self, table: &RouteHandlers) -> State<T> {
        let states = table.states();
        match states.get() {
            Some(state) => State(state),
            None => {
                let mut check = RouteCheck::new(states);
                check.needs_state::<T>();
                panic!("{}: its function {}", self.0, check.finish().err().unwrap_or_default())
            }
        }
    }

    /// Registers the route of the file.
    #[track_caller]
    pub fn register(self, table: RouteHandlers, pattern: &str, mut route: Route) -> RouteHandlers {
        for method in &mut route.methods {
            method.registered_at.set_file(self.0);
        }
        let is_empty = route.methods.is_empty();
        assert!(!is_empty, "{}: `route` returns a `Route` without a handler: add one, such as `.any(handler)`", self.0);
        match table.try_route(pattern, route) {
            Ok(table) => table,
            Err(error) => panic!("{}: {error}", self.0),
        }
    }
}
