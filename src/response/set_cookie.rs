//! `Set-Cookie`: one cookie with its attributes.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use cookie::Cookie;
#[cfg(feature = "cookie-signed")]
use cookie::{CookieJar, Key};
use http::header::{HeaderValue, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::response::{IntoResponseParts, ResponseParts};

/// What JavaScript's `encodeURIComponent` leaves as it is: so browsers' scripts and Next read the value back.
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

/// The order in which the attributes are written: Next's.
const ATTRIBUTES: [&str; 8] = ["Path", "Expires", "Max-Age", "Domain", "Secure", "HttpOnly", "SameSite", "Partitioned"];

/// The last second of the year 9999, after the first of 1970.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

/// A cookie to be set: a part of an answer.
///
/// Its path is `/` unless another is given; its value is percent-encoded. What a browser would refuse is refused here, as
/// a 500 problem (RFC 6265bis §4.1): a name that is no token, what is not ASCII, control characters and `;` in an attribute, `__Secure-`
/// without `Secure`, `__Host-` without `Secure` and `Path=/` or with a domain, `SameSite=None` or `Partitioned` without
/// `Secure`.
///
/// ```
/// use route_handlers::{IntoResponse, SameSite, SetCookie};
///
/// let session = SetCookie::new("session", "a b").secure(true).http_only(true).same_site(SameSite::Lax);
/// let response = (session, "welcome").into_response();
/// assert_eq!(response.headers()["set-cookie"], "session=a%20b; Path=/; Secure; HttpOnly; SameSite=lax");
///
/// assert_eq!((SetCookie::new("not a name", ""), "").into_response().status(), 500);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct SetCookie {
    cookie: Cookie<'static>,
    more: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

/// Whether a cookie is sent with requests from other sites.
///
/// ```
/// use route_handlers::{SameSite, SetCookie};
///
/// let session = SetCookie::new("session", "7").same_site(SameSite::Lax);
/// let embedded = SetCookie::new("widget", "7").same_site(SameSite::None).secure(true).partitioned(true);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6265bis §4.1.2.7 has these three")]
pub enum SameSite {
    /// Never.
    Strict,
    /// When a link leads here.
    Lax,
    /// Always; the cookie must be `Secure`.
    None,
}

impl SetCookie {
    /// A cookie for every path of this host, until the browser is closed.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("greeting", "good day");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "greeting=good%20day; Path=/");
    /// ```
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self { cookie: Cookie::build((name, value)).path("/").build(), more: Vec::new() }
    }

    /// A cookie without a value that has expired: it deletes the one of this name, path and domain.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::delete("n").path("/shop");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=; Path=/shop; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    /// ```
    pub fn delete(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, "").expires(SystemTime::UNIX_EPOCH)
    }

    /// Sends the cookie to this path and what lies below it; with an empty one, to the request's own folder.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").path("/shop");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/shop");
    /// ```
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        match path.into() {
            path if path.is_empty() => self.cookie.unset_path(),
            path => self.cookie.set_path(path),
        }
        self
    }

    /// Sends the cookie to this domain and those below it, and not only to the host itself.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").domain("example.com");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Domain=example.com");
    /// ```
    pub fn domain(mut self, domain: impl Into<Cow<'static, str>>) -> Self {
        self.cookie.set_domain(domain);
        self
    }

    /// Keeps the cookie until then, or until the end of the year 9999: a date has no more digits.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").expires(SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000));
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Expires=Wed, 18 May 2033 03:33:20 GMT");
    /// ```
    pub fn expires(mut self, time: SystemTime) -> Self {
        let time = time.clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LAST_SECOND);
        self.cookie.set_expires(cookie::time::OffsetDateTime::from(time));
        self
    }

    /// Keeps the cookie for so long, in whole seconds; it wins over [`expires`](Self::expires).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").max_age(Duration::from_secs(3600));
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Max-Age=3600");
    /// ```
    pub fn max_age(mut self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        self.cookie.set_max_age(cookie::time::Duration::seconds(seconds));
        self
    }

    /// Sends the cookie over https only.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("__Host-n", "v").secure(true);
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "__Host-n=v; Path=/; Secure");
    /// ```
    pub fn secure(mut self, secure: bool) -> Self {
        self.cookie.set_secure(secure);
        self
    }

    /// Hides the cookie from scripts.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").http_only(true);
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; HttpOnly");
    /// ```
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.cookie.set_http_only(http_only);
        self
    }

    /// Says whether requests from other sites carry the cookie.
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.cookie.set_same_site(match same_site {
            SameSite::Strict => cookie::SameSite::Strict,
            SameSite::Lax => cookie::SameSite::Lax,
            SameSite::None => cookie::SameSite::None,
        });
        self
    }

    /// Keeps the cookie apart for each site that this one is embedded in.
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.cookie.set_partitioned(partitioned);
        self
    }

    /// Adds an attribute that has no method here, such as `Priority`.
    ///
    /// ```
    /// use route_handlers::{IntoResponse, SetCookie};
    ///
    /// let cookie = SetCookie::new("n", "v").attribute("Priority", "high");
    /// assert_eq!((cookie, "").into_response().headers()["set-cookie"], "n=v; Path=/; Priority=high");
    /// ```
    pub fn attribute(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        self.more.push((name.into(), value.into()));
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.cookie.name()
    }

    /// The value, not encoded.
    pub fn value(&self) -> &str {
        self.cookie.value()
    }

    /// The line that sets the cookie.
    ///
    /// # Errors
    ///
    /// What a browser would refuse.
    pub(crate) fn to_header(&self) -> Result<HeaderValue> {
        if let Some(reason) = self.fault() {
            let reason = format!("the cookie `{}` cannot be set: {reason}", self.name().escape_default());
            return Err(Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason));
        }
        let mut line = format!("{}={}", self.name(), utf8_percent_encode(self.value(), VALUE));
        let mut without_value = self.cookie.clone();
        without_value.set_value("");
        let written = without_value.to_string();
        for name in ATTRIBUTES {
            let attribute = written.split("; ").skip(1).find(|attribute| attribute.split('=').next() == Some(name));
            match attribute.and_then(|attribute| attribute.strip_prefix("SameSite=")) {
                Some(same_site) => line.extend(["; SameSite=", &same_site.to_ascii_lowercase()]),
                None => line.extend(attribute.into_iter().flat_map(|attribute| ["; ", attribute])),
            }
        }
        for (name, value) in &self.more {
            line.extend(["; ", name, "=", value]);
        }
        Ok(HeaderValue::try_from(line)?)
    }

    /// Why a browser would refuse the cookie (RFC 6265bis §4.1.1, §4.1.3).
    fn fault(&self) -> Option<&'static str> {
        let Self { cookie, more } = self;
        let is_secure = cookie.secure() == Some(true);
        let texts = [cookie.path(), cookie.domain()].into_iter().flatten();
        let mut texts = texts.chain(more.iter().flat_map(|(name, value)| [&**name, &**value]));
        let is_token = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
        let breaks_the_line = |byte: u8| !matches!(byte, b' '..=b'~') || byte == b';';
        // Browsers know the prefixes in any case (RFC 6265bis §5.7).
        let has_prefix = |prefix: &str| {
            let start = cookie.name().as_bytes().get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        if cookie.name().is_empty() || !cookie.name().bytes().all(is_token) {
            Some("its name is no token")
        } else if texts.any(|text| text.bytes().any(breaks_the_line)) {
            Some("an attribute has a control character, a `;`, or what is not ASCII")
        } else if has_prefix("__Secure-") && !is_secure {
            Some("`__Secure-` needs `Secure`")
        } else if has_prefix("__Host-") && (!is_secure || cookie.path() != Some("/") || cookie.domain().is_some()) {
            Some("`__Host-` needs `Secure` and `Path=/`, and has no domain")
        } else if cookie.same_site() == Some(cookie::SameSite::None) && !is_secure {
            Some("`SameSite=None` needs `Secure`")
        } else if cookie.partitioned() == Some(true) && !is_secure {
            Some("`Partitioned` needs `Secure`")
        } else {
            None
        }
    }
}

#[cfg(feature = "cookie-signed")]
impl SetCookie {
    /// Signs the value (HMAC-SHA256): the client can read it, and change neither the value nor the name it goes with.
    /// [`Cookies::get_signed`](crate::Cookies::get_signed) reads it.
    ///
    /// Nothing but name and value is signed: whoever has seen a cookie can send it again after it expired or was deleted.
    /// What must end by a certain time has that time in its value.
    ///
    /// ```
    /// use route_handlers::{Key, SetCookie};
    ///
    /// let key = Key::from(&[7; 64]); // 64 random bytes, kept secret and the same on every server
    /// let session = SetCookie::new("session", "ada").http_only(true).signed(&key);
    /// assert!(session.value().ends_with("session=ada"));
    /// ```
    pub fn signed(mut self, key: &Key) -> Self {
        // The jar signs the value alone, and so would take that of one cookie for another's.
        let bound = format!("{}={}", self.name(), self.value());
        self.cookie.set_value(bound);
        self.sealed(|jar, cookie| jar.signed_mut(key).add(cookie))
    }

    /// Encrypts the value (AES-256-GCM), bound to the name as [`signed`](Self::signed) binds it: the client cannot read it
    /// either. [`Cookies::get_private`](crate::Cookies::get_private) reads it.
    ///
    /// How long the value is can still be seen. It takes randomness, and panics where the system has none to give.
    ///
    /// ```
    /// use route_handlers::{Key, SetCookie};
    ///
    /// let key = Key::generate(); // what it has sealed cannot be opened once the program ends
    /// let cart = SetCookie::new("cart", "three pears").private(&key);
    /// assert!(!cart.value().contains("pears"));
    /// ```
    pub fn private(self, key: &Key) -> Self {
        self.sealed(|jar, cookie| jar.private_mut(key).add(cookie))
    }

    /// Has a jar seal the value.
    fn sealed(mut self, add: impl FnOnce(&mut CookieJar, Cookie<'static>)) -> Self {
        let mut jar = CookieJar::new();
        add(&mut jar, self.cookie.clone());
        if let Some(sealed) = jar.get(self.cookie.name()) {
            self.cookie.set_value(sealed.value().to_owned());
        }
        self
    }
}

/// A name and its value, with no attribute but the path.
impl<N: Into<Cow<'static, str>>, V: Into<Cow<'static, str>>> From<(N, V)> for SetCookie {
    fn from((name, value): (N, V)) -> Self {
        Self::new(name, value)
    }
}

/// Adds a line to the answer, unless the answer sets a cookie of that name itself (RFC 6265bis §4.1.1).
impl IntoResponseParts for SetCookie {
    fn into_response_parts(self, parts: &mut ResponseParts<'_>) -> Result<()> {
        let line = self.to_header()?;
        if !sets(parts.headers_mut(), self.name()) {
            parts.headers_mut().append(SET_COOKIE, line);
        }
        Ok(())
    }
}

/// Whether an answer sets a cookie of this name.
fn sets(headers: &HeaderMap, name: &str) -> bool {
    headers.get_all(SET_COOKIE).iter().any(|line| {
        let own = line.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default();
        own.trim_ascii() == name.as_bytes()
    })
}
