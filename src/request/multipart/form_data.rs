//! Reads a form of either media type into a type.

use std::any::type_name;
use std::cell::LazyCell;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::request::body::parse_form;
use crate::request::fields::{self, Part, field_names};
use crate::request::multipart::Multipart;
use crate::request::multipart::field::Field;
use crate::request::multipart::form_limits::FormLimits;
use crate::request::multipart::storage::Writer;
use crate::request::multipart::too_many_fields;
use crate::request::multipart::uploaded_file::{UploadedFile, with_files};
use crate::request::{Request, media_type, words};

impl Request {
    /// Reads a form of either media type (`application/x-www-form-urlencoded` or `multipart/form-data`).
    ///
    /// The rules, the limits and the errors are those of the argument [`FormData`](crate::FormData).
    ///
    /// # Errors
    ///
    /// 415 if the body is of another media type, 400 if it is malformed, 413 if it is over a limit, 422 if the fields are not
    /// of the type, 500 if the body was read before or a temporary file cannot be written.
    ///
    /// ```
    /// use route_handlers::multipart::UploadedFile;
    /// use route_handlers::{Request, Result};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Message {
    ///     text: String,
    ///     attachments: Vec<UploadedFile>,
    /// }
    ///
    /// async fn send(mut request: Request) -> Result<String> {
    ///     let message: Message = request.form_data().await?;
    ///     Ok(format!("{} with {} files", message.text, message.attachments.len()))
    /// }
    /// ```
    pub async fn form_data<T: DeserializeOwned>(&mut self) -> Result<T> {
        self.read_form(field_names::<T>).await?.deserialize()
    }

    /// Reads the body as a form of either media type. `names` returns the names of the fields of the type; none if it does not
    /// tell them.
    pub(crate) async fn read_form(&mut self, names: fn() -> &'static [&'static str]) -> Result<ReadForm> {
        let is_multipart = media_type::check_form(&self.head())?;
        let limits = self.matched().states.get::<FormLimits>().unwrap_or_default();
        if !is_multipart {
            let bytes = self.bytes().await?;
            check_fields(&bytes, &limits)?;
            return Ok(ReadForm::UrlEncoded(bytes));
        }
        let (memory, texts) = (limits.memory, limits.memory);
        let reader =
            Reader { limits, memory, texts, names: LazyCell::new(names), parts: Vec::new(), files: Vec::new() };
        reader.read(self.multipart()?).await
    }
}

/// The fields of a form that was read.
pub(crate) enum ReadForm {
    UrlEncoded(Bytes),
    Multipart { parts: Vec<(String, Part)>, files: Vec<UploadedFile> },
}

impl ReadForm {
    /// Deserializes the fields. The files move into the value.
    pub(crate) fn deserialize<T: DeserializeOwned>(&mut self) -> Result<T> {
        match self {
            Self::UrlEncoded(bytes) => with_files(Vec::new(), || parse_form(bytes)),
            Self::Multipart { parts, files } => {
                let value = with_files(std::mem::take(files), || fields::deserialize_parts(parts));
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                value.map_err(|fault| fields::explain(&fault, type_name::<T>(), status, "the form"))
            }
        }
    }

    /// The names of the fields, in the order of the request.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::UrlEncoded(bytes) => form_urlencoded::parse(bytes).map(|(name, _)| name.into_owned()).collect(),
            Self::Multipart { parts, .. } => parts.iter().map(|(name, _)| name.clone()).collect(),
        }
    }
}

/// Reads all fields of a form, within its limits.
struct Reader {
    limits: Arc<FormLimits>,
    /// How many bytes of texts and files may still be kept in memory.
    memory: usize,
    /// How many bytes of texts may still be kept, so that files before them do not matter.
    texts: usize,
    /// The names of the fields that the type reads; none if it does not tell them. Only a form with a file needs them.
    names: LazyCell<&'static [&'static str]>,
    parts: Vec<(String, Part)>,
    files: Vec<UploadedFile>,
}

impl Reader {
    async fn read(mut self, form: Multipart) -> Result<ReadForm> {
        let mut form = form.with_max_fields(self.limits.fields);
        while let Some(field) = form.next_field().await? {
            let name = field.name().to_owned();
            let part = match field.file_name() {
                Some(_) => self.file(field).await?,
                None => {
                    self.keep(name.len())?;
                    Some(Part::Text(self.text(field).await?))
                }
            };
            self.parts.extend(part.map(|part| (name, part)));
        }
        Ok(ReadForm::Multipart { parts: self.parts, files: self.files })
    }

    async fn text(&mut self, mut field: Field<'_>) -> Result<String> {
        let limit = self.limits.of(field.name());
        let mut text = BytesMut::new();
        while let Some(chunk) = field.chunk().await? {
            self.keep(chunk.len())?;
            text.extend_from_slice(&chunk);
            check_size(field.name(), text.len(), limit)?;
        }
        String::from_utf8(text.into()).map_err(|error| {
            let detail = format!("the form: {} is not UTF-8 text", words::quoted(field.name()));
            Error::from_source(StatusCode::BAD_REQUEST, error).with_quoting_detail(detail)
        })
    }

    /// Reads a file; `None` if no file was chosen (HTML standard, §4.10.21.4: an empty file name and no content).
    async fn file(&mut self, mut field: Field<'_>) -> Result<Option<Part>> {
        let raw_name = field.file_name().unwrap_or_default().to_owned();
        let first = field.chunk().await?;
        if raw_name.is_empty() && first.is_none() {
            return Ok(None);
        }
        if !self.names.is_empty() && !self.names.contains(&field.name()) {
            return Ok(Some(Part::Text(String::new()))); // the type may refuse its name, and does not read its value
        }
        let limit = self.limits.of(field.name());
        let mut writer = Writer::new();
        let mut size = 0;
        let mut next = first;
        while let Some(chunk) = next {
            size += chunk.len();
            check_size(field.name(), size, limit)?;
            writer.write(&chunk, &mut self.memory).await.map_err(Error::internal)?;
            next = field.chunk().await?;
        }
        let stored = writer.finish().await.map_err(Error::internal)?;
        self.files.push(UploadedFile::new(raw_name, field.content_type().to_owned(), size as u64, stored));
        Ok(Some(Part::File(self.files.len() - 1)))
    }

    /// Counts bytes of a text, which stays in memory.
    fn keep(&mut self, bytes: usize) -> Result<()> {
        self.texts = self.texts.checked_sub(bytes).ok_or_else(|| too_much_text(&self.limits))?;
        self.memory = self.memory.saturating_sub(bytes);
        Ok(())
    }
}

/// Checks the limits of a form without files.
fn check_fields(bytes: &[u8], limits: &FormLimits) -> Result<()> {
    let mut texts = limits.memory;
    for (count, (name, value)) in form_urlencoded::parse(bytes).enumerate() {
        if count == limits.fields {
            return Err(too_many_fields());
        }
        check_size(&name, value.len(), limits.of(&name))?;
        texts = texts.checked_sub(name.len() + value.len()).ok_or_else(|| too_much_text(limits))?;
    }
    Ok(())
}

fn check_size(name: &str, size: usize, limit: usize) -> Result<()> {
    if size <= limit {
        return Ok(());
    }
    let detail = format!("the form: {} is longer than the {limit} bytes allowed here", words::quoted(name));
    Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE).with_quoting_detail(detail))
}

fn too_much_text(limits: &FormLimits) -> Error {
    let detail = format!("the texts of the form are longer than the {} bytes allowed here", limits.memory);
    Error::new(StatusCode::PAYLOAD_TOO_LARGE).with_detail(detail)
}
