//! Values that a table shares with its handlers, by type.

use std::any::{Any, TypeId, type_name};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The shared value of type `T`, which [`with_state`](crate::RouteHandlers::with_state) adds to the table.
///
/// A handler with a state that the table does not have is refused at registration. A value that other parts of the program
/// share is given as an `Arc<T>`, and taken as `State<T>` or as `State<Arc<T>>`.
///
/// ```
/// use route_handlers::{RouteHandlers, State};
///
/// struct Greeting(&'static str);
///
/// let api = RouteHandlers::new()
///     .with_state(Greeting("hello"))
///     .get("/", async |State(greeting): State<Greeting>| greeting.0);
/// ```
#[derive(Debug)]
pub struct State<T>(pub Arc<T>);

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The states of a table. A linear search is enough for the few states of a table. Without states, nothing is allocated.
#[derive(Clone, Default)]
pub(crate) struct States(Option<Arc<Vec<Shared>>>);

#[derive(Clone)]
struct Shared {
    id: TypeId,
    name: &'static str,
    value: Arc<dyn Any + Send + Sync>,
}

impl States {
    /// Adds a state. It replaces an older state of its type.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        let shared = Shared { id: TypeId::of::<T>(), name: type_name::<T>(), value: Arc::new(value) };
        let states = Arc::make_mut(self.0.get_or_insert_default());
        states.retain(|older| older.id != shared.id);
        states.push(shared);
    }

    /// The state of this type, or the content of an `Arc` of it.
    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = self.find(TypeId::of::<T>(), TypeId::of::<Arc<T>>())?;
        let in_arc = value.downcast_ref().cloned();
        in_arc.or_else(|| Arc::clone(value).downcast().ok())
    }

    pub(crate) fn contains<T: 'static>(&self) -> bool {
        self.find(TypeId::of::<T>(), TypeId::of::<Arc<T>>()).is_some()
    }

    fn find(&self, id: TypeId, id_of_arc: TypeId) -> Option<&Arc<dyn Any + Send + Sync>> {
        let find = |id| self.all().find(|shared| shared.id == id).map(|shared| &shared.value);
        find(id).or_else(|| find(id_of_arc))
    }

    /// The type names of the states.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.all().map(|shared| shared.name)
    }

    fn all(&self) -> impl Iterator<Item = &Shared> {
        self.0.iter().flat_map(|states| states.iter())
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
