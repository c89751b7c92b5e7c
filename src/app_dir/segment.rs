//! A folder's name as a segment of a path, as Next.js reads it.

/// A segment of a path, by the name of a folder, or of a file below `pages/api`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// Itself.
    Literal(String),
    /// `[id]`.
    Param(String),
    /// `[...rest]`.
    CatchAll(String),
    /// `[[...rest]]`.
    OptionalCatchAll(String),
}

impl Segment {
    /// The name of a folder of the app; none for a route group.
    ///
    /// # Errors
    ///
    /// Why it is refused.
    pub(super) fn of_app(name: &str) -> Result<Option<Self>, String> {
        if name.starts_with('(') && name.ends_with(')') {
            return Ok(None);
        }
        if name.starts_with('@') || ["(.)", "(..)", "(...)"].iter().any(|marker| name.starts_with(marker)) {
            return Err(format!(
                "`{name}` is a parallel or an intercepting route, which pages have: move the file out"
            ));
        }
        Self::of_pages(&name.replace("%5F", "_").replace("%5f", "_")).map(Some)
    }

    /// The name of a folder or a file below `pages/api`.
    ///
    /// # Errors
    ///
    /// Why it is refused.
    pub(super) fn of_pages(name: &str) -> Result<Self, String> {
        let within = |open: &str, close: &str| name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = within("[[", "]]") {
            return match inner.strip_prefix("...") {
                Some(rest) => Ok(Self::OptionalCatchAll(parameter(rest)?)),
                None => Err(format!(
                    "`{name}` would be an optional segment, and there is none: write `[id]`, and a route in the folder \
                     above for the path without it; or `[[...rest]]`"
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
                "`{name}` is a pattern's syntax: a folder's is `[id]`, `[...rest]` or `[[...rest]]` (a brace is `%7B` or `%7D`)"
            ));
        }
        Ok(Self::Literal(name.to_owned()))
    }

    /// As a pattern has it.
    pub(super) fn pattern(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Param(name) => format!("{{{name}}}"),
            Self::CatchAll(name) => format!("{{*{name}}}"),
            Self::OptionalCatchAll(name) => format!("{{*{name}?}}"),
        }
    }

    /// As a folder has it.
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

    /// A literal that looks as if it had a parameter: Next.js, too, takes it by its letters.
    pub(super) fn looks_dynamic(&self) -> bool {
        matches!(self, Self::Literal(text) if text.split_once('[').is_some_and(|(_, rest)| rest.contains(']')))
    }
}

/// A parameter's name, but for what the pattern refuses by itself.
fn parameter(name: &str) -> Result<String, String> {
    if name.starts_with(['.', '…']) {
        let bare = name.trim_start_matches(['.', '…']);
        return Err(format!("`{name}` is no parameter name: did you mean `[...{bare}]`, with three dots?"));
    }
    Ok(name.to_owned())
}
