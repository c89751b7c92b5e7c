//! A path pattern: `/users/{id}/files/{*rest}`, parsed once into segments.

use std::fmt;

use crate::routing::error::PatternError;
use crate::routing::path::{BadPath, canonical, decode};
use crate::routing::words::ends;

/// The longest path that a request can have (`http::Uri` holds no more), and so the longest pattern.
const MAX_LENGTH: usize = u16::MAX as usize;

/// More segments than this are a mistake, and a lookup goes one call deeper for each.
const MAX_SEGMENTS: usize = 1024;

/// A parsed pattern: its text and where the names of its parameters stand in it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: Box<str>,
    names: Box<[Name]>,
}

/// A parameter's name, as a range of the pattern's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Name {
    /// Its [`ends`].
    ends: [u64; 2],
    start: u16,
    length: u16,
    catch_all: bool,
}

/// What one segment of a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Segment {
    /// The same segment, in its canonical form.
    Literal(String),
    /// A parameter with a literal before or after it: `v{n}`, `{name}.json`.
    Mixed { prefix: String, suffix: String },
    /// `{id}`: any segment that is not empty.
    Param,
    /// `{*rest}`: one segment or more.
    CatchAll,
    /// `{*rest?}`: zero segments or more.
    OptionalCatchAll,
}

impl Pattern {
    /// Parses the text of a pattern.
    pub(super) fn parse(text: &str) -> Result<(Self, Vec<Segment>), PatternError> {
        let Some(relative) = text.strip_prefix('/') else { return Err(PatternError::NoLeadingSlash) };
        if text.len() > MAX_LENGTH || relative.split('/').count() > MAX_SEGMENTS {
            return Err(PatternError::TooLong);
        }
        let mut segments = Vec::new();
        let mut names = Vec::new();
        let mut start = 1;
        let mut rest = relative.split('/').peekable();
        while let Some(segment) = rest.next() {
            let is_last = rest.peek().is_none();
            if segment.is_empty() && !is_last {
                return Err(PatternError::EmptySegment);
            }
            let (parsed, name) = parse_segment(segment, start)?;
            if matches!(parsed, Segment::CatchAll | Segment::OptionalCatchAll) && !is_last {
                return Err(PatternError::CatchAllNotLast);
            }
            names.extend(name);
            segments.push(parsed);
            start += segment.len() + 1;
        }
        let pattern = Self { text: text.into(), names: names.into() };
        pattern.check_names()?;
        Ok((pattern, segments))
    }

    /// The pattern as it was registered.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of the parameters, in their order.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| self.name(*name))
    }

    /// The name of the parameter at a place.
    pub(crate) fn name_at(&self, position: usize) -> Option<&str> {
        self.names.get(position).map(|name| self.name(*name))
    }

    /// The place of the parameter with this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let ends = ends(name);
        let is_it = |own: &Name| {
            let text = &self.text.as_bytes()[usize::from(own.start)..]; // a slice of bytes need not look for characters
            own.ends == ends && text.get(..usize::from(own.length)) == Some(name.as_bytes())
        };
        self.names.iter().position(is_it)
    }

    /// The same by the [`ends`] of a name of at most sixteen bytes, which are all of it.
    #[inline]
    pub(crate) fn position_of_short(&self, ends: [u64; 2], length: usize) -> Option<usize> {
        self.names.iter().position(|own| own.ends == ends && usize::from(own.length) == length)
    }

    /// Whether the parameter at this place is a catch-all.
    pub(crate) fn is_catch_all(&self, position: usize) -> bool {
        self.names.get(position).is_some_and(|name| name.catch_all)
    }

    fn name(&self, name: Name) -> &str {
        &self.text[usize::from(name.start)..][..usize::from(name.length)]
    }

    fn check_names(&self) -> Result<(), PatternError> {
        for (position, name) in self.names().enumerate() {
            if self.position(name) != Some(position) {
                return Err(PatternError::RepeatedName(name.to_owned()));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// `prefix` and `pattern` as one pattern: what `nest` registers. The pattern `/` is the prefix itself.
pub(crate) fn join(prefix: &str, pattern: &str) -> String {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    match pattern {
        "/" if !prefix.is_empty() => prefix.to_owned(),
        _ => format!("{prefix}{pattern}"),
    }
}

fn parse_segment(segment: &str, start: usize) -> Result<(Segment, Option<Name>), PatternError> {
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
        (None, false) => (name, Segment::Mixed { prefix: affix(prefix)?, suffix: affix(suffix)? }),
    };
    if bare.is_empty() || !bare.chars().all(is_name_character) {
        return Err(PatternError::BadName(bare.to_owned()));
    }
    let catch_all = matches!(parsed, Segment::CatchAll | Segment::OptionalCatchAll);
    let from = start + open + 1 + usize::from(catch_all);
    let range = u16::try_from(from).ok().zip(u16::try_from(bare.len()).ok());
    let (start, length) = range.ok_or(PatternError::TooLong)?;
    Ok((parsed, Some(Name { ends: ends(bare), start, length, catch_all })))
}

/// Where the first `{…}` of a segment stands; `{{` and `}}` are literal braces.
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
            characters.next(); // here they stand in pairs
        }
    }
    let canonical = canonical(&text).as_str().to_owned();
    match decode(&canonical) {
        Ok(_) | Err(BadPath::DotSegment) if !text.contains(['?', '#', '\0']) => Ok(canonical),
        _ => Err(PatternError::BadLiteral(text)),
    }
}

/// Other routers' syntax would be a literal here, and never match: say how it is written instead.
fn refuse_other_syntax(segment: &str) -> Result<(), PatternError> {
    let within = |open: &str, close: &str| segment.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let (name, before, after) = if let Some(name) = within("[[...", "]]") {
        (name, "{*", "?}")
    } else if let Some(name) = within("[...", "]") {
        (name, "{*", "}")
    } else if let Some(name) = within("[[", "]]").or(within("[", "]")) {
        (name, "{", "}")
    } else if let Some(name) = segment.strip_prefix(':').filter(|name| !name.is_empty()) {
        (name, "{", "}")
    } else if let Some(name) = segment.strip_prefix('*') {
        (if name.is_empty() { "rest" } else { name }, "{*", "}")
    } else {
        return Ok(());
    };
    let end = name.find(|character| !is_name_character(character)).unwrap_or(name.len());
    let (name, rest) = name.split_at(end);
    // What follows the name is a literal, as in `:id.json`, or a constraint, which a pattern does not have.
    let rest = if rest.starts_with('.') && before == "{" { rest } else { "" };
    let name = if name.is_empty() { "name" } else { name };
    Err(PatternError::OtherSyntax { segment: segment.to_owned(), meant: format!("{before}{name}{after}{rest}") })
}

/// Letters and digits, and beyond ASCII what does not lie where Unicode has most of its punctuation, signs and symbols: to
/// tell each one takes tables, which are 2 KB of a small program.
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
