//! A form with files as an argument.

use crate::error::Result;
use crate::extract::{FromRequest, Reads, Requirements};
use crate::request::multipart::Multipart;
use crate::request::{Request, media_type};

impl FromRequest for Multipart {
    const READS: Reads = Reads::Stream;

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.multipart()
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.body("Multipart");
        requirements.accepts(media_type::MULTIPART);
    }
}
