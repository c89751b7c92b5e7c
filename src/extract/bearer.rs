//! A bearer token as an argument, and the comparison of secrets.

use std::fmt;

use hmac_sha256::Hash;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};

use crate::error::{Error, Result};
use crate::extract::FromHead;
use crate::request::Head;

/// The token of `Authorization: Bearer …` (RFC 6750 §2.1).
///
/// The handler decides whether the token is right: [`is`](Self::is) compares it with a secret, and
/// [`token`](Self::token) returns it, for a lookup in a database or a check of a signature.
///
/// | request | response (RFC 6750 §3) |
/// |---|---|
/// | no `Authorization`, or another scheme | 401 with `WWW-Authenticate: Bearer realm="api"` |
/// | a malformed token, or two `Authorization` headers | 400 with `WWW-Authenticate: Bearer error="invalid_request"` |
/// | the handler returns [`Bearer::invalid_token()`](Self::invalid_token) | 401 with `WWW-Authenticate: Bearer error="invalid_token"` |
///
/// `Option<Bearer>` is `None` in the first case. The `Debug` output does not show the token.
///
/// ```
/// use route_handlers::extract::Bearer;
/// use route_handlers::{Result, RouteHandlers, State};
/// # use tower::ServiceExt;
///
/// struct AdminToken(String);
///
/// async fn reload(bearer: Bearer, State(secret): State<AdminToken>) -> Result<&'static str> {
///     if !bearer.is(&secret.0) {
///         return Err(Bearer::invalid_token());
///     }
///     Ok("reloaded")
/// }
///
/// let api = RouteHandlers::new().with_state(AdminToken("7d1e".to_owned())).post("/reload", reload);
/// # tokio_test::block_on(async {
/// # for (token, status) in [("Bearer 7d1e", 200), ("bearer 7d1f", 401), ("Bearer 7 d", 400), ("Basic 7d1e", 401)] {
/// #     let request = http::Request::post("/reload").header("authorization", token).body(route_handlers::Body::empty())?;
/// #     assert_eq!(api.clone().oneshot(request).await?.status(), status, "{token}");
/// # }
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// # }).unwrap();
/// ```
///
/// A [middleware function](crate::middleware) that takes it guards a group of routes: see `examples/guards`.
#[derive(Clone)]
pub struct Bearer(String);

impl Bearer {
    /// Returns the token.
    ///
    /// Compare it with [`is`](Self::is), and not with `==`.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use route_handlers::extract::Bearer;
    /// use route_handlers::{Result, State};
    /// # fn sha256(text: &str) -> [u8; 32] { hmac_sha256::Hash::hash(text.as_bytes()) }
    ///
    /// /// The users by the SHA-256 of their tokens: the time of a lookup tells nothing about a token.
    /// struct Users(HashMap<[u8; 32], String>);
    ///
    /// async fn me(bearer: Bearer, State(users): State<Users>) -> Result<String> {
    ///     users.0.get(&sha256(bearer.token())).cloned().ok_or_else(Bearer::invalid_token)
    /// }
    /// # let api = route_handlers::RouteHandlers::new().with_state(Users(HashMap::new())).get("/", me);
    /// ```
    pub fn token(&self) -> &str {
        &self.0
    }

    /// Returns whether the token is this secret, compared with [`constant_time_eq`].
    ///
    /// ```
    /// use route_handlers::extract::Bearer;
    ///
    /// async fn is_admin(bearer: Option<Bearer>) -> String {
    ///     bearer.is_some_and(|bearer| bearer.is("7d1e")).to_string()
    /// }
    /// # let api = route_handlers::RouteHandlers::new().get("/", is_admin);
    /// ```
    pub fn is(&self, secret: impl AsRef<[u8]>) -> bool {
        constant_time_eq(&self.0, secret)
    }

    /// Returns the error for a token that is wrong, expired or revoked.
    ///
    /// The response is 401 with `WWW-Authenticate: Bearer error="invalid_token"` (RFC 6750 §3.1).
    ///
    /// ```
    /// use route_handlers::extract::Bearer;
    ///
    /// let error = Bearer::invalid_token().with_detail("the token expired");
    /// assert_eq!(error.to_string(), "401 Unauthorized: the token expired");
    /// assert_eq!(error.headers().unwrap()["www-authenticate"], r#"Bearer error="invalid_token""#);
    /// ```
    pub fn invalid_token() -> Error {
        challenge(StatusCode::UNAUTHORIZED, r#"Bearer error="invalid_token""#)
    }
}

impl FromHead for Bearer {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        match credentials(head.headers())? {
            Some(token) => Ok(Self(token.to_owned())),
            // RFC 6750 §3: at least one parameter is required, and an error code should not be sent.
            None => Err(challenge(StatusCode::UNAUTHORIZED, r#"Bearer realm="api""#)),
        }
    }

    fn is_present(head: &Head<'_>) -> bool {
        !matches!(credentials(head.headers()), Ok(None))
    }
}

/// Omits the token.
impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").finish_non_exhaustive()
    }
}

/// The token of the `Authorization` header. `None` without this header, or if it has another scheme.
fn credentials(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(malformed("the request has more than one `Authorization` header"));
    }
    let line = line.as_bytes().trim_ascii(); // a header has no white space but SP and HTAB
    let (scheme, token) = line.split_at(line.iter().position(|byte| b" \t".contains(byte)).unwrap_or(line.len()));
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Ok(None);
    }
    let token = std::str::from_utf8(token).unwrap_or_default().trim_start_matches(' ');
    if is_token68(token) { Ok(Some(token)) } else { Err(malformed("`Authorization` is not `Bearer` and one token")) }
}

/// Whether a text is a `token68` (RFC 9110 §11.2), which RFC 6750 calls `b64token`.
fn is_token68(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

fn malformed(detail: &'static str) -> Error {
    challenge(StatusCode::BAD_REQUEST, r#"Bearer error="invalid_request""#).with_detail(detail)
}

fn challenge(status: StatusCode, challenge: &'static str) -> Error {
    Error::new(status).with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

/// Compares two secrets, for example API keys, in constant time.
///
/// The time depends only on the two lengths. A comparison with `==` returns at the first difference, and an attacker who
/// measures the time can guess the secret byte by byte. The function compares SHA-256 digests of both texts.
///
/// ```
/// use http::StatusCode;
/// use route_handlers::extract::constant_time_eq;
/// use route_handlers::{Error, FromHead, Head, Result};
///
/// struct ApiKey(String);
///
/// /// The caller has the API key of the table.
/// struct Authorized;
///
/// impl FromHead for Authorized {
///     fn from_head(head: &Head<'_>) -> Result<Self> {
///         match (head.header("x-api-key"), head.state::<ApiKey>()) {
///             (Some(sent), Some(key)) if constant_time_eq(sent, &key.0) => Ok(Self),
///             _ => Err(Error::new(StatusCode::UNAUTHORIZED)),
///         }
///     }
/// }
/// ```
pub fn constant_time_eq(left: impl AsRef<[u8]>, right: impl AsRef<[u8]>) -> bool {
    Hash::verify(left, &Hash::hash(right.as_ref()))
}
