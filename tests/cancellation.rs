//! Cancels a request at every poll. Nothing of it is left, later requests work, and the work given to `After` runs.

mod support;

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, Request, Response};
use route_handlers::after::BoxFuture;
use route_handlers::body::BoxError;
use route_handlers::service::HandlerService;
use route_handlers::{After, Body, Form, Json, Request as OurRequest, Result, RouteHandlers, State, get, post};
use serde_json::Value;
use tower::layer::layer_fn;
use tower::{Service, ServiceExt, service_fn};

use support::Later;

/// Is pending for a number of polls.
async fn pause(mut polls: usize) {
    poll_fn(move |cx| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A token that every part of a request holds, so that the test can count what is left.
#[derive(Clone)]
struct Token(Arc<()>);

impl Token {
    fn count(&self) -> usize {
        Arc::strong_count(&self.0)
    }
}

/// A stream that is pending before each chunk.
fn chunks(
    held: &Token,
    texts: &'static [&'static str],
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    let held = held.clone();
    stream::iter(texts).then(move |text| {
        let held = held.clone();
        async move {
            pause(2).await;
            drop(held);
            Ok(Bytes::from_static(text.as_bytes()))
        }
    })
}

type Guarded = State<tokio::sync::Mutex<usize>>;

/// A layer that waits before and after its handler, and holds a token meanwhile.
fn waiting(
    held: &Token,
) -> impl tower::Layer<HandlerService, Service = tower::util::BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>>
+ Clone
+ use<> {
    let held = held.clone();
    layer_fn(move |inner: HandlerService| {
        let held = held.clone();
        tower::util::BoxCloneSyncService::new(service_fn(move |request| {
            let (held, inner) = (held.clone(), inner.clone());
            async move {
                pause(2).await;
                let response = inner.oneshot(request).await;
                pause(2).await;
                drop(held);
                response
            }
        }))
    })
}

fn api(held: &Token, after: &Later, added: &Arc<AtomicUsize>) -> RouteHandlers {
    let [plain, streamed, for_after] = [held.clone(), held.clone(), held.clone()];
    let added = Arc::clone(added);
    let plain = move || {
        let held = plain.clone();
        async move {
            pause(3).await;
            drop(held);
            "response"
        }
    };
    let streamed = move || {
        let body = Body::from_stream(chunks(&streamed, &["one ", "two"]));
        async move {
            pause(1).await;
            body
        }
    };
    // Adds one piece of work after each wait.
    let with_after = move |after: After| {
        let (held, added) = (for_after.clone(), Arc::clone(&added));
        async move {
            for _ in 0..3 {
                pause(1).await;
                let held = held.clone();
                added.fetch_add(1, Ordering::SeqCst);
                after.run(async move { drop(held) });
            }
            pause(1).await;
            Body::from_stream(chunks(&held, &["later"]))
        }
    };
    let locked = async |State(count): Guarded, Json(value): Json<Value>| -> Result<String> {
        let mut count = count.lock().await;
        *count += 1;
        pause(2).await;
        Ok(value.to_string())
    };
    RouteHandlers::new()
        .with_state(tokio::sync::Mutex::new(0_usize))
        .route("/plain", get(plain))
        .route("/streamed", get(streamed))
        .route("/after", get(with_after))
        .route("/json", post(locked))
        .route("/form", post(async |Form(pairs): Form<Vec<(String, String)>>| pairs.len().to_string()))
        .route("/late", post(async |_: HeaderMap, Json(value): Json<Value>| value.to_string()))
        .route("/text", post(async |mut request: OurRequest| request.text().await))
        .route("/layered", post(async |text: String| text).layer(waiting(held)))
        .route(
            "/etag",
            get(async || {
                pause(1).await;
                "tagged"
            })
            .etag(),
        )
        .wait_until(after.clone())
}

/// An inner service that is pending before it is ready and before it responds.
#[derive(Clone)]
struct Inner(Token, usize);

impl<B: Send + 'static> Service<Request<B>> for Inner {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.1 == 0 {
            return Poll::Ready(Ok(()));
        }
        self.1 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let held = self.0.clone();
        Box::pin(async move {
            pause(3).await;
            drop((request, held));
            Ok(Response::new(Body::from("the inner service")))
        })
    }
}

/// Sends a request and reads the response, in at most `polls` polls. Returns `None` if it did not end.
fn exchange<R>(
    app: impl Service<Request<Body>, Response = Response<R>, Error = Infallible>,
    request: Request<Body>,
    polls: usize,
) -> Option<(u16, String)>
where
    R: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let whole = async {
        let Ok(response) = app.oneshot(request).await;
        let (head, body) = response.into_parts();
        let mut body = std::pin::pin!(body);
        let mut text = Vec::new();
        while let Some(frame) = poll_fn(|cx| Pin::as_mut(&mut body).poll_frame(cx)).await {
            text.extend(frame.map_err(Into::into).unwrap().into_data().unwrap());
        }
        (head.status.as_u16(), String::from_utf8(text).unwrap())
    };
    let mut whole = tokio_test::task::spawn(whole);
    (0..polls).find_map(|_| match whole.poll() {
        Poll::Ready(response) => Some(response),
        Poll::Pending => None,
    })
}

/// Makes the body of a request.
type Make = fn(&Token) -> Body;

#[test]
fn request_cancelled_at_any_poll_leaves_nothing_behind() {
    let json = |uri: &str, body: Body| support::post_json(uri, body);
    let pieces: Make = |held| Body::from_stream(chunks(held, &["[1, ", "2", "]"]));
    let none: Make = |_| Body::empty();
    let form: Make = |held| Body::from_stream(chunks(held, &["a=1&", "b=2"]));
    for (method, path, body, response) in [
        ("GET", "/plain", none, "response"),
        ("HEAD", "/plain", none, ""),
        ("GET", "/streamed", none, "one two"),
        ("HEAD", "/streamed", none, ""),
        ("GET", "/after", none, "later"),
        ("POST", "/json", pieces, "[1,2]"),
        ("POST", "/form", form, "2"),
        ("POST", "/late", pieces, "[1,2]"),
        ("POST", "/text", pieces, "[1, 2]"),
        ("POST", "/layered", pieces, "[1, 2]"),
        ("GET", "/etag", none, "tagged"),
        ("GET", "/none", none, "the inner service"),
        ("POST", "/none", pieces, "the inner service"),
    ] {
        let held = Token(Arc::new(()));
        let (later, added) = (Later::default(), Arc::new(AtomicUsize::new(0)));
        let app = api(&held, &later, &added).over(Inner(held.clone(), 2));
        let idle = held.count();
        let send = |polls| {
            let mut request = json(path, body(&held));
            *request.method_mut() = method.parse().unwrap();
            if path == "/form" {
                request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
            }
            exchange(app.clone(), request, polls)
        };
        let mut ended = None;
        let mut polls = 0;
        while ended.is_none() {
            added.store(0, Ordering::SeqCst);
            ended = send(polls);
            let work = later.take();
            assert_eq!(
                work.len(),
                added.load(Ordering::SeqCst),
                "{method} {path}: each piece of work is given to the hook, {polls} polls"
            );
            assert_eq!(held.count(), idle + work.len(), "{method} {path}: only the work holds a token, {polls} polls");
            for work in work {
                tokio_test::block_on(work);
            }
            assert_eq!(held.count(), idle, "{method} {path}: {polls} polls");
            polls += 1;
            assert!(polls < 100, "{method} {path} does not end");
        }
        assert!(polls > 2, "{method} {path} waits at least twice: {polls}");
        assert_eq!(ended, Some((200, response.to_owned())), "{method} {path}");
        assert_eq!(send(usize::MAX), ended, "{method} {path}: cancelled requests must not affect a later one");
    }
}

#[cfg(feature = "multipart")]
#[test]
fn form_cancelled_between_its_fields_leaves_nothing_behind() {
    use route_handlers::multipart::Multipart;

    let held = Token(Arc::new(()));
    let idle = held.count();
    let read = async |mut form: Multipart| -> Result<String> {
        let mut read = String::new();
        while let Some(field) = form.next_field().await? {
            pause(1).await;
            read.push_str(&field.text().await?);
        }
        Ok(read)
    };
    let api = RouteHandlers::new().post("/", read);
    let texts = &[
        "--B\r\nContent-Dispo",
        "sition: form-data; name=a\r\n\r\n1",
        "2\r\n--B",
        "\r\nContent-Disposition: form-data; name=b\r\n\r\n3\r\n--B--",
    ];
    let ended = (0..100).find_map(|polls| {
        let body = Body::from_stream(chunks(&held, texts));
        let request = Request::post("/").header("content-type", "multipart/form-data; boundary=B").body(body).unwrap();
        let ended = exchange(api.clone(), request, polls);
        assert_eq!(held.count(), idle, "{polls} polls");
        ended
    });
    assert_eq!(ended, Some((200, "123".to_owned())));
}

#[cfg(feature = "timeout")]
#[tokio::test(start_paused = true)]
async fn handler_over_its_timeout_leaves_nothing_behind() {
    let held = Token(Arc::new(()));
    let holder = held.clone();
    let handler = move || {
        let held = holder.clone();
        async move {
            std::future::pending::<()>().await;
            drop(held);
        }
    };
    let api = RouteHandlers::new().route("/", get(handler).timeout(std::time::Duration::from_secs(1)));
    let idle = held.count();
    let response = api.clone().oneshot(support::get("/")).await.unwrap();
    assert_eq!((response.status().as_u16(), held.count()), (504, idle));
}
