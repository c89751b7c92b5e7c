//! A JSON body as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, Requirements};
use crate::request::{ReadToEnd, Request, media_type, parse_json};
use crate::response::Json;

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let reading = read_json(request)?;
        let bytes = reading.await?;
        parse_json(&bytes).map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Json");
        requirements.accepts(media_type::JSON);
    }
}

fn read_json(request: &mut Request) -> Result<ReadToEnd> {
    if !media_type::is_json(request.headers()) {
        return Err(media_type::unsupported(request.method(), media_type::JSON));
    }
    request.read_to_end()
}
