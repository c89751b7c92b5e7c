//! actix-web, with its own server.

use std::io;
use std::net::SocketAddr;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Json, Path, Payload};
use actix_web::{App, HttpResponse, HttpServer, rt};
use peers::work::{HELLO, User};

use super::gibibyte;

pub fn serve(address: SocketAddr) -> io::Result<()> {
    let app = || {
        App::new()
            .service(web::resource("/api/hello").route(web::get().to(hello)))
            .route("/users/{id}", web::get().to(async |id: Path<String>| id.into_inner()))
            .route("/users", web::post().to(async |Json(user): Json<User>| HttpResponse::Created().json(user)))
            .route("/stream", web::get().to(async || HttpResponse::Ok().streaming(gibibyte())))
            .route("/echo", web::post().to(async |body: Payload| HttpResponse::Ok().streaming(body)))
    };
    rt::System::new().block_on(HttpServer::new(app).workers(1).bind(address)?.run())
}

async fn hello() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(HELLO)
}
