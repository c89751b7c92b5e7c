//! The entry of a handler in the document, before the document is made.

use std::fmt;

use http::StatusCode;
use schemars::JsonSchema;

use crate::openapi::arguments::DocumentArguments;
use crate::openapi::operation_builder::{Describe, replace_body_schema};
use crate::openapi::responses::DocumentResponse;
use crate::openapi::security::SecurityScheme;

/// The OpenAPI operation of a handler: see [`documented`](crate::documented).
///
/// It holds functions that describe the handler's types. They run when the handler is registered, to find mistakes, and when
/// a document is made.
#[derive(Clone)]
pub struct Operation {
    pub(super) arguments: Describe,
    pub(super) result: Describe,
    pub(super) body: Option<Describe>,
    pub(super) responses: Vec<(StatusCode, Describe)>,
    pub(super) security: Vec<SecurityScheme>,
    /// The schemes of the tables that contain the handler.
    pub(super) security_of_group: Vec<SecurityScheme>,
    pub(super) summary: Option<String>,
    pub(super) description: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) id: Option<String>,
    pub(super) is_deprecated: bool,
}

impl Operation {
    pub(crate) fn new<Args: DocumentArguments, R: DocumentResponse>() -> Self {
        Self {
            arguments: Args::document_arguments,
            result: R::document_response,
            body: None,
            responses: Vec::new(),
            security: Vec::new(),
            security_of_group: Vec::new(),
            summary: None,
            description: None,
            tags: Vec::new(),
            id: None,
            is_deprecated: false,
        }
    }

    pub(crate) fn set_summary(&mut self, text: String) {
        self.summary = Some(text);
    }

    pub(crate) fn set_description(&mut self, text: String) {
        self.description = Some(text);
    }

    pub(crate) fn add_tag(&mut self, name: String) {
        if !self.tags.contains(&name) {
            self.tags.push(name);
        }
    }

    pub(crate) fn set_id(&mut self, id: String) {
        self.id = Some(id);
    }

    pub(crate) fn set_deprecated(&mut self) {
        self.is_deprecated = true;
    }

    pub(crate) fn add_security(&mut self, scheme: SecurityScheme) {
        self.security.push(scheme);
    }

    pub(crate) fn add_security_of_group(&mut self, scheme: SecurityScheme) {
        self.security_of_group.push(scheme);
    }

    pub(crate) fn add_response<R: DocumentResponse>(&mut self, status: StatusCode) {
        self.responses.push((status, R::document_response));
    }

    pub(crate) fn set_body<T: JsonSchema>(&mut self) {
        self.body = Some(replace_body_schema::<T>);
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("id", &self.id).finish_non_exhaustive()
    }
}
