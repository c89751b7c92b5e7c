//! A parameter as the path of a file.

use std::path::PathBuf;

use http::StatusCode;

use crate::error::{Error, Result};
use crate::request::Request;

/// What Windows opens a device by, in any folder and with any extension.
const DEVICES: [&str; 6] = ["aux", "con", "conin$", "conout$", "nul", "prn"];

/// And by these, with one of the digits behind.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];
const DIGITS: [&str; 13] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"];

impl Request {
    /// A parameter as a relative path, to be joined to a folder: it leads to nothing outside of it.
    ///
    /// Each segment becomes a component of the path. Refused on every system is what any of them reads as more than a name:
    /// `..` and `.`, a separator (`/`, `\`) or a control character within a segment, `:` (a drive, or a stream of a file), a
    /// dot or a space at the end, the names of devices (`con`, `nul.txt`, …). Where the path ends in `/`, so does this one,
    /// and names no file; an optional catch-all that captured nothing is the empty path, which is the folder itself.
    ///
    /// The file system is not asked: a link within the folder may lead out of it, and a name that begins with a dot is a
    /// name. To serve a folder there is tower-http's `ServeDir`.
    ///
    /// # Errors
    ///
    /// 400 if the parameter is no such path, 500 if the pattern has no parameter of this name.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use route_handlers::{Request, Result, RouteHandlers, not_found};
    ///
    /// async fn file(request: Request) -> Result<Vec<u8>> {
    ///     let path = Path::new("uploads").join(request.safe_path("path")?);
    ///     std::fs::read(path).map_err(|_| not_found())
    /// }
    ///
    /// let api = RouteHandlers::new().get("/uploads/{*path}", file);
    /// ```
    pub fn safe_path(&self, name: &str) -> Result<PathBuf> {
        if self
            .0
            .as_ref()
            .and_then(|whole| whole.matched.pattern.as_ref())
            .and_then(|pattern| pattern.position(name))
            .is_none()
        {
            let reason = format!("the pattern has no parameter `{name}`");
            return Err(Error::from_source(StatusCode::INTERNAL_SERVER_ERROR, reason));
        }
        let segments: Vec<&str> = match self.segments(name) {
            Some(segments) => segments.collect(),
            None => self.param(name).into_iter().collect(),
        };
        let names = segments.strip_suffix(&[""]).unwrap_or(&segments);
        if names.iter().all(|segment| is_plain_name(segment)) {
            Ok(segments.iter().collect()) // an empty last segment ends the path in `/`
        } else {
            let detail = format!("the parameter `{name}` is not a safe file path");
            Err(Error::new(StatusCode::BAD_REQUEST).with_detail(detail))
        }
    }
}

/// Whether a segment is a plain file name on every operating system.
fn is_plain_name(segment: &str) -> bool {
    let is_special = |character: char| character.is_control() || r"/\:".contains(character);
    !segment.is_empty() && !segment.contains(is_special) && !segment.ends_with(['.', ' ']) && !is_device(segment)
}

fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default();
    let stem = stem.trim_end_matches(' ').to_ascii_lowercase(); // Windows ignores spaces there, but no other white space
    let numbered = NUMBERED_DEVICES.iter().find_map(|device| stem.strip_prefix(device));
    DEVICES.contains(&stem.as_str()) || numbered.is_some_and(|number| DIGITS.contains(&number))
}
