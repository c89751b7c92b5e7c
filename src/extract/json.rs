//! A JSON body as an argument.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, Requirements};
use crate::request::{Request, media_type, parse_json};
use crate::response::Json;

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        parse_json(&whole_json(request).await?).map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Json");
        requirements.accepts(media_type::JSON);
    }
}

async fn whole_json(request: &mut Request) -> Result<Bytes> {
    if !media_type::is_json(request.headers()) {
        return Err(media_type::unsupported(request.method(), media_type::JSON));
    }
    request.bytes().await
}
