//! The request of a pages-style handler.

use std::borrow::Cow;
use std::fmt;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::headers::is_token;
use crate::headers::trim_ows;
use crate::pages::query::PagesQuery;
use crate::request::{Cookies, Request, media_type, parse_json};

/// The request of a pages-style handler: Next.js's `NextApiRequest`.
///
/// ```
/// use route_handlers::pages::pages;
///
/// let greet = pages(async |req, res| {
///     let name = req.query().get("name").unwrap_or("you");
///     let theme = req.cookies().get("theme").unwrap_or("light").to_owned();
///     res.send(format!("{} {}: hello, {name}, in {theme}", req.method(), req.uri()))
/// });
/// ```
pub struct PagesRequest {
    request: Request,
    query: PagesQuery,
    body: PagesBody,
}

/// The parsed body of a [`PagesRequest`].
///
/// ```
/// use route_handlers::pages::{PagesBody, pages};
///
/// let name = pages(async |req, res| match req.body() {
///     PagesBody::Json(user) => res.json(&user["name"]),
///     PagesBody::Form(fields) => res.json(&fields.get("name")),
///     PagesBody::Text(name) => res.json(name),
///     _ => res.status(400).end(""),
/// });
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PagesBody {
    /// The body of `application/json` or `application/ld+json`.
    ///
    /// The members of an object are sorted by name, while Next.js keeps their order. To keep it, turn on the feature
    /// `preserve_order` of `serde_json`. This changes the order for every crate of the program.
    Json(Value),
    /// The body of `application/x-www-form-urlencoded`.
    Form(PagesQuery),
    /// A body of any other media type.
    Text(String),
    /// The body was not parsed, and can be streamed: [`PagesRequest::into_request`].
    Unparsed,
}

impl PagesRequest {
    pub(super) fn new(request: Request, body: PagesBody) -> Self {
        Self { query: PagesQuery::of(&request), request, body }
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// Returns the request target.
    pub fn uri(&self) -> &Uri {
        self.request.uri()
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Returns the value of a header, the first one if there are several. It is `None` if the value is not visible ASCII text.
    ///
    /// ```
    /// use route_handlers::pages::pages;
    ///
    /// let agent = pages(async |req, res| res.send(req.header("user-agent").unwrap_or("unknown").to_owned()));
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }

    /// Returns the query together with the path parameters. If both have a name, the path parameter wins.
    pub fn query(&self) -> &PagesQuery {
        &self.query
    }

    /// Returns the body, parsed by its media type.
    pub fn body(&self) -> &PagesBody {
        &self.body
    }

    /// Returns the body, read as `T`. An empty body is `{}`, as in [`body`](Self::body).
    ///
    /// # Errors
    ///
    /// * 415 if the body is not JSON by its media type.
    /// * 400 if the body is not JSON, and 422 if it is JSON of another type.
    /// * 500 if the body parser is off.
    ///
    /// ```
    /// use route_handlers::Result;
    /// use route_handlers::pages::pages;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct User {
    ///     name: String,
    /// }
    ///
    /// let create = pages(async |req, res| -> Result<_> {
    ///     let user: User = req.json()?;
    ///     Ok(res.status(201).json(&user.name))
    /// });
    /// ```
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        const NOT_PARSED: &str = "the body parser is off: read the body with `req.into_request().json().await`";
        media_type::check_json(&self.request)?;
        match &self.body {
            PagesBody::Json(value) => parse_json(&serde_json::to_vec(value)?),
            PagesBody::Text(text) => parse_json(text.as_bytes()), // `application/*+json`, for example
            PagesBody::Form(_) | PagesBody::Unparsed => Err(Error::internal(NOT_PARSED)),
        }
    }

    /// Returns the cookies as the Pages API of Next.js parses them.
    ///
    /// * Of several cookies with one name, the first one counts.
    /// * Quotes around a value are removed.
    /// * A value that cannot be percent-decoded stays as it was sent.
    pub fn cookies(&self) -> Cookies {
        Cookies::of_pages(self.request.headers())
    }

    /// Converts into the request that other handlers take. It has a body only if the body parser is off.
    ///
    /// ```
    /// use route_handlers::pages::pages;
    ///
    /// let hash = pages(async |req, res| match req.into_request().bytes().await {
    ///     Ok(bytes) => res.send(bytes.iter().fold(0_u8, |sum, byte| sum ^ byte).to_string()),
    ///     Err(error) => res.status(error.status().as_u16()).end(""),
    /// });
    /// let hash = hash.body_parser(false);
    /// ```
    pub fn into_request(self) -> Request {
        self.request
    }
}

/// Omits the query, the values of headers and the body, which may be secrets.
impl fmt::Debug for PagesRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagesRequest").field("request", &self.request).finish_non_exhaustive()
    }
}

impl Serialize for PagesBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Json(value) => value.serialize(serializer),
            Self::Form(fields) => fields.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Unparsed => serializer.serialize_unit(),
        }
    }
}

impl PagesBody {
    /// Parses the body as Next.js's body parser does.
    pub(super) async fn parse(request: &mut Request, limit: usize) -> Result<Self> {
        let (essence, charset) = content_type(request.headers());
        request.set_body_limit(limit);
        let bytes = request.bytes().await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Error::new(error.status()).with_detail(format!("Body exceeded {} limit", size(limit)))
            }
            _ => error,
        })?;
        let text = decode(&bytes, charset.as_deref())?;
        match essence.as_str() {
            "application/json" | "application/ld+json" if text.is_empty() => Ok(Self::Json(Value::Object(Map::new()))),
            "application/json" | "application/ld+json" => match parse_json(text.as_bytes()) {
                Ok(value) => Ok(Self::Json(value)),
                Err(_) => Err(Error::new(StatusCode::BAD_REQUEST).with_detail("Invalid JSON")),
            },
            media_type::FORM => {
                let mut form = PagesQuery::default();
                form_urlencoded::parse(text.as_bytes()).for_each(|(name, value)| form.add(name, value));
                Ok(Self::Form(form))
            }
            _ => Ok(Self::Text(text.into_owned())),
        }
    }
}

/// The media type and the charset in lower case. A malformed `Content-Type` counts as none.
fn content_type(headers: &HeaderMap) -> (String, Option<String>) {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_quoted = |value: &str| value.len() > 1 && value.starts_with('"') && value.ends_with('"');
    let is_parameter = |text: &str| {
        let (name, value) = text.split_once('=').map_or((text, ""), |(name, value)| (trim_ows(name), trim_ows(value)));
        is_token(name) && (is_token(value) || is_quoted(value))
    };
    let is_type =
        media_type::essence(headers).split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub));
    if is_type && content_type.split(';').skip(1).all(is_parameter) {
        (media_type::essence(headers).to_ascii_lowercase(), media_type::charset(headers))
    } else {
        (String::new(), None)
    }
}

/// Decodes a body from the named charset: UTF-8, without its byte order mark, or Latin-1.
fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>> {
    match charset {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {
            Ok(String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)))
        }
        Some("iso-8859-1" | "latin1" | "latin-1") => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Some(_) => Err(Error::new(StatusCode::BAD_REQUEST).with_detail("Invalid body")),
    }
}

/// Formats a limit as Next.js's configuration writes it: `1mb`, `1kb`.
fn size(bytes: usize) -> String {
    match bytes {
        bytes if bytes % (1024 * 1024) == 0 => format!("{}mb", bytes / (1024 * 1024)),
        bytes if bytes % 1024 == 0 => format!("{}kb", bytes / 1024),
        bytes => format!("{bytes}b"),
    }
}
