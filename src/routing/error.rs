//! Why a route cannot be registered.

use std::error::Error;
use std::fmt;
use std::panic::Location;

use http::Method;

use crate::routing::place::Place;

/// What is wrong with the text of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PatternError {
    NoLeadingSlash,
    TooLong,
    EmptySegment,
    CatchAllNotLast,
    CatchAllNotAlone(String),
    TwoParameters(String),
    RepeatedName(String),
    BadName(String),
    Optional(String),
    BadLiteral(String),
    Braces(String),
    OtherSyntax { segment: String, meant: String },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLeadingSlash => write!(f, "a pattern begins with `/`"),
            Self::TooLong => write!(f, "a pattern has at most 65535 bytes and 1024 segments"),
            Self::EmptySegment => write!(f, "it has an empty segment (`//`), which is never dropped: write one `/`"),
            Self::CatchAllNotLast => write!(f, "a catch-all must be the last segment"),
            Self::CatchAllNotAlone(segment) => {
                write!(f, "in `{segment}` the catch-all must be the whole segment")
            }
            Self::TwoParameters(segment) => {
                write!(f, "`{segment}` has two parameters: a segment has one at most")
            }
            Self::RepeatedName(name) => write!(f, "two parameters are named `{name}`: rename one"),
            Self::BadName(name) if name.is_empty() => write!(f, "a parameter has no name"),
            Self::Optional(segment) => {
                write!(f, "`{segment}` cannot be optional: register a second pattern without this segment")
            }
            Self::BadName(name) => {
                write!(
                    f,
                    "`{name}` is no parameter name: letters, digits, `_` and `-` (constraints go into the handler)"
                )
            }
            Self::BadLiteral(text) => write!(
                f,
                "`{text}` can never match: a literal has no `?`, no `#`, no dot segment, and escapes of UTF-8 text only"
            ),
            Self::Braces(segment) => {
                write!(
                    f,
                    "the braces of `{segment}` do not pair: a parameter is `{{id}}`, a literal brace `{{{{` or `}}}}`"
                )
            }
            Self::OtherSyntax { segment, meant } => {
                write!(f, "`{segment}` is another router's syntax: write `{meant}`")
            }
        }
    }
}

/// The error of a route that cannot be registered. The text names both routes of a conflict.
///
/// The methods that register a route panic with this text at the caller's line. Their `try_` forms return the error.
///
/// ```
/// use route_handlers::{RouteHandlers, get};
///
/// let error = RouteHandlers::new().try_route("/users/[id]", get(async || "hi")).unwrap_err();
/// assert_eq!(error.pattern(), "/users/[id]");
/// assert!(error.to_string().contains("write `{id}`"));
/// ```
#[derive(Clone, Debug)]
pub struct RouteError(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    pattern: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Pattern(PatternError),
    Duplicate { method: String, first: Place },
    SameShape { other: String, first: Place },
    Handler { method: String, reason: String },
    Claim { reason: String },
}

impl RouteError {
    pub(super) fn malformed(pattern: &str, error: PatternError) -> Self {
        Self::new(pattern, Kind::Pattern(error))
    }

    pub(super) fn duplicate(pattern: &str, method: &str, first: Place) -> Self {
        Self::new(pattern, Kind::Duplicate { method: method.to_owned(), first })
    }

    pub(super) fn same_shape(pattern: &str, other: &str, first: Place) -> Self {
        Self::new(pattern, Kind::SameShape { other: other.to_owned(), first })
    }

    /// A handler that cannot run in this table.
    pub(crate) fn handler(pattern: &str, method: Option<&Method>, reason: String) -> Self {
        let method = method.map_or("any", Method::as_str).to_owned();
        Self::new(pattern, Kind::Handler { method, reason })
    }

    /// A claim that a layer cannot wrap.
    pub(crate) fn claim(prefix: &str, reason: String) -> Self {
        Self::new(prefix, Kind::Claim { reason })
    }

    fn new(pattern: &str, kind: Kind) -> Self {
        Self(Box::new(Inner { pattern: pattern.to_owned(), kind }))
    }

    /// Returns the pattern that was not registered.
    pub fn pattern(&self) -> &str {
        &self.0.pattern
    }

    /// The pattern of the other route of a conflict.
    #[cfg(feature = "app-dir")]
    pub(crate) fn other_pattern(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Duplicate { .. } => Some(self.pattern()),
            Kind::SameShape { other, .. } => Some(other),
            Kind::Pattern(_) | Kind::Handler { .. } | Kind::Claim { .. } => None,
        }
    }

    /// Returns the place where the other route of a conflict was registered.
    pub fn first_registered(&self) -> Option<&'static Location<'static>> {
        match self.0.kind {
            Kind::Duplicate { first, .. } | Kind::SameShape { first, .. } => Some(first.call()),
            Kind::Pattern(_) | Kind::Handler { .. } | Kind::Claim { .. } => None,
        }
    }
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { pattern, kind } = &*self.0;
        match kind {
            Kind::Pattern(error) => write!(f, "invalid pattern `{pattern}`: {error}"),
            Kind::Duplicate { method, first } => {
                write!(f, "`{method} {pattern}` is registered twice: it was first registered at {first}")
            }
            Kind::SameShape { other, first } => write!(
                f,
                "`{pattern}` and `{other}` match the same paths: write both patterns alike (`{other}` was first registered at {first})"
            ),
            Kind::Handler { method, reason } => write!(f, "the handler of `{method} {pattern}` {reason}"),
            Kind::Claim { reason } => write!(f, "the claim of `{pattern}` {reason}"),
        }
    }
}

impl Error for RouteError {}
