//! The errors of the API.

use http::StatusCode;
use route_handlers::openapi::{DocumentResponse, OperationBuilder};
use route_handlers::{Error, IntoResponse, Response};
use serde_json::json;

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
    Taken,
    Failed(Error),
}

fn no_user(id: u32) -> Error {
    Error::new(StatusCode::NOT_FOUND).with_detail(format!("there is no user {id}"))
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
            Self::Taken => {
                let errors = json!([{ "pointer": "/email", "detail": "Somebody else has this address." }]);
                Error::new(StatusCode::CONFLICT)
                    .with_title("The address is taken")
                    .with_extension("errors", errors)
                    .into_response()
            }
            Self::Failed(error) => error.into_response(),
        }
    }
}

impl DocumentResponse for Refused {
    fn document_response(operation: &mut OperationBuilder<'_>) {
        operation.problem(StatusCode::NOT_FOUND);
        operation.problem(StatusCode::CONFLICT);
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
