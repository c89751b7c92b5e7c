//! poem, with its own server.

use std::io;
use std::net::SocketAddr;

use http::StatusCode;
use peers::work::{HELLO, User};
use poem::listener::TcpListener;
use poem::web::Json;
use poem::{Body, FromRequest, IntoResponse, Request, Response, Route, Server, endpoint, get, post};
use tokio::runtime;

use super::gibibyte;

pub fn serve(address: SocketAddr) -> io::Result<()> {
    let hello = endpoint::make_sync(|_| Response::builder().content_type("application/json").body(HELLO));
    let show = endpoint::make_sync(|request: Request| request.raw_path_param("id").unwrap_or_default().to_owned());
    let route = Route::new()
        .at("/api/hello", get(hello))
        .at("/users/:id", get(show))
        .at("/users", post(endpoint::make(create)))
        .at("/stream", get(endpoint::make_sync(|_| Body::from_bytes_stream(gibibyte()))))
        .at("/echo", post(endpoint::make_sync(|request: Request| request.into_body())));
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(Server::new(TcpListener::bind(address)).run(route))
}

async fn create(request: Request) -> poem::Result<Response> {
    let (request, mut body) = request.split();
    let Json(user) = Json::<User>::from_request(&request, &mut body).await?;
    Ok(Json(user).with_status(StatusCode::CREATED).into_response())
}
