//! A JSON body as an argument.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, Reads, Requirements};
use crate::request::{Request, RequestHead, media_type, parse_json};
use crate::response::Json;

impl<T: DeserializeOwned> FromRequest for Json<T> {
    const READS: Reads = Reads::Body;

    fn check_head(head: &RequestHead<'_>) -> Result<()> {
        media_type::check_json(head)
    }

    fn from_body(body: Bytes) -> Result<Self> {
        parse_json(&body).map(Self)
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::check_head(&request.head())?;
        Self::from_body(request.whole_body()?.await?)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Json");
        requirements.accepts(media_type::JSON);
    }
}
