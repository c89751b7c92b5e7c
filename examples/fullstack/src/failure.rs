//! The errors of the API.

use std::collections::BTreeMap;

use http::StatusCode;
use route_handlers::openapi::{DocumentResponse, OperationBuilder};
use route_handlers::{Error, IntoResponse, Response};
use schemars::JsonSchema;

/// The user does not exist, or the database failed.
#[derive(Debug)]
pub enum Missing {
    NoUser(u32),
    Failed(Error),
}

/// A change was refused.
#[derive(Debug)]
pub enum Refused {
    NoUser(u32),
    Invalid(BTreeMap<&'static str, String>),
    Taken,
    Failed(Error),
}

/// A problem document with the errors of each field.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is the schema of a problem with errors")]
pub struct Invalid {
    r#type: String,
    title: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    detail: Option<String>,
    /// The place of the fault, if the body has another shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    path: Option<String>,
    /// The errors by the name of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    errors: Option<BTreeMap<String, String>>,
}

impl Invalid {
    pub fn document(operation: &mut OperationBuilder<'_>, status: StatusCode) {
        operation.response::<Self>(status, "application/problem+json");
    }
}

fn no_user(id: u32) -> Error {
    Error::new(StatusCode::NOT_FOUND).with_detail(format!("there is no user {id}"))
}

fn with_errors(status: StatusCode, title: &'static str, errors: BTreeMap<&'static str, String>) -> Error {
    let errors: serde_json::Map<_, _> = errors.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    Error::new(status).with_title(title).with_extension("errors", errors)
}

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        match self {
            Self::NoUser(id) => no_user(id).into_response(),
            Self::Failed(error) => error.into_response(),
        }
    }
}

impl DocumentResponse for Missing {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.problem(StatusCode::NOT_FOUND);
        operation.any_problem();
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::NoUser(id) => no_user(id).into_response(),
            Self::Invalid(errors) => {
                with_errors(StatusCode::UNPROCESSABLE_ENTITY, "Some fields are invalid", errors).into_response()
            }
            Self::Taken => {
                let errors = BTreeMap::from([("email", "Somebody else has this address.".to_owned())]);
                with_errors(StatusCode::CONFLICT, "The address is taken", errors).into_response()
            }
            Self::Failed(error) => error.into_response(),
        }
    }
}

impl DocumentResponse for Refused {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.problem(StatusCode::NOT_FOUND);
        Invalid::document(operation, StatusCode::CONFLICT);
        operation.any_problem();
    }
}

impl From<sqlx::Error> for Missing {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Self::Taken,
            _ => Self::Failed(error.into()),
        }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
