//! The cookies of a request, and the changes that a handler makes to them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

#[cfg(feature = "cookie-signed")]
use cookie::{Cookie, CookieJar, Key};
use http::header::{COOKIE, HeaderMap, SET_COOKIE};
use indexmap::IndexMap;
use percent_encoding::percent_decode_str;

use crate::error::Result;
use crate::headers::trim_ows;
use crate::request::Request;
use crate::response::{Identity, IntoResponseParts, ResponseParts, SetCookie};

/// The cookies of a request, and the changes that the handler makes to them.
///
/// It corresponds to `cookies()` in Next.js. Values are percent-decoded; a pair with a malformed value is dropped. If a name
/// repeats, [`get`](Self::get) returns the last value. A change is visible immediately, and is sent only if the handler
/// returns the `Cookies`.
///
/// ```
/// use route_handlers::{Cookies, IntoResponse, RouteHandlers, SetCookie};
///
/// async fn count(mut cookies: Cookies) -> impl IntoResponse {
///     let visits = cookies.get("visits").and_then(|visits| visits.parse().ok()).unwrap_or(0) + 1;
///     cookies.set(SetCookie::new("visits", visits.to_string()).http_only(true));
///     (cookies, format!("visit {visits}"))
/// }
///
/// let api = RouteHandlers::new().get("/", count);
/// ```
#[derive(Clone, Default)]
pub struct Cookies {
    sent: ByName<String>,
    changes: ByName<Change>,
    /// The index in `changes` of each cookie.
    places: HashMap<Identity, usize>,
}

/// A changed cookie, and whether the change is a deletion.
#[derive(Clone)]
struct Change {
    cookie: SetCookie,
    is_deletion: bool,
}

impl Cookies {
    /// The pairs of all `Cookie` lines: HTTP/2 may split them (RFC 9113 §8.2.3).
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut sent = ByName::default();
        for line in headers.get_all(COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes());
            line.split(';').filter_map(pair).for_each(|(name, value)| sent.push(name, value));
        }
        Self { sent, ..Self::default() }
    }

    /// The pairs as the Pages API of Next.js reads them: the first of each name, without quotes around the value. A value that
    /// cannot be decoded is kept as sent.
    pub(crate) fn of_pages(headers: &HeaderMap) -> Self {
        let mut sent = ByName::default();
        for line in headers.get_all(COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes());
            for (name, value) in line.split(';').filter_map(|text| text.split_once('=')) {
                let (name, value) = (trim_ows(name), trim_ows(value));
                let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
                if !sent.contains(name) {
                    sent.push(name.to_owned(), decode(value).unwrap_or_else(|| value.to_owned()));
                }
            }
        }
        Self { sent, ..Self::default() }
    }

    /// Returns the last value of a cookie.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let request = http::Request::get("/").header("cookie", "theme=dark; theme=light%20blue").body(Body::empty())?;
    /// let cookies = Request::from(request).cookies();
    /// assert_eq!(cookies.get("theme"), Some("light blue"));
    /// assert_eq!(cookies.get("size"), None);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values(name).next_back()
    }

    /// Returns all values of a name, in the order of the request.
    ///
    /// ```
    /// # use route_handlers::{Body, Request};
    /// let request = http::Request::get("/").header("cookie", "a=1; b=2; a=3").body(Body::empty())?;
    /// let cookies = Request::from(request).cookies();
    /// assert_eq!(cookies.get_all("a").collect::<Vec<_>>(), ["1", "3"]);
    /// assert_eq!(cookies.iter().count(), 3);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values(name)
    }

    /// As `get_all`, but the iterator can run from both ends.
    fn values(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let unchanged = (!self.changes.contains(name)).then(|| self.sent.get_all(name).map(String::as_str));
        unchanged.into_iter().flatten().chain(self.changes.get_all(name).filter_map(Change::value))
    }

    /// Iterates over all names and values: first those of the request in its order, then those that were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let unchanged = self.sent.iter().filter(|(name, _)| !self.changes.contains(name));
        let changed = self.changes.iter().filter_map(|(name, change)| Some((name, change.value()?)));
        unchanged.map(|(name, value)| (name, value.as_str())).chain(changed)
    }

    /// Returns whether there is a cookie of this name.
    ///
    /// ```
    /// use route_handlers::{Cookies, RouteHandlers};
    ///
    /// let api = RouteHandlers::new().get("/", async |cookies: Cookies| cookies.contains("session").to_string());
    /// ```
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a cookie: a [`SetCookie`], or a name and a value. It replaces an earlier change with this name, domain and path.
    ///
    /// ```
    /// use route_handlers::{Cookies, SetCookie};
    ///
    /// let mut cookies = Cookies::default();
    /// cookies.set(("theme", "dark"));
    /// cookies.set(SetCookie::new("theme", "light").http_only(true));
    /// assert_eq!(cookies.get("theme"), Some("light"));
    /// ```
    pub fn set(&mut self, cookie: impl Into<SetCookie>) {
        self.change(cookie.into(), false);
    }

    /// Deletes a cookie that was set for path `/`. For another path or domain, use [`delete_cookie`](Self::delete_cookie).
    ///
    /// A deleted cookie has no value, whereas Next.js reads an empty value.
    ///
    /// ```
    /// use route_handlers::{Cookies, IntoResponse};
    ///
    /// let mut cookies = Cookies::default();
    /// cookies.delete("theme");
    /// let line = (cookies, "").into_response().headers()["set-cookie"].clone();
    /// assert_eq!(line, "theme=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0");
    /// ```
    pub fn delete(&mut self, name: impl Into<Cow<'static, str>>) {
        self.delete_cookie(SetCookie::delete(name));
    }

    /// Deletes a cookie by a [`SetCookie::delete`] with the path and the domain of the cookie.
    ///
    /// ```
    /// use route_handlers::{Cookies, SetCookie};
    ///
    /// let mut cookies = Cookies::default();
    /// cookies.delete_cookie(SetCookie::delete("theme").path("/shop").domain("example.com"));
    /// ```
    pub fn delete_cookie(&mut self, cookie: SetCookie) {
        self.change(cookie, true);
    }

    /// A browser keeps cookies with other domains or paths beside this one, so each change has its own line.
    fn change(&mut self, cookie: SetCookie, is_deletion: bool) {
        let (name, identity) = (cookie.name().to_owned(), cookie.identity());
        let change = Change { cookie, is_deletion };
        match self.places.get(&identity) {
            Some(place) => self.changes.replace(*place, change),
            None => {
                self.places.insert(identity, self.changes.len());
                self.changes.push(name, change);
            }
        }
    }
}

impl Change {
    /// The value that this request reads after the change.
    fn value(&self) -> Option<&str> {
        (!self.is_deletion).then(|| self.cookie.value())
    }
}

#[cfg(feature = "cookie-signed")]
impl Cookies {
    /// Returns the value of a cookie that was [signed](SetCookie::signed) with this key.
    ///
    /// The value is `None` if the signature is missing or invalid for this name and value.
    ///
    /// If the name repeats, the last cookie with a valid signature is used: a neighbouring domain can set a cookie of any name
    /// here, but cannot sign it.
    ///
    /// ```
    /// use route_handlers::cookie::Key;
    /// use route_handlers::{Cookies, IntoResponse, RouteHandlers, SetCookie, State};
    ///
    /// async fn log_in(mut cookies: Cookies, State(key): State<Key>) -> impl IntoResponse {
    ///     cookies.set(SetCookie::new("user", "ada").http_only(true).signed(&key));
    ///     assert_eq!(cookies.get_signed("user", &key).as_deref(), Some("ada"));
    ///     (cookies, "welcome")
    /// }
    ///
    /// async fn me(cookies: Cookies, State(key): State<Key>) -> Option<String> {
    ///     cookies.get_signed("user", &key) // `None` is 404
    /// }
    ///
    /// let key = Key::from(&[7; 64]); // 64 random bytes, kept secret and the same on every server
    /// let api = RouteHandlers::new().with_state(key).get("/log-in", log_in).get("/me", me);
    /// ```
    pub fn get_signed(&self, name: &str, key: &Key) -> Option<String> {
        self.open(name, |jar, cookie| {
            let bound = jar.signed(key).verify(cookie)?;
            Some(bound.value().strip_prefix(name)?.strip_prefix('=')?.to_owned())
        })
    }

    /// Returns the value of a cookie that was [encrypted](SetCookie::private) with this key.
    ///
    /// It follows the rules of [`get_signed`](Self::get_signed).
    ///
    /// ```
    /// use route_handlers::cookie::Key;
    /// use route_handlers::{Cookies, SetCookie};
    ///
    /// let key = Key::generate();
    /// let mut cookies = Cookies::default();
    /// cookies.set(SetCookie::new("cart", "three pears").private(&key));
    /// assert_eq!(cookies.get_private("cart", &key).as_deref(), Some("three pears"));
    /// assert_eq!(cookies.get_private("cart", &Key::generate()), None);
    /// ```
    pub fn get_private(&self, name: &str, key: &Key) -> Option<String> {
        self.open(name, |jar, cookie| Some(jar.private(key).decrypt(cookie)?.value().to_owned()))
    }

    /// Opens the last value of a name that a cookie jar accepts.
    fn open(&self, name: &str, open: impl Fn(&CookieJar, Cookie<'static>) -> Option<String>) -> Option<String> {
        let jar = CookieJar::new();
        let values = self.values(name).map(|value| Cookie::new(name.to_owned(), value.to_owned()));
        values.rev().find_map(|cookie| open(&jar, cookie))
    }
}

/// Adds a line for each cookie that was set or deleted, unless the response itself sets a cookie with this name, domain and
/// path. The path of a line without `Path` is the folder of the request (RFC 6265bis §5.1.4), and not `/`.
impl IntoResponseParts for Cookies {
    fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
        let headers = parts.headers_mut();
        let own: HashSet<_> = headers.get_all(SET_COOKIE).iter().map(Identity::of_line).collect();
        for (_, change) in self.changes.iter() {
            let line = change.cookie.to_header()?;
            if !own.contains(&change.cookie.identity()) {
                headers.append(SET_COOKIE, line);
            }
        }
        Ok(())
    }
}

/// Prints only the names: the values may be secrets.
impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(|(name, _)| name).collect();
        f.debug_struct("Cookies").field("names", &names).finish_non_exhaustive()
    }
}

/// A list of named values. A client can fill it, so the values of a name are found without a search through the list.
#[derive(Clone)]
struct ByName<V> {
    /// The indexes in `values` of each name.
    names: IndexMap<String, Vec<usize>>,
    /// The index of the name in `names`, and the value.
    values: Vec<(usize, V)>,
}

impl<V> Default for ByName<V> {
    fn default() -> Self {
        Self { names: IndexMap::new(), values: Vec::new() }
    }
}

impl<V> ByName<V> {
    fn push(&mut self, name: String, value: V) {
        let entry = self.names.entry(name);
        let name = entry.index();
        entry.or_default().push(self.values.len());
        self.values.push((name, value));
    }

    fn replace(&mut self, place: usize, value: V) {
        self.values[place].1 = value;
    }

    fn len(&self) -> usize {
        self.values.len()
    }

    fn contains(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    fn get_all(&self, name: &str) -> impl DoubleEndedIterator<Item = &V> {
        let places = self.names.get(name).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| &self.values[*place].1)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        let name = |place: usize| self.names.get_index(place).map_or("", |(name, _)| name);
        self.values.iter().map(move |(place, value)| (name(*place), value))
    }
}

impl Request {
    /// Returns the cookies of the request.
    ///
    /// ```
    /// # use route_handlers::Request;
    /// async fn theme(request: Request) -> String {
    ///     request.cookies().get("theme").unwrap_or("light").to_owned()
    /// }
    /// ```
    pub fn cookies(&self) -> Cookies {
        Cookies::of(self.headers())
    }
}

/// Splits a pair into its name and its value, without the spaces and tabs around them (RFC 6265bis §5.6).
fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((trim_ows(name).to_owned(), decode(trim_ows(value))?))
}

/// Percent-decodes a value. `None` if an encoding is malformed or the result is not UTF-8.
fn decode(value: &str) -> Option<String> {
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|digit| digit.is_ascii_hexdigit());
    let escapes_are_whole = value.split('%').skip(1).all(is_escape);
    let decoded = percent_decode_str(value).decode_utf8().ok()?;
    escapes_are_whole.then(|| decoded.into_owned())
}
