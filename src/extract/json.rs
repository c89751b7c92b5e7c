//! A JSON body as an argument.

use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::extract::{FromRequest, RouteCheck};
use crate::request::{Request, media_type, parse_json};
use crate::response::Json;

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self> {
        media_type::check_json(request)?;
        parse_json(&request.bytes().await?).map(Self)
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Json");
        route.accepts(media_type::JSON);
    }
}
