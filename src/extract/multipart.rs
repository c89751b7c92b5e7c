//! A form with files as an argument.

use crate::error::Result;
use crate::extract::shortcut::Shortcut;
use crate::extract::{FromRequest, RouteCheck};
use crate::request::multipart::Multipart;
use crate::request::{Request, media_type};

impl FromRequest for Multipart {
    const SHORTCUT: Option<Shortcut<Self>> = Some(Shortcut::Take(|incoming| incoming.take().multipart()));

    async fn from_request(request: &mut Request) -> Result<Self> {
        request.multipart()
    }

    fn is_present(request: &Request) -> bool {
        request.has_body()
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.reads_body("Multipart");
        route.accepts(media_type::MULTIPART);
    }
}
