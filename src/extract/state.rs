//! The table's state as an argument.

use std::any::type_name;

use http::StatusCode;

use crate::error::{Error, Result};
use crate::extract::{FromRequest, Reads, Requirements};
use crate::request::{Request, RequestHead};
use crate::state::State;

impl<T: Send + Sync + 'static> FromRequest for State<T> {
    const READS: Reads = Reads::Head;

    fn from_head(head: &RequestHead<'_>) -> Result<Self> {
        head.states.get().map(Self).ok_or_else(|| lacks(type_name::<T>()))
    }

    async fn from_request(request: &mut Request) -> Result<Self> {
        Self::from_head(&request.head())
    }

    fn is_present(request: &Request) -> bool {
        request.states().get::<T>().is_some()
    }

    fn requirements(requirements: &mut Requirements<'_>) {
        requirements.state::<T>();
    }
}

#[cold]
fn lacks(wanted: &str) -> Error {
    Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, format!("the table has no state `{wanted}`"))
}
