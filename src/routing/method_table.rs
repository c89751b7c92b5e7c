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

    /// Where the value that is registered for just this method was, or with `None` for `any`.
    pub(super) fn registered_at(&self, method: Option<&Method>) -> Option<&'static Location<'static>> {
        self.entry(method).map(|entry| entry.registered_at)
    }

    /// The methods that [`allow`] names as a set of bits, if each has a [`number`].
    pub(super) fn allowed(&self) -> Option<u16> {
        let (mut set, mut has_extension) = (0, false);
        each_allowed(&mut self.methods(), &mut |method| match number(method) {
            EXTENSION => has_extension = true,
            number => set |= 1 << number,
        });
        (!has_extension).then_some(set)
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
        self.get(Some(method)).or_else(|| self.instead_of(method))
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
        self.entry(method).map(|entry| &entry.value)
    }

    #[inline]
    fn entry(&self, method: Option<&Method>) -> Option<&Entry<T>> {
        self.0.iter().find(|entry| entry.method.as_ref() == method)
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

/// The [`number`] of every other method.
const EXTENSION: u8 = 10;

/// A method that `http` has a name for, as a number: it is compared faster than the name.
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
        Method::QUERY => 9,
        _ => EXTENSION,
    }
}

/// The methods that `any` is said to allow; it takes extension methods too, of which there is no end.
const COMMON: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What `any` does not stand for: a 2xx to CONNECT opens a tunnel, and TRACE echoes the request (RFC 9110 §9.3.6, §9.3.8).
fn is_special(method: &Method) -> bool {
    *method == Method::CONNECT || *method == Method::TRACE
}

/// Says each method that is allowed where these are registered (RFC 9110 §10.2.1), `None` for `any`, be it more than once:
/// HEAD where there is GET, and OPTIONS always.
fn each_allowed<'m>(registered: &mut dyn Iterator<Item = Option<&'m Method>>, say: &mut dyn FnMut(&'m Method)) {
    say(&Method::OPTIONS);
    for method in registered {
        for added in method.map_or(&COMMON[..], std::slice::from_ref) {
            say(added);
            if matches!(*added, Method::GET) {
                say(&Method::HEAD);
            }
        }
    }
}

/// The value of `Allow` for a path where these methods are registered: sorted, without duplicates.
pub(super) fn allow(registered: &mut dyn Iterator<Item = Option<&Method>>) -> HeaderValue {
    let mut names = Vec::new();
    each_allowed(registered, &mut |method| insert(&mut names, method.as_str()));
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
