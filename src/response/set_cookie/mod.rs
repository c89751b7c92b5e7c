//! `Set-Cookie`: one cookie with its attributes.

mod identity;
mod rules;

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

#[cfg(feature = "cookie-signed")]
use cookie::{Cookie, CookieJar, Key};
use http::header::{HeaderValue, SET_COOKIE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::response::{IntoResponseParts, ResponseParts};

pub(crate) use identity::Identity;

/// The characters that JavaScript's `encodeURIComponent` keeps, so that scripts in browsers and Next read the value back.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The attributes of RFC 6265bis §4.1.2 and `Partitioned`, in the order of Next.js.
const KNOWN: [&str; 8] = ["Path", "Expires", "Max-Age", "Domain", "Secure", "HttpOnly", "SameSite", "Partitioned"];

/// The last second of the year 9999, as a Unix time.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

/// A cookie that a response sets, as a part of a tuple.
///
/// Its path is `/` unless another one is set, and its value is percent-encoded. A cookie that a browser would drop or change
/// is a 500 problem (RFC 6265bis §4.1, §5.6, §5.7). These rules hold for every method, `attribute` too:
///
/// | part | rule |
/// |---|---|
/// | name | a token; with the encoded value at most 4,096 bytes |
/// | each attribute | visible ASCII and inner spaces, without `;`, at most 1,024 bytes |
/// | `Path` | begins with `/` |
/// | `Domain` | a host name |
/// | `Expires`, `Max-Age` | an HTTP date; a number of seconds |
/// | `SameSite` | `Strict`, `Lax` or `None`; `None` requires `Secure` |
/// | `Partitioned` | requires `Secure` |
/// | `__Secure-` | requires `Secure` |
/// | `__Http-` | requires `Secure` and `HttpOnly` |
/// | `__Host-` | requires `Secure` and `Path=/`, and allows no `Domain` |
/// | `__Host-Http-` | requires what `__Host-` and `__Http-` require |
///
/// `Debug` prints the name and not the value, which may be a secret.
///
/// ```
/// use route_handlers::cookie::SameSite;
/// use route_handlers::{IntoResponse, SetCookie};
///
/// let session = SetCookie::new("session", "a b").secure(true).http_only(true).same_site(SameSite::Lax);
/// let response = (session, "welcome").into_response();
/// assert_eq!(response.headers()["set-cookie"], "session=a%20b; Path=/; Secure; HttpOnly; SameSite=lax");
///
/// assert_eq!((SetCookie::new("not a name", ""), "").into_response().status(), 500);
/// ```
#[derive(Clone, PartialEq)]
#[must_use]
pub struct SetCookie {
    name: Cow<'static, str>,
    value: Cow<'static, str>,
    /// Invariant: no two names differ only in case (RFC 6265bis §4.1.1).
    attributes: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

/// The `SameSite` attribute: whether a cookie is sent with requests from other sites.
///
/// ```
/// use route_handlers::cookie::SameSite;
/// use route_handlers::SetCookie;
///
/// let session = SetCookie::new("session", "7").same_site(SameSite::Lax);
/// let embedded = SetCookie::new("widget", "7").same_site(SameSite::None).secure(true).partitioned(true);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6265bis §4.1.2.7 has these three")]
pub enum SameSite {
    /// The cookie is not sent with requests from other sites.
    Strict,
    /// The cookie is sent when the user follows a link to this site.
    Lax,
    /// The cookie is always sent. It must be `Secure`.
    None,
}

impl SetCookie {
    /// Creates a cookie for every path of this host, until the browser is closed.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("greeting", "good day");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "greeting=good%20day; Path=/");
    /// ```
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), value: value.into(), attributes: Vec::new() }.path("/")
    }

    /// Creates an expired cookie without a value, which deletes the cookie of this name, path and domain.
    ///
    /// It has both `Expires` and `Max-Age`, because some clients read only one of them. It also has the flags that a prefix of
    /// the name requires.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::delete("n").path("/shop");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=; Path=/shop; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0");
    /// ```
    pub fn delete(name: impl Into<Cow<'static, str>>) -> Self {
        let cookie = Self::new(name, "").expires(SystemTime::UNIX_EPOCH).max_age(Duration::ZERO);
        match rules::prefix(cookie.name()) {
            Some(prefix) => cookie.secure(true).http_only(prefix.requires_http_only),
            None => cookie,
        }
    }

    /// Sends the cookie to this path and the paths below it. With an empty path, the folder of the request is used.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").path("/shop");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/shop");
    /// ```
    pub fn path(self, path: impl Into<Cow<'static, str>>) -> Self {
        self.attribute("Path", path)
    }

    /// Sends the cookie to this domain and its subdomains, not only to this host.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").domain("example.com");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Domain=example.com");
    /// ```
    pub fn domain(self, domain: impl Into<Cow<'static, str>>) -> Self {
        self.attribute("Domain", domain)
    }

    /// Keeps the cookie until this time, at most until the end of the year 9999, the last one that the date format can express.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").expires(SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000));
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Expires=Wed, 18 May 2033 03:33:20 GMT");
    /// ```
    pub fn expires(self, time: SystemTime) -> Self {
        let time = time.clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LAST_SECOND);
        self.attribute("Expires", httpdate::fmt_http_date(time))
    }

    /// Keeps the cookie for this duration, in whole seconds. It takes precedence over [`expires`](Self::expires).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").max_age(Duration::from_secs(3600));
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Max-Age=3600");
    /// ```
    pub fn max_age(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        self.attribute("Max-Age", seconds.to_string())
    }

    /// Sends the cookie over https only.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("__Host-n", "v").secure(true);
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "__Host-n=v; Path=/; Secure");
    /// ```
    pub fn secure(self, secure: bool) -> Self {
        self.flag("Secure", secure)
    }

    /// Hides the cookie from scripts.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").http_only(true);
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; HttpOnly");
    /// ```
    pub fn http_only(self, http_only: bool) -> Self {
        self.flag("HttpOnly", http_only)
    }

    /// Sets whether requests from other sites include the cookie.
    pub fn same_site(self, same_site: SameSite) -> Self {
        let value = match same_site {
            SameSite::Strict => "strict",
            SameSite::Lax => "lax",
            SameSite::None => "none",
        };
        self.attribute("SameSite", value)
    }

    /// Stores the cookie separately for each top-level site in which this site is embedded.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").secure(true).partitioned(true);
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Secure; Partitioned");
    /// ```
    pub fn partitioned(self, partitioned: bool) -> Self {
        self.flag("Partitioned", partitioned)
    }

    /// Sets an attribute, such as `Priority`.
    ///
    /// It replaces an attribute of this name, in any case. An empty value makes a flag; an empty `Path` removes the path.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").attribute("Priority", "high");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Priority=high");
    /// ```
    pub fn attribute(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        let (name, value) = (name.into(), value.into());
        let is_no_path = value.is_empty() && name.eq_ignore_ascii_case("Path");
        match self.attributes.iter().position(|(own, _)| own.eq_ignore_ascii_case(&name)) {
            Some(place) if is_no_path => drop(self.attributes.remove(place)),
            Some(place) => self.attributes[place].1 = value,
            None if is_no_path => {}
            None => self.attributes.push((name, value)),
        }
        self
    }

    fn flag(mut self, name: &'static str, is_set: bool) -> Self {
        if is_set {
            return self.attribute(name, "");
        }
        self.attributes.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value, not encoded.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The value of an attribute.
    fn get(&self, name: &str) -> Option<&str> {
        rules::get(&self.attributes, name)
    }

    /// The line that sets the cookie.
    ///
    /// # Errors
    ///
    /// 500 for a cookie that a browser would drop or change.
    pub(crate) fn to_header(&self) -> Result<HeaderValue> {
        let value = utf8_percent_encode(&self.value, VALUE).to_string();
        if let Some(reason) = rules::fault(&self.name, &value, &self.attributes) {
            let reason = format!("the cookie `{}` cannot be set: {reason}", self.name().escape_default());
            return Err(Error::internal(reason));
        }
        let is_known = |name: &str| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name));
        let known = KNOWN.iter().filter_map(|name| Some((*name, self.get(name)?)));
        let others =
            self.attributes.iter().map(|(name, value)| (&**name, &**value)).filter(|(name, _)| !is_known(name));
        let mut line = format!("{}={value}", self.name);
        for (name, value) in known.chain(others) {
            line.extend(["; ", name, if value.is_empty() { "" } else { "=" }, value]);
        }
        let mut line = HeaderValue::try_from(line)?;
        line.set_sensitive(true); // `Debug` of the response hides it, and HPACK does not index it
        Ok(line)
    }

    /// The name, domain and path.
    pub(crate) fn identity(&self) -> Identity {
        Identity::new(&self.name, self.get("Domain"), self.get("Path"))
    }
}

/// Prints only the name: the value may be a secret.
impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetCookie").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(feature = "cookie-signed")]
impl SetCookie {
    /// Signs the name and the value (HMAC-SHA256). [`Cookies::get_signed`](crate::Cookies::get_signed) reads it.
    ///
    /// The client can read the value, but cannot change it or use it under another name.
    ///
    /// Only the name and the value are signed. A client can send the cookie again after it expired or was deleted. If this
    /// matters, put an expiry time into the value.
    ///
    /// ```
    /// use route_handlers::cookie::Key;
    /// use route_handlers::SetCookie;
    ///
    /// let key = Key::from(&[7; 64]); // 64 random bytes, kept secret and the same on every server
    /// let session = SetCookie::new("session", "ada").http_only(true).signed(&key);
    /// assert!(session.value().ends_with("session=ada"));
    /// ```
    pub fn signed(mut self, key: &Key) -> Self {
        // The jar signs only the value, so it would accept the value of another cookie.
        let bound = format!("{}={}", self.name(), self.value());
        self.value = bound.into();
        self.sealed(|jar, cookie| jar.signed_mut(key).add(cookie))
    }

    /// Encrypts the value (AES-256-GCM). [`Cookies::get_private`](crate::Cookies::get_private) reads it.
    ///
    /// The client cannot read the value. It is bound to the name, as with [`signed`](Self::signed).
    ///
    /// The length of the value stays visible.
    ///
    /// # Panics
    ///
    /// Panics if the system cannot provide random bytes.
    ///
    /// ```
    /// use route_handlers::cookie::Key;
    /// use route_handlers::SetCookie;
    ///
    /// let key = Key::generate(); // cookies sealed with it cannot be opened after the program ends
    /// let cart = SetCookie::new("cart", "three pears").private(&key);
    /// assert!(!cart.value().contains("pears"));
    /// ```
    pub fn private(self, key: &Key) -> Self {
        self.sealed(|jar, cookie| jar.private_mut(key).add(cookie))
    }

    /// Seals the value with a cookie jar.
    fn sealed(mut self, add: impl FnOnce(&mut CookieJar, Cookie<'static>)) -> Self {
        let mut jar = CookieJar::new();
        add(&mut jar, Cookie::new(self.name.clone(), self.value.clone()));
        if let Some(sealed) = jar.get(&self.name) {
            self.value = sealed.value().to_owned().into();
        }
        self
    }
}

/// A cookie with this name and value, for the path `/`.
impl<N: Into<Cow<'static, str>>, V: Into<Cow<'static, str>>> From<(N, V)> for SetCookie {
    fn from((name, value): (N, V)) -> Self {
        Self::new(name, value)
    }
}

/// Adds a `Set-Cookie` line. It replaces a line for a cookie with this name, domain and path.
impl IntoResponseParts for SetCookie {
    fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
        let line = self.to_header()?;
        let identity = self.identity();
        let headers = parts.headers_mut();
        let is_other = |own: &&HeaderValue| Identity::of_line(own) != identity;
        let others: Vec<_> = headers.get_all(SET_COOKIE).iter().filter(is_other).cloned().collect();
        if others.len() < headers.get_all(SET_COOKIE).iter().count() {
            headers.remove(SET_COOKIE);
            for other in others {
                headers.append(SET_COOKIE, other);
            }
        }
        headers.append(SET_COOKIE, line);
        Ok(())
    }
}
