//! Implements hyper's own `Service`, so that hyper needs no adapter.

use std::convert::Infallible;

use bytes::Buf;
use hyper::service::Service;

use crate::body::BoxError;
use crate::platform::MaybeSend;
use crate::response::Response;
use crate::route_handlers::RouteHandlers;
use crate::service::{ResponseBody, ResponseFuture, RouteFuture, RouteHandlersService, respond_alone};

impl<B> Service<http::Request<B>> for RouteHandlers
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture;

    fn call(&self, request: http::Request<B>) -> RouteFuture {
        respond_alone(self.table(), request)
    }
}

/// In front of a hyper service.
impl<S, B, R> Service<http::Request<B>> for RouteHandlersService<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>>,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + MaybeSend + 'static,
{
    type Response = http::Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn call(&self, request: http::Request<B>) -> Self::Future {
        Self::respond(self.table(), request, |request| self.get_ref().call(request))
    }
}
