//! Splits a form into headers and contents (RFC 2046 §5.1.1). The result does not depend on the chunks of the body.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem::Finder;
use memchr::memrchr;

use crate::error::Result;
use crate::request::multipart::malformed;

/// The maximal length of the headers of a field.
const MAX_HEAD: usize = 16 * 1024;

const CRLF: &[u8] = b"\r\n";

/// The bytes that are not parsed yet, and the state of the parser at their start.
///
/// The work is linear in the bytes for chunks of any size: a search never restarts at the start of the buffer.
pub(super) struct Parser {
    buffer: BytesMut,
    /// The number of bytes at the start of `buffer` in which no head ends.
    searched: usize,
    state: State,
    /// CRLF, `--`, and the boundary.
    delimiter: Finder<'static>,
    has_ended: bool,
}

#[derive(Clone, Copy)]
enum State {
    Preamble,
    AfterBoundary,
    /// In the white space that may follow a boundary.
    Padding,
    /// From the CRLF before the first header to the empty line.
    Head,
    /// At the CRLF of the empty line. If the field has no content, this CRLF is a part of the delimiter.
    EmptyLine,
    Content,
    AfterLastBoundary,
    Epilogue,
}

/// A piece of a form.
pub(super) enum Event {
    /// The header lines of a field, without the empty line.
    Head(Bytes),
    Content(Bytes),
    ContentEnd,
    FormEnd,
}

impl Parser {
    pub(super) fn new(boundary: &str) -> Self {
        let delimiter = Finder::new(&format!("\r\n--{boundary}")).into_owned();
        // The first boundary has no CRLF before it if the preamble is empty.
        let buffer = BytesMut::from(CRLF);
        Self { buffer, searched: 0, state: State::Preamble, delimiter, has_ended: false }
    }

    /// Adds the next bytes of the body.
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// Notes that no more bytes follow.
    pub(super) fn end(&mut self) {
        self.has_ended = true;
    }

    /// The next piece; `None` if more bytes are needed.
    ///
    /// # Errors
    ///
    /// 400 if the form is malformed.
    pub(super) fn next(&mut self) -> Result<Option<Event>> {
        match (self.step()?, self.state) {
            (None, State::AfterLastBoundary | State::Epilogue) if self.has_ended => Ok(Some(Event::FormEnd)),
            (None, State::Preamble) if self.has_ended => {
                Err(malformed("no line is the `boundary` of `content-type` after `--`"))
            }
            (None, _) if self.has_ended => Err(malformed("it ends before the closing boundary")),
            (event, _) => Ok(event),
        }
    }

    fn step(&mut self) -> Result<Option<Event>> {
        loop {
            let state = match self.state {
                State::Preamble => self.preamble(),
                State::AfterBoundary => self.after_boundary(),
                State::Padding => self.padding()?,
                State::Head => return self.head(),
                State::EmptyLine => self.empty_line(),
                State::Content => return Ok(self.content()),
                State::AfterLastBoundary => self.after_last_boundary()?,
                State::Epilogue => {
                    self.buffer.clear();
                    None
                }
            };
            match state {
                Some(state) => self.state = state,
                None => return Ok(None),
            }
        }
    }

    fn preamble(&mut self) -> Option<State> {
        match find(&self.delimiter, &self.buffer) {
            Some(at) => {
                self.buffer.advance(at + self.delimiter.needle().len());
                Some(State::AfterBoundary)
            }
            None => {
                self.buffer.advance(self.buffer.len() - self.begun_delimiter());
                None
            }
        }
    }

    fn after_boundary(&mut self) -> Option<State> {
        match self.buffer.get(..2) {
            Some(b"--") => {
                self.buffer.advance(2);
                Some(State::AfterLastBoundary)
            }
            None if b"-".starts_with(&self.buffer) => None,
            _ => Some(State::Padding),
        }
    }

    fn padding(&mut self) -> Result<Option<State>> {
        self.skip_padding();
        match self.buffer.get(..2) {
            Some(CRLF) => {
                self.searched = 0;
                Ok(Some(State::Head))
            }
            None if CRLF.starts_with(&self.buffer) => Ok(None),
            _ => Err(malformed("a boundary is not followed by CRLF")),
        }
    }

    fn head(&mut self) -> Result<Option<Event>> {
        let from = self.searched.saturating_sub(3);
        let end = find(&Finder::new(b"\r\n\r\n"), &self.buffer[from..]).map(|at| from + at);
        self.searched = self.buffer.len();
        if end.unwrap_or(self.buffer.len().saturating_sub(3)) > MAX_HEAD {
            return Err(malformed("the headers of a field are longer than 16 KiB"));
        }
        Ok(end.map(|end| {
            let head = self.buffer.split_to(end + CRLF.len()).freeze();
            self.state = State::EmptyLine;
            Event::Head(head.slice(CRLF.len().min(end)..end))
        }))
    }

    /// Passes the empty line. A field without content may end here: this CRLF then begins the delimiter.
    fn empty_line(&mut self) -> Option<State> {
        let delimiter = self.delimiter.needle();
        let has_no_content = self.buffer.starts_with(delimiter);
        if !has_no_content && delimiter.starts_with(&self.buffer) {
            return None;
        }
        if !has_no_content {
            self.buffer.advance(CRLF.len());
        }
        Some(State::Content)
    }

    fn content(&mut self) -> Option<Event> {
        let end = match find(&self.delimiter, &self.buffer) {
            Some(0) => {
                self.buffer.advance(self.delimiter.needle().len());
                self.state = State::AfterBoundary;
                return Some(Event::ContentEnd);
            }
            Some(end) => end,
            None => self.buffer.len() - self.begun_delimiter(),
        };
        (end > 0).then(|| Event::Content(self.buffer.split_to(end).freeze()))
    }

    /// Checks that the last boundary ends its line, or the form. Another parser may read a longer line as content.
    fn after_last_boundary(&mut self) -> Result<Option<State>> {
        self.skip_padding();
        match self.buffer.first() {
            None => Ok(None),
            Some(b'\r' | b'\n') => Ok(Some(State::Epilogue)),
            Some(_) => Err(malformed("text follows the closing boundary on the same line")),
        }
    }

    fn skip_padding(&mut self) {
        let padding = self.buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.buffer.advance(padding);
    }

    /// The length of a part of the delimiter at the end of the buffer. Only the first byte of the delimiter is a CR, so it
    /// can begin at one place only.
    fn begun_delimiter(&self) -> usize {
        let delimiter = self.delimiter.needle();
        let tail = &self.buffer[self.buffer.len().saturating_sub(delimiter.len() - 1)..];
        let begun = memrchr(b'\r', tail).map_or(&[][..], |at| &tail[at..]);
        if delimiter.starts_with(begun) { begun.len() } else { 0 }
    }
}

fn find(needle: &Finder<'_>, bytes: &[u8]) -> Option<usize> {
    let found = needle.find(bytes);
    #[cfg(test)]
    tests::SEARCHED.set(tests::SEARCHED.get() + found.unwrap_or(bytes.len()));
    found
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// The number of bytes that were searched for a delimiter or the end of a head.
        pub(super) static SEARCHED: Cell<usize> = const { Cell::new(0) };
    }

    /// The number of searched bytes for each byte of a form that arrives in chunks of this size.
    fn searched_per_byte(form: &str, chunk: usize) -> usize {
        SEARCHED.set(0);
        let mut parser = Parser::new("B");
        for chunk in form.as_bytes().chunks(chunk) {
            parser.feed(chunk);
            while parser.next().unwrap().is_some() {}
        }
        SEARCHED.get() / form.len()
    }

    #[test]
    fn each_byte_is_searched_a_few_times_for_chunks_of_any_size() {
        let head = "--B\r\ncontent-disposition: form-data; name=a\r\n";
        let long_head = format!("{head}x-a: {}\r\n\r\n\r\n", "a".repeat(16_000));
        let content = format!("{head}\r\n{}\r\n", "\r\n--A\r".repeat(2000));
        for (what, form) in [
            ("a long head", long_head.clone()),
            ("long heads", long_head.repeat(10)),
            ("many header lines", format!("{head}{}\r\n\r\n", "x:y\r\n".repeat(3000))),
            ("a preamble", format!("{}\r\n{head}\r\n\r\n", "\r\n--A\r".repeat(2000))),
            ("content like a delimiter", content.repeat(5)),
            ("many fields", format!("{head}\r\n\r\n").repeat(1000)),
            ("padding", format!("--B{}\r\n", " ".repeat(20_000))),
        ] {
            for chunk in [1, 2, 3, 100, form.len()] {
                let searched = searched_per_byte(&form, chunk);
                assert!(searched <= 8, "{what} in chunks of {chunk}: {searched}");
            }
        }
    }
}
