//! A JSON body as an argument.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::extract::{FromRequest, Requirements};
use crate::request::Request;
use crate::response::Json;

const MEDIA_TYPE: &str = "application/json";

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(unsupported(request.method()));
        }
        request.json().await.map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Json");
        requirements.accepts(MEDIA_TYPE);
    }
}

/// `application/json`, or any type with the suffix `+json` (RFC 6838 §4.2.8).
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let is_suffixed = subtype.len() > 5 && subtype.as_bytes()[subtype.len() - 5..].eq_ignore_ascii_case(b"+json");
    !kind.is_empty() && (essence.eq_ignore_ascii_case(MEDIA_TYPE) || is_suffixed)
}

/// 415 names what is accepted: `Accept-Patch` for PATCH (RFC 5789 §2.2), else `Accept` (RFC 9110 §15.5.16).
fn unsupported(method: &Method) -> Error {
    let name = if *method == Method::PATCH { header::HeaderName::from_static("accept-patch") } else { header::ACCEPT };
    Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        .with_detail("the body must be JSON: send `content-type: application/json`")
        .with_header(name, HeaderValue::from_static(MEDIA_TYPE))
}
