//! Errors in folders and route files.

use std::error::Error;
use std::fmt;

/// A position in a file. Lines and columns begin at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Escapes the characters that end a line or reverse its direction. The name of a folder is printed in directives for cargo,
/// and in comments of the generated file.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => line.extend(character.escape_unicode()),
            _ if character.is_control() => line.extend(character.escape_default()),
            _ => line.push(character),
        }
    }
    line
}

/// An error in one file, with the way to fix it.
#[derive(Clone, Debug)]
pub(super) struct FileError {
    file: String,
    position: Option<Position>,
    text: String,
}

impl FileError {
    pub(super) fn new(file: &str, text: impl Into<String>) -> Self {
        Self { file: file.to_owned(), position: None, text: text.into() }
    }

    pub(super) fn at(file: &str, position: Position, text: impl Into<String>) -> Self {
        Self { position: Some(position), ..Self::new(file, text) }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(Position { line, column }) => write!(f, "{}:{line}:{column}: {}", self.file, self.text),
            None => write!(f, "{}: {}", self.file, self.text),
        }
    }
}

/// All errors in the folders of routes: see [`Builder::try_generate`](crate::app_dir::Builder::try_generate).
///
/// Each names its file, its line if it has one, and the way to fix it.
#[derive(Clone, Debug)]
pub struct BuildError {
    errors: Vec<String>,
}

impl BuildError {
    pub(super) fn new(errors: &[FileError]) -> Self {
        Self { errors: errors.iter().map(|error| one_line(&error.to_string())).collect() }
    }

    /// Returns the errors, each in one line: `app/api/users/route.rs:3:14: …`.
    pub fn errors(&self) -> impl ExactSizeIterator<Item = &str> {
        self.errors.iter().map(String::as_str)
    }
}

/// Prints each error in its own line.
impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.errors.join("\n"))
    }
}

impl Error for BuildError {}
