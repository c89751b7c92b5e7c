//! The app on a hyper server, and a client.

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use route_handlers::RouteHandlers;
use tokio::net::{TcpListener, TcpStream};

/// A connection to a server.
pub struct Client(SendRequest<Full<Bytes>>);

impl Client {
    pub async fn of(api: RouteHandlers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        let service = TowerToHyperService::new(api);
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(accepted), service));
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub async fn send(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut request = request.clone().map(Full::from);
        request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
        self.0.ready().await.unwrap();
        let (parts, body) = self.0.send_request(request).await.unwrap().into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes().into())
    }
}
