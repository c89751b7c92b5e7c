//! A pattern and its parameters as a route and a path of axum's router.
//!
//! Only axum's router sets the parameters that axum's `Path` reads. It does not decode a path before it matches a route: it
//! finds `/%61pi` not equal to `/api`. So it is called with a path that is made from the pattern and the parameters.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::request::Head;

/// The bytes that are encoded in a segment: all except `pchar` (RFC 3986 §3.3), so that the path gets no longer than sent.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A `%` in a literal belongs to the encoding of the pattern.
const LITERAL: &AsciiSet = &SEGMENT.remove(b'%');

/// A route of axum, and a path that it matches.
pub(super) struct AxumRoute {
    pub(super) pattern: String,
    pub(super) path: String,
    /// Whether the route is the pattern of the table. If not, a part of a segment is a parameter.
    pub(super) is_pattern: bool,
}

impl AxumRoute {
    /// The route of the request's pattern.
    pub(super) fn of(head: &Head<'_>) -> Self {
        let mut route = Self { pattern: String::new(), path: String::new(), is_pattern: true };
        let Some(pattern) = head.pattern else { return route.finish() };
        let mut names = pattern.names();
        for segment in pattern.as_str().split('/').skip(1) {
            if is_literal(segment) {
                route.add_literal(segment);
            } else if let Some(name) = names.next() {
                route.add_parameter(head, segment, name);
            }
        }
        route.finish()
    }

    fn add_literal(&mut self, segment: &str) {
        let literal = segment.replace("{{", "{").replace("}}", "}");
        let literal = utf8_percent_encode(&literal, LITERAL).to_string();
        for text in [&mut self.pattern, &mut self.path] {
            text.push('/');
            text.push_str(&literal);
        }
    }

    fn add_parameter(&mut self, head: &Head<'_>, segment: &str, name: &str) {
        let Some(values) = head.segments(name) else {
            self.is_pattern &= segment.len() == name.len() + 2; // the braces of `{name}`
            self.pattern.extend(["/{", name, "}"]);
            self.add_value(head.param(name).unwrap_or_default());
            return;
        };
        let values: Vec<&str> = values.collect();
        if !values.is_empty() {
            self.pattern.extend(["/{*", name, "}"]);
            for value in values {
                self.add_value(value);
            }
        }
    }

    fn add_value(&mut self, value: &str) {
        self.path.push('/');
        self.path.extend(utf8_percent_encode(value, SEGMENT));
    }

    /// A pattern without segments is the root.
    fn finish(mut self) -> Self {
        for text in [&mut self.pattern, &mut self.path] {
            if text.is_empty() {
                text.push('/');
            }
        }
        self
    }
}

/// Whether a segment of a pattern has no parameter. `{{` and `}}` are braces of a literal.
fn is_literal(segment: &str) -> bool {
    !segment.replace("{{", "").contains('{')
}
