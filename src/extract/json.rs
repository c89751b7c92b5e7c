//! A JSON body as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, Requirements};
use crate::request::{Request, media_type};
use crate::response::Json;

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        if !media_type::is_json(request.headers()) {
            return Err(media_type::unsupported(request.method(), media_type::JSON));
        }
        request.json().await.map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Json");
        requirements.accepts(media_type::JSON);
    }
}
