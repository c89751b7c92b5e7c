//! Sends requests to a service.

use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use http::header::{COOKIE, HOST, HeaderName, HeaderValue};
use http::request::Parts;

use crate::after::RequestWaitUntil;
use crate::body::Body;
use crate::handler::{BoxedService, HttpService};
use crate::route_handlers::assert_complete;
use crate::testing::after::KeptWork;
use crate::testing::jar::{Jar, Site};
use crate::testing::stream::TestStream;

/// Sends requests to a service, as a client over a network would.
///
/// Each request calls a clone of the service. A request has `Host: localhost`, unless its URI or the test names another
/// host. Redirects are returned and not followed. An error of the service is a 500 with the cause.
///
/// A clone shares the service, the cookies and the work for after the response.
///
/// ```
/// use axum::Router;
/// use route_handlers::testing::Client;
///
/// # tokio_test::block_on(async {
/// let router: Router = Router::new().route("/", axum::routing::get(async || "hello"));
/// assert_eq!(Client::new(router).get("/").await.text(), "hello");
/// # });
/// ```
///
/// A [`RequestBuilder`](crate::testing::RequestBuilder) has a method for each part of a request:
///
/// ```
/// use http::Method;
/// use route_handlers::RouteHandlers;
/// use route_handlers::testing::Client;
///
/// # tokio_test::block_on(async {
/// let client = Client::new(RouteHandlers::new().any("/notes", async |note: String| note));
///
/// let put = client.put("/notes").header("if-match", "*").cookie("session", "7d1e").body("a note").await;
/// assert_eq!(put.text(), "a note");
/// for request in [client.head("/notes"), client.patch("/notes"), client.delete("/notes"), client.options("/notes")] {
///     request.await.assert_status(200);
/// }
/// client.request(Method::from_bytes(b"PURGE").unwrap(), "/notes").await.assert_status(200);
/// # });
/// ```
#[derive(Clone)]
pub struct Client {
    app: BoxedService,
    pub(super) headers: HeaderMap,
    jar: Option<Arc<Mutex<Jar>>>,
    work: KeptWork,
}

impl Client {
    /// Creates a client of a service: a route table, a table over a service, an axum `Router`, or any other tower service.
    ///
    /// # Panics
    ///
    /// If the app is a table in which a handler takes parameters that its pattern lacks.
    #[track_caller]
    pub fn new(app: impl HttpService) -> Self {
        assert_complete(&app);
        Self { app: app.boxed(), headers: HeaderMap::new(), jar: None, work: KeptWork::default() }
    }

    /// Keeps the cookies of the responses, and sends them with later requests.
    ///
    /// The domain, the path, the expiry and `Secure` of a cookie apply as in a browser (RFC 6265bis §5.7, §5.8). A `Secure`
    /// cookie is not sent to a URL that begins with `http://`, except to `localhost`.
    ///
    /// Some rules of browsers do not apply. `SameSite`, the prefixes of names and the list of public suffixes are not checked. A
    /// cookie of an `http://` URL may replace a `Secure` cookie.
    #[must_use]
    pub fn keep_cookies(mut self) -> Self {
        self.jar = Some(Arc::default());
        self
    }

    /// Sends a header with every request that does not set it.
    ///
    /// # Panics
    ///
    /// If the name or the value is not valid in a header.
    #[must_use]
    #[track_caller]
    pub fn with_header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: fmt::Display>,
        V: TryInto<HeaderValue, Error: fmt::Display>,
    {
        let (name, value) = header(name, value);
        self.headers.insert(name, value);
        self
    }

    /// Runs the work that handlers gave to [`After`](crate::After) until it ends. It does not run before.
    ///
    /// A panic of the work is a panic of the test. The work of this client does not reach the hook of the table. To test that
    /// hook, give it to the request: `client.get("/").extension(RequestWaitUntil::new(hook))`.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// use route_handlers::testing::Client;
    /// use route_handlers::{After, RouteHandlers, State};
    ///
    /// async fn sign_up(after: After, State(mails): State<AtomicUsize>) {
    ///     after.run(async move {
    ///         mails.fetch_add(1, Ordering::Relaxed);
    ///     });
    /// }
    ///
    /// async fn mails(State(mails): State<AtomicUsize>) -> String {
    ///     mails.load(Ordering::Relaxed).to_string()
    /// }
    ///
    /// # tokio_test::block_on(async {
    /// let api = RouteHandlers::new().with_state(AtomicUsize::new(0)).post("/users", sign_up).get("/mails", mails);
    /// let client = Client::new(api);
    /// client.post("/users").await.assert_status(200);
    /// client.after().await;
    /// assert_eq!(client.get("/mails").await.text(), "1");
    /// # });
    /// ```
    pub async fn after(&self) {
        self.work.run().await;
    }

    /// Sends a request, with the headers and the cookies of the client.
    pub(super) async fn send(self, mut parts: Parts, body: Body, place: &'static Location<'static>) -> TestStream {
        let name = format!("{} {}", parts.method, parts.uri);
        if !parts.headers.contains_key(HOST) {
            let host = parts.uri.authority().map_or("localhost", |authority| authority.as_str());
            parts.headers.insert(HOST, HeaderValue::from_str(host).expect("a host is valid in a header"));
        }
        if parts.extensions.get::<RequestWaitUntil>().is_none() {
            parts.extensions.insert(RequestWaitUntil::new(self.work.clone()));
        }
        let site = Site::of(&parts);
        if let Some(jar) = &self.jar {
            add_cookies(&mut parts.headers, &jar.lock().unwrap_or_else(PoisonError::into_inner), &site);
        }
        let response = self.app.call(http::Request::from_parts(parts, body)).await;
        let (head, body) = response.into_parts();
        if let Some(jar) = &self.jar {
            jar.lock().unwrap_or_else(PoisonError::into_inner).store(&site, &head.headers);
        }
        TestStream::new(name, place, head, body)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("keeps_cookies", &self.jar.is_some()).finish_non_exhaustive()
    }
}

/// Adds the cookies of the jar. A cookie that the test itself sends has precedence, and so has a header that is not text.
fn add_cookies(headers: &mut HeaderMap, jar: &Jar, site: &Site) {
    let Ok(own) = headers.get(COOKIE).map_or(Ok(""), HeaderValue::to_str) else { return };
    let own: Vec<&str> = own.split("; ").filter(|pair| !pair.is_empty()).collect();
    let is_own = |name: &str| own.iter().any(|pair| pair.split('=').next() == Some(name));
    let kept = jar.pairs(site).into_iter().filter(|(name, _)| !is_own(name)).map(|(_, pair)| pair);
    let line: Vec<String> = own.iter().map(|pair| (*pair).to_owned()).chain(kept).collect();
    if let Ok(line) = HeaderValue::try_from(line.join("; ")) {
        if !line.is_empty() {
            headers.insert(COOKIE, line);
        }
    }
}

/// A header of a request.
#[track_caller]
pub(super) fn header<N, V>(name: N, value: V) -> (HeaderName, HeaderValue)
where
    N: TryInto<HeaderName, Error: fmt::Display>,
    V: TryInto<HeaderValue, Error: fmt::Display>,
{
    let name = match name.try_into() {
        Ok(name) => name,
        Err(error) => panic!("the name of a header is not valid: {error}"),
    };
    match value.try_into() {
        Ok(value) => (name, value),
        Err(error) => panic!("the value of the header `{name}` is not valid: {error}"),
    }
}
