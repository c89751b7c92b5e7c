//! A path parameter as a safe file path.

use std::path::PathBuf;

use http::StatusCode;

use crate::error::{Error, Result};
use crate::request::Request;

/// Names that open a device on Windows, in any folder and with any extension.
const DEVICES: [&str; 6] = ["aux", "con", "conin$", "conout$", "nul", "prn"];

/// Names that open a device on Windows if a digit follows.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];
const DIGITS: [&str; 13] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"];

impl Request {
    /// Returns a path parameter as a relative path that stays in the folder to which it is joined.
    ///
    /// Each segment becomes a component of the path. On every operating system, these segments are refused:
    ///
    /// * `.` and `..`
    /// * a segment with a separator (`/`, `\`), a control character, or `:` (a drive or a file stream)
    /// * a segment that ends in a dot or a space
    /// * the name of a Windows device (`con`, `nul.txt`, …)
    ///
    /// If the request path ends in `/`, so does the result, which then names no file. An optional catch-all that captured
    /// nothing is the empty path, which is the folder itself.
    ///
    /// The file system is not read: a symbolic link in the folder may lead out of it, and hidden files are not refused. To
    /// serve a whole folder, use `ServeDir` of tower-http.
    ///
    /// # Errors
    ///
    /// 400 if a segment is refused, 500 if the pattern has no parameter of this name.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use route_handlers::response::not_found;
    /// use route_handlers::{Request, Result, RouteHandlers};
    ///
    /// async fn file(request: Request) -> Result<Vec<u8>> {
    ///     let path = Path::new("uploads").join(request.safe_path("path")?);
    ///     std::fs::read(path).map_err(|_| not_found())
    /// }
    ///
    /// let api = RouteHandlers::new().get("/uploads/{*path}", file);
    /// ```
    pub fn safe_path(&self, name: &str) -> Result<PathBuf> {
        let pattern = self.0.as_ref().and_then(|whole| whole.matched.pattern.as_ref());
        if pattern.is_none_or(|pattern| pattern.position(name).is_none()) {
            let reason = format!("the pattern has no parameter `{name}`");
            return Err(Error::internal(reason));
        }
        let segments: Vec<&str> = match self.segments(name) {
            Some(segments) => segments.collect(),
            None => self.param(name).into_iter().collect(),
        };
        let names = segments.strip_suffix(&[""]).unwrap_or(&segments);
        if names.iter().all(|segment| is_plain_name(segment)) {
            Ok(segments.iter().collect()) // an empty last segment makes the path end in `/`
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
    let stem = stem.trim_end_matches(' ').to_ascii_lowercase(); // Windows ignores trailing spaces, but no other white space
    let numbered = NUMBERED_DEVICES.iter().find_map(|device| stem.strip_prefix(device));
    DEVICES.contains(&stem.as_str()) || numbered.is_some_and(|number| DIGITS.contains(&number))
}
