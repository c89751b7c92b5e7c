//! Patterns as path templates of OpenAPI.

use std::collections::BTreeSet;

use crate::openapi::schemas::{allowed, unique};

/// A path template, and the names of its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) path: String,
    pub(super) names: Vec<Name>,
    /// How the pattern ends, even if this template omits its catch-all.
    pub(super) end: End,
}

/// The end of a pattern. If several patterns match a path, the table prefers the one with the smallest end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Segment,
    CatchAll,
    OptionalCatchAll,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    /// The name in the document. Redocly and Spectral accept only ASCII in the names of path parameters.
    pub(super) label: String,
    pub(super) is_catch_all: bool,
}

impl Template {
    /// Returns the templates of a pattern. There are two if it ends in an optional catch-all, which OpenAPI does not have.
    pub(super) fn of(pattern: &str) -> Vec<Self> {
        let whole = Self::parse(pattern);
        match pattern.rsplit_once("/{*") {
            Some((before, name)) if name.ends_with("?}") => {
                let before = Self::parse(if before.is_empty() { "/" } else { before });
                [before, whole].map(|template| Self { end: End::OptionalCatchAll, ..template }).into()
            }
            Some(_) => vec![Self { end: End::CatchAll, ..whole }],
            None => vec![whole],
        }
    }

    /// Parses a pattern that a table has accepted: its braces are balanced.
    fn parse(pattern: &str) -> Self {
        let mut path = String::with_capacity(pattern.len());
        let mut names = Vec::new();
        let mut labels = BTreeSet::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            path.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("{{") {
                path.push_str("%7B");
                rest = after;
            } else if let Some(after) = rest.strip_prefix("}}") {
                path.push_str("%7D");
                rest = after;
            } else {
                let end = rest.find('}').unwrap_or(rest.len() - 1);
                let name = &rest[1..end];
                let text = name.trim_start_matches('*').trim_end_matches('?').to_owned();
                let label = unique(&allowed(&text), &mut labels);
                path.extend(["{", &label, "}"]);
                names.push(Name { text, label, is_catch_all: name.starts_with('*') });
                rest = &rest[end + 1..];
            }
        }
        path.push_str(rest);
        Self { path, names, end: End::Segment }
    }

    /// Returns the template without its names. OpenAPI treats two templates with the same shape as one path.
    pub(super) fn shape(&self) -> String {
        self.names.iter().fold(self.path.clone(), |path, name| path.replace(&format!("{{{}}}", name.label), "{}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(pattern: &str) -> Vec<(String, Vec<String>)> {
        let names = |template: &Template| template.names.iter().map(|name| name.text.clone()).collect();
        Template::of(pattern).iter().map(|template| (template.path.clone(), names(template))).collect()
    }

    #[test]
    fn pattern_with_an_optional_catch_all_has_two_templates() {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (pattern, expected) in [
            ("/", vec![("/", &[][..])]),
            ("/users/{id}", vec![("/users/{id}", &["id"])]),
            ("/v{n}/{name}.json", vec![("/v{n}/{name}.json", &["n", "name"])]),
            ("/files/{*rest}", vec![("/files/{rest}", &["rest"])]),
            ("/docs/{*page?}", vec![("/docs", &[]), ("/docs/{page}", &["page"])]),
            ("/{*all?}", vec![("/", &[]), ("/{all}", &["all"])]),
            ("/a{{b}}/{c}", vec![("/a%7Bb%7D/{c}", &["c"])]),
            ("/{größe}/{grüße}", vec![("/{gr__e}/{gr__e2}", &["größe", "grüße"])]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(path, names)| (path.to_owned(), owned(names))).collect();
            assert_eq!(templates(pattern), expected, "{pattern}");
        }
        assert_eq!(Template::of("/a/{b}/{*c}")[0].shape(), "/a/{}/{}");
    }
}
