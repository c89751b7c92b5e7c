//! A path pattern: `/users/{id}/files/{*rest}`, parsed once into segments.

use std::fmt;

use crate::routing::error::{PatternError, RouteError};
use crate::routing::path::{BadPath, canonical, decode};

/// The longest path that `http::Uri` can hold, and so the longest pattern.
const MAX_LENGTH: usize = u16::MAX as usize;

/// The most segments. A search may recurse once for each.
const MAX_SEGMENTS: usize = 1024;

/// A parsed pattern: its text and its parameters.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: Box<str>,
    params: Box<[Param]>,
}

/// A parameter of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Param {
    name: Box<str>,
    /// The [`ends`] of the name.
    ends: [u64; 2],
    is_catch_all: bool,
}

/// What one segment of a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// A segment that is equal to this text in its canonical form.
    Literal(String),
    /// A parameter with a literal before or after it: `v{n}`, `{name}.json`.
    Affixed { prefix: String, suffix: String },
    /// `{id}`: any segment that is not empty.
    Param,
    /// `{*rest}`: one segment or more.
    CatchAll,
    /// `{*rest?}`: zero segments or more.
    OptionalCatchAll,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, and how to fix it.
    pub(crate) fn new(text: &str) -> Result<Self, RouteError> {
        Self::parse(text).map(|(pattern, _)| pattern)
    }

    /// Parses a pattern. Returns its segments too.
    pub(super) fn parse(text: &str) -> Result<(Self, Vec<Segment>), RouteError> {
        Self::try_parse(text).map_err(|error| RouteError::malformed(text, error))
    }

    fn try_parse(text: &str) -> Result<(Self, Vec<Segment>), PatternError> {
        let relative = text.strip_prefix('/').ok_or(PatternError::NoLeadingSlash)?;
        if text.len() > MAX_LENGTH || relative.split('/').count() > MAX_SEGMENTS {
            return Err(PatternError::TooLong);
        }
        let mut segments = Vec::new();
        let mut params: Vec<Param> = Vec::new();
        let mut rest = relative.split('/').peekable();
        while let Some(segment) = rest.next() {
            let is_last = rest.peek().is_none();
            if segment.is_empty() && !is_last {
                return Err(PatternError::EmptySegment);
            }
            let (segment, name) = parse_segment(segment)?;
            if segment.is_catch_all() && !is_last {
                return Err(PatternError::CatchAllNotLast);
            }
            if let Some(name) = name {
                if params.iter().any(|param| &*param.name == name) {
                    return Err(PatternError::RepeatedName(name.to_owned()));
                }
                params.push(Param { name: name.into(), ends: ends(name), is_catch_all: segment.is_catch_all() });
            }
            segments.push(segment);
        }
        Ok((Self { text: text.into(), params: params.into() }, segments))
    }

    /// The pattern as it was registered.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of the parameters, in their order.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.params.iter().map(|param| &*param.name)
    }

    /// The name of the parameter at a position.
    pub(crate) fn name_at(&self, position: usize) -> Option<&str> {
        self.params.get(position).map(|param| &*param.name)
    }

    /// The position of the parameter with this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|param| &*param.name == name)
    }

    /// Finds a parameter by the [`ends`] and the length of its name, which has at most 16 bytes.
    ///
    /// If the name is a literal, both are computed at compile time, and no texts are compared. This saves 4 % of a request with
    /// three parameters.
    pub(crate) fn position_of_short(&self, ends: [u64; 2], length: usize) -> Option<usize> {
        self.params.iter().position(|param| param.ends == ends && param.name.len() == length)
    }

    /// Whether the last parameter may capture nothing: `{*rest?}`.
    pub(crate) fn has_optional_catch_all(&self) -> bool {
        self.text.ends_with("?}") // no literal and no name has a `?`
    }

    /// Whether the parameter at this position is a catch-all.
    pub(crate) fn is_catch_all(&self, position: usize) -> bool {
        self.params.get(position).is_some_and(|param| param.is_catch_all)
    }
}

impl Segment {
    fn is_catch_all(&self) -> bool {
        matches!(self, Self::CatchAll | Self::OptionalCatchAll)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// The first eight and the last eight bytes of a text, as two little-endian words. They contain all of a text of at most 16
/// bytes.
///
/// A text of fewer than eight bytes is in the first word, and the second word is 0.
#[inline]
pub(crate) fn ends(text: &str) -> [u64; 2] {
    let text = text.as_bytes();
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => [u64::from_le_bytes(*first), u64::from_le_bytes(*last)],
        _ => [text.iter().rfold(0, |word, byte| word << 8 | u64::from(*byte)), 0],
    }
}

/// Checks that a text can be the prefix of a pattern.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), RouteError> {
    match Pattern::parse(prefix)?.1.last() {
        Some(last) if last.is_catch_all() => Err(RouteError::malformed(prefix, PatternError::CatchAllNotLast)),
        _ => Ok(()),
    }
}

/// Joins a prefix and a pattern. The pattern `/` below a prefix is the prefix itself.
pub(crate) fn join(prefix: &str, pattern: &str) -> String {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    match pattern {
        "/" if !prefix.is_empty() => prefix.to_owned(),
        _ => format!("{prefix}{pattern}"),
    }
}

/// Parses a segment. Returns the name of its parameter too.
fn parse_segment(segment: &str) -> Result<(Segment, Option<&str>), PatternError> {
    refuse_other_syntax(segment)?;
    let Some((open, close)) = braces(segment)? else {
        return Ok((Segment::Literal(literal(segment)?), None));
    };
    let (prefix, name, suffix) = (&segment[..open], &segment[open + 1..close], &segment[close + 1..]);
    if braces(suffix).map_err(|_| PatternError::Braces(segment.to_owned()))?.is_some() {
        return Err(PatternError::TwoParameters(segment.to_owned()));
    }
    let alone = prefix.is_empty() && suffix.is_empty();
    let (bare, parsed) = match (name.strip_prefix('*'), alone) {
        (Some(_), false) => return Err(PatternError::CatchAllNotAlone(segment.to_owned())),
        (Some(rest), true) => match rest.strip_suffix('?') {
            Some(rest) => (rest, Segment::OptionalCatchAll),
            None => (rest, Segment::CatchAll),
        },
        (None, true) => (name, Segment::Param),
        (None, false) => (name, Segment::Affixed { prefix: affix(prefix)?, suffix: affix(suffix)? }),
    };
    if !is_name(bare) {
        return Err(bad_name(segment, bare));
    }
    Ok((parsed, Some(bare)))
}

/// Returns the positions of the first `{` and its `}`. `{{` and `}}` are literal braces.
fn braces(segment: &str) -> Result<Option<(usize, usize)>, PatternError> {
    let mut open = None;
    let mut characters = segment.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (character, open) {
            ('{' | '}', None) if characters.next_if(|(_, next)| *next == character).is_some() => {}
            ('{', None) => open = Some(at),
            ('}', Some(open)) => return Ok(Some((open, at))),
            ('{' | '}', _) => return Err(PatternError::Braces(segment.to_owned())),
            _ => {}
        }
    }
    match open {
        Some(_) => Err(PatternError::Braces(segment.to_owned())),
        None => Ok(None),
    }
}

/// The canonical form of a literal segment.
fn literal(text: &str) -> Result<String, PatternError> {
    match affix(text)? {
        dots if dots == "." || dots == ".." => Err(PatternError::BadLiteral(dots)),
        literal => Ok(literal),
    }
}

/// The canonical form of a literal before or after a parameter.
fn affix(text: &str) -> Result<String, PatternError> {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Ok(text.to_owned());
    }
    let mut characters = text.chars();
    let mut text = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        text.push(character);
        if matches!(character, '{' | '}') {
            characters.next(); // a literal brace is written twice
        }
    }
    let canonical = canonical(&text).as_str().to_owned();
    match decode(&canonical) {
        Ok(_) | Err(BadPath::DotSegment) if !text.contains(['?', '#', '\0']) => Ok(canonical),
        _ => Err(PatternError::BadLiteral(text)),
    }
}

/// Refuses the syntax of other routers, which would be a literal here and never match.
fn refuse_other_syntax(segment: &str) -> Result<(), PatternError> {
    let is_other = match segment.as_bytes() {
        [b'[', .., last] => *last == b']',
        [b'*' | b'<', ..] | [b':', _, ..] => true,
        _ => false,
    };
    if !is_other {
        return Ok(());
    }
    let is_several = segment.starts_with('*') || has_dots(segment) || segment.starts_with("<path:");
    let is_optional = is_several && segment.starts_with("[[");
    let inside = segment.split_once(':').map_or(segment, |(_, inside)| inside); // `:id`, `<int:id>`
    let named = &inside[inside.find(is_name_character).unwrap_or(inside.len())..];
    let (name, rest) = named.split_at(named.find(|character| !is_name_character(character)).unwrap_or(named.len()));
    let rest = rest.trim_start_matches('>');
    // The rest is a literal, as in `:id.json`, or a constraint, which a pattern cannot have.
    let rest = if rest.starts_with('.') && !is_several { rest } else { "" };
    let name = if name.is_empty() { if is_several { "rest" } else { "name" } } else { name };
    let (star, mark) = (if is_several { "*" } else { "" }, if is_optional { "?" } else { "" });
    Err(PatternError::OtherSyntax { segment: segment.to_owned(), meant: format!("{{{star}{name}{mark}}}{rest}") })
}

/// The error for a name that has the syntax of another router, or that is no name at all.
fn bad_name(segment: &str, name: &str) -> PatternError {
    if name.strip_suffix('?').is_some_and(is_name) {
        return PatternError::Optional(segment.to_owned());
    }
    let bare = name.trim_matches(['.', '*', ':']);
    if bare == name || !is_name(bare) {
        return PatternError::BadName(name.to_owned());
    }
    let star = if has_dots(name) || name.contains('*') { "*" } else { "" };
    PatternError::OtherSyntax { segment: segment.to_owned(), meant: format!("{{{star}{bare}}}") }
}

fn has_dots(text: &str) -> bool {
    text.as_bytes().windows(2).any(|bytes| bytes == b"..")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name_character)
}

/// Whether a name may have this character: ASCII letters and digits, `_`, `-`, and most characters beyond ASCII.
///
/// Refuses the ranges in which Unicode has most of its punctuation and symbols. An exact test needs tables of 2 KB.
fn is_name_character(character: char) -> bool {
    match character {
        '_' | '-' => true,
        '\u{80}'..='\u{bf}'
        | '\u{d7}'
        | '\u{f7}'
        | '\u{2000}'..='\u{2bff}'
        | '\u{3000}'..='\u{3004}'
        | '\u{3008}'..='\u{303f}' => false,
        _ => character.is_ascii_alphanumeric() || !character.is_ascii(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_tell_a_text_from_others_of_its_length() {
        assert_eq!(
            [ends(""), ends("ab"), ends("abcdefgh")].map(|[first, _]| first),
            [0, 0x6261, 0x6867_6665_6463_6261]
        );
        for length in 1..=16 {
            for at in 0..length {
                let other = "a".repeat(at) + "b" + &"a".repeat(length - at - 1);
                assert_ne!(ends(&"a".repeat(length)), ends(&other), "{length} {at}");
            }
        }
    }
}
