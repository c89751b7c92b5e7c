//! The entry of a form with files in a document.

use std::borrow::Cow;

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::extract::FormData;
use crate::openapi::arguments::DocumentArgument;
use crate::openapi::operation_builder::OperationBuilder;
use crate::openapi::parts::{encoding, has_file};
use crate::request::media_type;
use crate::request::multipart::UploadedFile;

/// A file of any media type. For others, extend the field:
/// `#[schemars(extend("contentMediaType" = "image/png, image/jpeg"))]`.
impl JsonSchema for UploadedFile {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "UploadedFile".into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::UploadedFile").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "binary", "contentMediaType": "application/octet-stream" })
    }
}

/// A form with a file has the media type `multipart/form-data`. A form without files may have either.
impl<T: JsonSchema> DocumentArgument for FormData<T> {
    fn document_argument(operation: &mut OperationBuilder<'_>) {
        let schema = operation.fields::<T>("form").into_object();
        operation.add_body(media_type::MULTIPART, &schema);
        if !has_file(&schema) {
            operation.add_media_type(media_type::FORM, json!({ "schema": schema }));
        } else if let Some(encoding) = encoding(&schema) {
            operation.add_media_type(media_type::MULTIPART, json!({ "schema": schema, "encoding": encoding }));
        }
        for status in [
            StatusCode::BAD_REQUEST,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::UNPROCESSABLE_ENTITY,
        ] {
            operation.problem(status);
        }
    }
}
