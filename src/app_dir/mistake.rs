//! What is wrong with a folder, a file or a line.

use std::error::Error;
use std::fmt;

/// A place in a file; lines and columns begin at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Escapes the characters that end a line or reverse its direction. A folder's name goes into directives for cargo, and
/// into comments of the generated file.
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

/// A mistake, with its file and how to mend it.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    file: String,
    place: Option<Place>,
    text: String,
}

impl Mistake {
    pub(super) fn new(file: &str, text: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, text: text.into() }
    }

    pub(super) fn at(file: &str, place: Place, text: impl Into<String>) -> Self {
        Self { place: Some(place), ..Self::new(file, text) }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place { line, column }) => write!(f, "{}:{line}:{column}: {}", self.file, self.text),
            None => write!(f, "{}: {}", self.file, self.text),
        }
    }
}

/// Why the folders were refused: every mistake, each with its file, its line where it has one, and how to mend it.
#[derive(Clone, Debug)]
pub struct BuildError {
    mistakes: Vec<String>,
}

impl BuildError {
    pub(super) fn new(mistakes: &[Mistake]) -> Self {
        Self { mistakes: mistakes.iter().map(|mistake| one_line(&mistake.to_string())).collect() }
    }

    /// The mistakes: `app/api/users/route.rs:3:14: …`, one line each.
    pub fn mistakes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.mistakes.iter().map(String::as_str)
    }
}

/// The mistakes, a line each.
impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mistakes.join("\n"))
    }
}

impl Error for BuildError {}
