//! actix-web 4, in process, through its test module.

use actix_web::body::{self, MessageBody};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method as ActixMethod, header};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse, Resource};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::Contender;
use crate::github;
use crate::harness::{self, Subject, ready};
use crate::received::Received;
use crate::work::{GREETING, Greeting, HELLO, Hello, LONG_PATH, Post, THREE_PARAMS, Table, User, Work, joined};

pub struct Actix;

impl Contender for Actix {
    fn name(&self) -> &'static str {
        "actix-web"
    }

    /// `bare` makes the request and drops it, as there is no cheaper service to call.
    fn at(&self, work: &'static Work) -> Option<Subject> {
        if work.name == "tuple" {
            return None;
        }
        let app = App::new().configure(|config| configure(config, work.table));
        let service = ready(init_service(app));
        let response = received(ready(service.call(request(work).to_request())).unwrap());
        Some(Subject {
            response,
            run: harness::times(move || ready(service.call(request(work).to_request())).unwrap()),
            bare: harness::times(move || request(work).to_request()),
        })
    }
}

fn request(work: &Work) -> TestRequest {
    let method = ActixMethod::from_bytes(work.method().as_str().as_bytes()).unwrap();
    let request = TestRequest::with_uri(work.path()).method(method);
    let body = work.body();
    if body.is_empty() {
        return request;
    }
    request.insert_header((header::CONTENT_TYPE, "application/json")).set_payload(body)
}

fn received(response: ServiceResponse<impl MessageBody>) -> Received {
    let status = response.status().as_u16().try_into().unwrap();
    let headers = response.headers().iter().map(|(name, value)| {
        (HeaderName::try_from(name.as_str()).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    });
    let headers = headers.collect::<HeaderMap>();
    let Ok(body) = ready(body::to_bytes(response.into_body())) else { panic!("the body failed") };
    Received { status, headers, body }
}

fn configure(config: &mut ServiceConfig, table: Table) {
    match table {
        Table::One => config
            .route("/api/hello", web::get().to(hello))
            .route("/api/json", web::get().to(async || Json(Hello::WORLD))),
        Table::Github => {
            for route in github::routes() {
                config.service(resource(route));
            }
            config.default_service(web::to(async || "a page"))
        }
        Table::Users => config
            .route("/users", web::post().to(async |Json(user): Json<User>| HttpResponse::Created().json(user)))
            .route("/users/batch", web::post().to(async |Json(it): Json<Vec<User>>| HttpResponse::Created().json(it))),
        Table::Nested => {
            let users = web::scope("/v1").route("/users/{id}", web::get().to(async |id: Path<String>| id.into_inner()));
            config.service(web::scope("/api").service(users))
        }
        Table::State => config
            .app_data(Data::new(GREETING))
            .route("/state", web::get().to(async |greeting: Data<Greeting>| greeting.0)),
        Table::Post => {
            config.route("/users/{user}/posts/{post}", web::get().to(async |post: Path<Post>| post.to_string()))
        }
        Table::Long => config.route(LONG_PATH, web::get().to(hello)),
    };
}

fn resource(route: &github::Route) -> Resource {
    route.methods.iter().fold(web::resource(route.pattern), |resource, method| {
        let on = web::method(ActixMethod::from_bytes(method.as_str().as_bytes()).unwrap());
        let resource = match route.pattern {
            THREE_PARAMS => resource.route(on.to(three_params)),
            _ => resource.route(on.to(hello)),
        };
        match method.as_str() {
            "GET" => resource.route(web::head().to(hello)),
            _ => resource,
        }
    })
}

async fn hello() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(HELLO)
}

async fn three_params(request: HttpRequest) -> Result<String, Error> {
    let param = |name| request.match_info().get(name).unwrap_or_default();
    Ok(joined(param("owner"), param("repo"), param("issue_number")))
}
