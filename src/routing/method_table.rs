//! The methods of one pattern, and the value that is registered for each.

use std::slice;

use http::{HeaderValue, Method};

use crate::routing::place::Place;

/// Method → value. The entry without a method, `any`, serves the methods that have no entry.
#[derive(Clone, Debug)]
pub(crate) struct MethodTable<T>(Vec<Entry<T>>);

#[derive(Clone, Debug)]
struct Entry<T> {
    method: Option<Method>,
    value: T,
    registered_at: Place,
}

impl<T> MethodTable<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the value of a method that has none, or of `any`.
    pub(super) fn insert(&mut self, method: Option<Method>, value: T, registered_at: Place) {
        // Most patterns have one method, and there may be very many patterns.
        self.0.reserve_exact(1);
        self.0.push(Entry { method, value, registered_at });
    }

    /// Returns where the value of a method, or of `any`, was registered.
    pub(super) fn registered_at(&self, method: Option<&Method>) -> Option<Place> {
        self.entry(method).map(|entry| entry.registered_at)
    }

    /// Returns the value that serves a method: its own, for HEAD that of GET (RFC 9110 §9.3.2), or that of `any`.
    #[inline]
    pub(crate) fn serving(&self, method: &Method) -> Option<&T> {
        self.get(Some(method)).or_else(|| self.inherited(method))
    }

    #[cold]
    fn inherited(&self, method: &Method) -> Option<&T> {
        let get = if *method == Method::HEAD { self.get(Some(&Method::GET)) } else { None };
        get.or_else(|| self.get(None).filter(|_| is_in_any(method)))
    }

    /// Whether HEAD is served by the value of GET.
    pub(crate) fn inherits_head(&self) -> bool {
        self.get(Some(&Method::HEAD)).is_none() && self.get(Some(&Method::GET)).is_some()
    }

    /// Returns the value that is registered for a method, or for `any`.
    #[inline]
    pub(crate) fn get(&self, method: Option<&Method>) -> Option<&T> {
        self.entry(method).map(|entry| &entry.value)
    }

    #[inline]
    fn entry(&self, method: Option<&Method>) -> Option<&Entry<T>> {
        self.0.iter().find(|entry| entry.method.as_ref() == method)
    }

    /// Each method, and `None` for `any`.
    pub(super) fn methods(&self) -> impl Iterator<Item = Option<&Method>> {
        self.0.iter().map(|entry| entry.method.as_ref())
    }

    /// Each method with its value, for changes, and where it was registered.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (Option<&Method>, &mut T, Place)> {
        self.0.iter_mut().map(|entry| (entry.method.as_ref(), &mut entry.value, entry.registered_at))
    }

    /// Each method with its value and where it was registered.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Option<&Method>, &T, Place)> {
        self.0.iter().map(|entry| (entry.method.as_ref(), &entry.value, entry.registered_at))
    }
}

/// The methods that `Allow` names for `any`, which serves extension methods too.
const COMMON: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Whether `any` serves a method. A 2xx to CONNECT opens a tunnel, and TRACE echoes the request (RFC 9110 §9.3.6, §9.3.8).
fn is_in_any(method: &Method) -> bool {
    *method != Method::CONNECT && *method != Method::TRACE
}

/// Returns the value of `Allow` for registered methods (RFC 9110 §10.2.1): HEAD where there is GET, and OPTIONS always.
pub(super) fn allow<'m>(registered: impl Iterator<Item = Option<&'m Method>>) -> HeaderValue {
    let allowed = registered.flat_map(|method| method.map_or(&COMMON[..], slice::from_ref));
    let with_head = allowed.flat_map(|method| [Some(method), (*method == Method::GET).then_some(&Method::HEAD)]);
    let mut names = vec!["OPTIONS"];
    for name in with_head.flatten().map(Method::as_str) {
        // A sort would be more code in a small program.
        if let Err(position) = names.binary_search(&name) {
            names.insert(position, name);
        }
    }
    HeaderValue::try_from(names.join(", ")).expect("a method is a token, which is a valid header value")
}
