//! The name of a folder as a path segment, by the rules of Next.js.

/// A path segment, made from the name of a folder, or of a file below `pages/api`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// `users`.
    Literal(String),
    /// `[id]`.
    Param(String),
    /// `[...rest]`.
    CatchAll(String),
    /// `[[...rest]]`.
    OptionalCatchAll(String),
}

impl Segment {
    /// Parses the name of a folder below `app`. `None` for a route group.
    ///
    /// # Errors
    ///
    /// The reason why the name is refused.
    pub(super) fn of_app(name: &str) -> Result<Option<Self>, String> {
        if name.starts_with('(') && name.ends_with(')') {
            return Ok(None);
        }
        if name.starts_with('@') || ["(.)", "(..)", "(...)"].iter().any(|marker| name.starts_with(marker)) {
            return Err(format!(
                "`{name}` is a parallel or an intercepting route, which only pages can have: move the file to another folder"
            ));
        }
        Self::of_pages(&name.replace("%5F", "_").replace("%5f", "_")).map(Some)
    }

    /// Parses the name of a folder or a file below `pages/api`.
    ///
    /// # Errors
    ///
    /// The reason why the name is refused.
    pub(super) fn of_pages(name: &str) -> Result<Self, String> {
        let within = |open: &str, close: &str| name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = within("[[", "]]") {
            return match inner.strip_prefix("...") {
                Some(rest) => Ok(Self::OptionalCatchAll(parameter(rest)?)),
                None => Err(format!(
                    "`{name}` is an optional segment, which does not exist: write `[id]`, and add a route in the folder \
                     above for the path without it, or write `[[...rest]]`"
                )),
            };
        }
        if let Some(inner) = within("[", "]") {
            return Ok(match inner.strip_prefix("...") {
                Some(rest) => Self::CatchAll(parameter(rest)?),
                None => Self::Param(parameter(inner)?),
            });
        }
        if name.contains(['{', '}']) || name.starts_with([':', '*']) {
            return Err(format!(
                "`{name}` has the syntax of a pattern: write `[id]`, `[...rest]` or `[[...rest]]` (and `%7B` or `%7D` for a brace)"
            ));
        }
        Ok(Self::Literal(name.to_owned()))
    }

    /// Formats the segment as part of a pattern.
    pub(super) fn pattern(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Param(name) => format!("{{{name}}}"),
            Self::CatchAll(name) => format!("{{*{name}}}"),
            Self::OptionalCatchAll(name) => format!("{{*{name}?}}"),
        }
    }

    /// Formats the segment as the name of a folder.
    pub(super) fn folder(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Param(name) => format!("[{name}]"),
            Self::CatchAll(name) => format!("[...{name}]"),
            Self::OptionalCatchAll(name) => format!("[[...{name}]]"),
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Param(name) | Self::CatchAll(name) | Self::OptionalCatchAll(name) => Some(name),
        }
    }

    /// Returns whether this is a literal that looks like a parameter. Next.js treats it as a literal too.
    pub(super) fn looks_dynamic(&self) -> bool {
        matches!(self, Self::Literal(text) if text.split_once('[').is_some_and(|(_, rest)| rest.contains(']')))
    }
}

/// Checks the dots of a parameter name. The route table checks the rest.
fn parameter(name: &str) -> Result<String, String> {
    if name.starts_with(['.', '…']) {
        let bare = name.trim_start_matches(['.', '…']);
        return Err(format!("`{name}` is not a parameter name: did you mean `[...{bare}]`, with three dots?"));
    }
    Ok(name.to_owned())
}
