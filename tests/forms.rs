//! `Form`: a URL-encoded body as an argument.

mod support;

use http::{Request, StatusCode, header};
use route_handlers::{Body, Form, RouteHandlers, post};
use serde::Deserialize;

use support::ReceivedResponse;

const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Deserialize)]
struct Order {
    name: String,
    #[serde(default)]
    tag: Vec<String>,
    count: u8,
}

async fn send(content_type: Option<&str>, body: &str) -> ReceivedResponse {
    let api = RouteHandlers::new().route(
        "/orders",
        post(async |Form(order): Form<Order>| format!("{} {:?} {}", order.name, order.tag, order.count)).body_limit(64),
    );
    let mut request = Request::post("/orders").body(Body::from(body.to_owned())).unwrap();
    if let Some(content_type) = content_type {
        request.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    }
    support::send(api, request).await
}

#[tokio::test]
async fn form_fields_are_decoded_once_and_repeats_fill_a_list() {
    for (body, expected) in [
        ("name=Ada+L&count=2", "Ada L [] 2"),
        ("name=a%2Bb%253D&count=2&tag=x&tag=y+z", "a+b%3D [\"x\", \"y z\"] 2"),
        ("count=2&name=%C3%A9&ignored", "é [] 2"),
        ("name=&count=0&", " [] 0"),
    ] {
        for content_type in [FORM, "Application/X-WWW-Form-Urlencoded; charset=utf-8"] {
            let (status, _, text) = send(Some(content_type), body).await;
            assert_eq!((status, text.as_str()), (StatusCode::OK, expected), "{body}");
        }
    }
}

#[tokio::test]
async fn other_media_type_than_form_is_415_with_the_accepted_one() {
    for content_type in [None, Some("application/json"), Some("text/plain"), Some("multipart/form-data; boundary=x")] {
        let (status, headers, _) = send(content_type, "name=a&count=1").await;
        assert_eq!((status, &headers[header::ACCEPT]), (StatusCode::UNSUPPORTED_MEDIA_TYPE, &FORM.parse().unwrap()));
    }
}

#[tokio::test]
async fn form_of_another_shape_is_422_that_names_no_rust_type() {
    for body in ["", "name=a", "name=a&count=many", "name=a&count=300", "name=a&name=b&count=1"] {
        let (status, headers, text) = send(Some(FORM), body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {text}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(!text.contains("Order"), "{text}");
    }
}

#[tokio::test]
async fn form_over_the_limit_is_413() {
    let (status, ..) = send(Some(FORM), &format!("name={}&count=1", "a".repeat(64))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}
