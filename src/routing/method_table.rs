//! The verbs of one pattern, and what stands behind each.

use std::panic::Location;

use http::{HeaderValue, Method};

/// Method → value, with one value for every other method if there is an `any`.
#[derive(Clone, Debug)]
pub(crate) struct MethodTable<T>(Vec<Entry<T>>);

/// A value, the method it stands behind (`None` is `any`), and where it was registered.
#[derive(Clone, Debug)]
struct Entry<T> {
    method: Option<Method>,
    value: T,
    registered_at: &'static Location<'static>,
}

impl<T> MethodTable<T> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Puts a value behind a method that has none, or behind every method that has none of its own.
    pub(super) fn insert(&mut self, method: Option<Method>, value: T, registered_at: &'static Location<'static>) {
        // Most patterns have one verb, and there may be very many patterns.
        self.0.reserve_exact(1);
        self.0.push(Entry { method, value, registered_at });
    }

    /// Where the value of a method was registered.
    pub(super) fn registered_at(&self, method: Option<&Method>) -> Option<&'static Location<'static>> {
        self.0.iter().find(|entry| entry.method.as_ref() == method).map(|entry| entry.registered_at)
    }

    /// The methods as a set of bits, if `http` has a name for each of them; a bit more stands for `any`.
    pub(super) fn set(&self) -> Option<u16> {
        let number = |method: Option<&Method>| method.map_or(EXTENSION + 1, number);
        self.methods().try_fold(0, |set, method| (number(method) != EXTENSION).then_some(set | 1 << number(method)))
    }

    /// The value that serves a method: its own, for HEAD that of GET (RFC 9110 §9.3.2), or that of `any`.
    #[inline(never)]
    pub(super) fn serving(&self, method: &Method) -> Option<&T> {
        self.serving_here(method)
    }

    /// The same as a part of the caller.
    #[expect(clippy::inline_always, reason = "nearly always it is the first one")]
    #[inline(always)]
    pub(super) fn serving_here(&self, method: &Method) -> Option<&T> {
        let number = number(method);
        if number == EXTENSION {
            return self.serving_extension(method);
        }
        for entry in &self.0 {
            if entry.method.as_ref().map_or(EXTENSION, self::number) == number {
                return Some(&entry.value);
            }
        }
        self.instead_of(method)
    }

    #[cold]
    #[inline(never)]
    fn serving_extension(&self, method: &Method) -> Option<&T> {
        self.get(Some(method)).or_else(|| self.get(None))
    }

    #[inline(never)]
    fn instead_of(&self, method: &Method) -> Option<&T> {
        let inherited = if *method == Method::HEAD { self.get(Some(&Method::GET)) } else { None };
        inherited.or_else(|| self.get(None).filter(|_| !is_special(method)))
    }

    /// Whether HEAD is answered by what is registered for GET.
    pub(crate) fn inherits_head(&self) -> bool {
        self.get(Some(&Method::HEAD)).is_none() && self.get(Some(&Method::GET)).is_some()
    }

    /// The value registered for just this method, or with `None` for `any`.
    #[inline]
    pub(crate) fn get(&self, method: Option<&Method>) -> Option<&T> {
        self.0.iter().find(|entry| entry.method.as_ref() == method).map(|entry| &entry.value)
    }

    /// The methods; `None` is `any`.
    pub(super) fn methods(&self) -> impl Iterator<Item = Option<&Method>> {
        self.0.iter().map(|entry| entry.method.as_ref())
    }

    /// Each method with its value and where it was registered; `None` is `any`.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Option<&Method>, &T, &'static Location<'static>)> {
        self.0.iter().map(|entry| (entry.method.as_ref(), &entry.value, entry.registered_at))
    }
}

/// Tells the methods of [`number`] from all others.
const EXTENSION: u8 = 9;

/// A method that has a name in `http` as a number, which is compared faster than a name.
#[inline]
fn number(method: &Method) -> u8 {
    match *method {
        Method::OPTIONS => 0,
        Method::GET => 1,
        Method::POST => 2,
        Method::PUT => 3,
        Method::DELETE => 4,
        Method::HEAD => 5,
        Method::TRACE => 6,
        Method::CONNECT => 7,
        Method::PATCH => 8,
        _ => EXTENSION,
    }
}

/// The methods that `any` is said to allow; it takes extension methods too, of which there is no end.
const COMMON: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What `any` does not stand for: a 2xx to CONNECT opens a tunnel, and TRACE echoes the request (RFC 9110 §9.3.6, §9.3.8).
fn is_special(method: &Method) -> bool {
    *method == Method::CONNECT || *method == Method::TRACE
}

/// The value of `Allow` for a path where these methods are registered (RFC 9110 §10.2.1), `None` for `any`: sorted, without
/// duplicates, HEAD where there is GET, and OPTIONS always.
pub(super) fn allow(registered: &mut dyn Iterator<Item = Option<&Method>>) -> HeaderValue {
    let mut names = vec![Method::OPTIONS.as_str()];
    for method in registered {
        for added in method.map_or(&COMMON[..], std::slice::from_ref) {
            insert(&mut names, added.as_str());
            if matches!(*added, Method::GET) {
                insert(&mut names, Method::HEAD.as_str());
            }
        }
    }
    let mut text = String::new();
    for name in names {
        let separator = if text.is_empty() { "" } else { ", " };
        text.extend([separator, name]);
    }
    HeaderValue::try_from(text).expect("a method is a token, which is a valid header value")
}

/// Inserts a name into a sorted list that has none twice: there are few, so that a sort would be more code than it saves.
fn insert<'a>(names: &mut Vec<&'a str>, name: &'a str) {
    if let Err(place) = names.binary_search(&name) {
        names.insert(place, name);
    }
}
