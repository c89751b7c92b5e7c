//! Sizes of the futures and bodies on the way of every request, and the auto traits of the public types.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Ready;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::Full;
use route_handlers::extract::MatchedRoute;
use route_handlers::service::{
    HandlerFuture, HandlerService, ResponseBody, ResponseFuture, RouteFuture, RouteHandlersService,
};
use route_handlers::{
    Body, Error, Handler, Head, IntoResponse, Request, Response, Route, RouteError, RouteHandlers, RouteInfo,
};

const WORD: usize = size_of::<usize>();

/// Whether a type is at most two words larger than the type that it wraps.
fn is_close<Wrapper, Inner>(name: &str) -> bool {
    let (wrapper, inner) = (size_of::<Wrapper>(), size_of::<Inner>());
    println!("{name}: {inner} bytes, wrapped {wrapper}");
    wrapper <= inner + 2 * WORD
}

type ReadyFuture = Ready<Result<http::Response<Full<Bytes>>, Infallible>>;
type BoxedFuture = Pin<Box<dyn Future<Output = Result<http::Response<Full<Bytes>>, Infallible>> + Send>>;

#[test]
fn future_is_at_most_two_words_larger_than_the_inner_future() {
    assert!(is_close::<ResponseFuture<ReadyFuture>, ReadyFuture>("a ready future"));
    // A boxed future is smaller than our own future, which shares its place.
    assert!(is_close::<ResponseFuture<BoxedFuture>, RouteFuture>("a boxed future"));
    // With `tracing` it has the method and the route for the log.
    let for_the_log = if cfg!(feature = "tracing") { 4 } else { 0 };
    assert!(size_of::<RouteFuture>() <= (6 + for_the_log) * WORD);
}

#[test]
fn body_is_at_most_two_words_larger_than_the_inner_body() {
    assert!(is_close::<ResponseBody<Full<Bytes>>, Full<Bytes>>("Full<Bytes>"));
    assert!(is_close::<ResponseBody<hyper::body::Incoming>, hyper::body::Incoming>("hyper's Incoming"));
    assert!(is_close::<ResponseBody<Body>, Body>("our own Body"));
    // Printed only: axum's body is a fat pointer, half as large as the `Bytes` that our `Body` may hold.
    is_close::<ResponseBody<axum::body::Body>, axum::body::Body>("axum's Body");
    println!("Body: {} bytes, RouteFuture: {} bytes", size_of::<Body>(), size_of::<RouteFuture>());
    println!("Error: {} bytes, Request: {} bytes", size_of::<Error>(), size_of::<Request>());
}

#[test]
fn error_has_at_most_two_words() {
    assert!(size_of::<Error>() <= 2 * WORD);
}

fn send<T: Send>() {}
fn sync<T: Sync>() {}
fn unpin<T: Unpin>() {}
fn clone<T: Clone>() {}
fn default<T: Default>() {}

/// `Send` only.
type OnlySend = Cell<u8>;
/// `Unpin` only.
type OnlyUnpin = Rc<u8>;
/// `Send` and `Sync`, but not `Unpin`.
type Pinned = PhantomPinned;

#[test]
fn public_types_have_their_auto_traits() {
    send::<RouteHandlers>();
    sync::<RouteHandlers>();
    clone::<RouteHandlers>();
    default::<RouteHandlers>();
    unpin::<RouteHandlers>();
    send::<Route>();
    sync::<Route>();
    clone::<Route>();
    send::<RouteInfo<'_>>();
    sync::<RouteInfo<'_>>();
    send::<HandlerService>();
    sync::<HandlerService>();
    clone::<HandlerService>();
    send::<RouteError>();
    sync::<RouteError>();
    send::<MatchedRoute>();
    sync::<MatchedRoute>();

    send::<Body>();
    sync::<Body>();
    unpin::<Body>();
    default::<Body>();
    send::<Request>();
    sync::<Request>();
    unpin::<Request>();
    send::<Head<'_>>();
    sync::<Head<'_>>();
    send::<Response>();
    sync::<Response>();
    send::<Error>();
    sync::<Error>();
    clone::<Error>();
    send::<RouteFuture>();
    unpin::<RouteFuture>();
    send::<HandlerFuture>();
    unpin::<HandlerFuture>();
}

#[test]
fn wrappers_have_the_auto_traits_of_the_wrapped_types() {
    send::<RouteHandlersService<OnlySend>>();
    send::<RouteHandlersService<Pinned>>();
    sync::<RouteHandlersService<Pinned>>();
    clone::<RouteHandlersService<OnlyUnpin>>();

    send::<ResponseFuture<OnlySend>>();
    send::<ResponseFuture<Pinned>>();
    unpin::<ResponseFuture<OnlyUnpin>>();

    send::<ResponseBody<OnlySend>>();
    sync::<ResponseBody<Pinned>>();
    unpin::<ResponseBody<OnlyUnpin>>();
    default::<ResponseBody<&mut u8>>();
}

/// Does not compile if the type has the trait: the call is then ambiguous.
macro_rules! assert_not {
    ($type:ty: $trait:path) => {
        const _: fn() = || {
            trait Ambiguous<A> {
                fn some_item() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct HasTheTrait;
            impl<T: ?Sized + $trait> Ambiguous<HasTheTrait> for T {}
            let _ = <$type as Ambiguous<_>>::some_item;
        };
    };
}

assert_not!(RouteHandlersService<OnlySend>: Sync);
assert_not!(RouteHandlersService<OnlyUnpin>: Send);
assert_not!(ResponseFuture<OnlyUnpin>: Send);
assert_not!(ResponseFuture<Pinned>: Unpin);
assert_not!(ResponseBody<OnlyUnpin>: Send);
assert_not!(ResponseBody<OnlySend>: Sync);
assert_not!(ResponseBody<Pinned>: Unpin);

#[test]
fn handler_futures_may_be_neither_sync_nor_unpin() {
    fn handler<A>(_: impl Handler<A>) {}
    handler(async || {
        let cell = Cell::new(7);
        std::future::ready(()).await;
        cell.get().to_string().into_response()
    });
}
