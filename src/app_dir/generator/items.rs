//! Parses the top-level items of a route file: their names, visibility and conditions.
//!
//! Bodies are skipped, so any syntax that the compiler accepts there is accepted here.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::token::{Brace, Paren};
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, MetaList, MetaNameValue, Result, Token, Visibility, braced,
    parenthesized,
};

use crate::app_dir::generator::error::Position;

/// A named item at the top of a file.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) position: Position,
    /// Whether generated code can use it: it is `pub` or `pub(crate)`.
    pub(super) is_public: bool,
    /// Its conditions in the form `cfg(…)`.
    pub(super) conditions: Vec<String>,
    /// Its documentation, without the space at the start of each line.
    pub(super) docs: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Function {
        is_async: bool,
        /// The number of its parameters.
        parameters: usize,
    },
    /// A `const` or a `static`, with the last identifier of its value if the value is a path.
    Constant { last_word: Option<String> },
    /// `pub use`.
    Reexport,
}

/// The conditions and the items of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    pub(super) conditions: Vec<String>,
    pub(super) items: Vec<Item>,
    /// Whether there is a `pub use …::*`. Its names are not known.
    pub(super) has_glob: bool,
}

/// Parses the text of a file.
///
/// # Errors
///
/// The text is not Rust: the position, and the reason.
pub(super) fn parse(text: &str) -> std::result::Result<Outline, (Position, String)> {
    let outline = syn::parse_str(text).map_err(|error| (position(error.span()), error.to_string()));
    // proc-macro2 keeps the text of every parsed file until its spans are invalidated.
    proc_macro2::extra::invalidate_current_thread_spans();
    outline
}

impl Parse for Outline {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut outline = Self { conditions: conditions(&input.call(Attribute::parse_inner)?), ..Self::default() };
        while !input.is_empty() {
            outline.parse_item(input)?;
        }
        Ok(outline)
    }
}

impl Outline {
    fn parse_item(&mut self, input: ParseStream<'_>) -> Result<()> {
        let attributes = input.call(Attribute::parse_outer)?;
        let (conditions, docs) = (conditions(&attributes), docs(&attributes));
        let visibility: Visibility = input.parse()?;
        let is_public = match &visibility {
            Visibility::Public(_) => true,
            Visibility::Restricted(within) => within.path.is_ident("crate"),
            Visibility::Inherited => false,
        };
        let mut push = |name: &Ident, kind| {
            let (name, position) = (name.unraw().to_string(), position(name.span()));
            let (conditions, docs) = (conditions.clone(), docs.clone());
            self.items.push(Item { name, kind, position, is_public, conditions, docs });
        };
        if let Some((name, is_async)) = function(input)? {
            let parameters = parameters(input)?;
            push(&name, Kind::Function { is_async, parameters });
        } else if input.peek(Token![const]) || input.peek(Token![static]) {
            if let Some((name, last_word)) = constant(input)? {
                push(&name, Kind::Constant { last_word });
            }
            return Ok(());
        } else if is_public && input.parse::<Option<Token![use]>>()?.is_some() {
            let mut names = Vec::new();
            self.has_glob |= imported(input, &mut names)?;
            for name in &names {
                push(name, Kind::Reexport);
            }
        }
        skip_item(input)
    }
}

/// Parses the start of a function, up to its name. Returns the name, and whether the function is `async`.
fn function(input: ParseStream<'_>) -> Result<Option<(Ident, bool)>> {
    let ahead = input.fork();
    ahead.parse::<Option<Token![const]>>()?;
    let is_async = ahead.parse::<Option<Token![async]>>()?.is_some();
    ahead.parse::<Option<Token![unsafe]>>()?;
    if ahead.parse::<Option<Token![extern]>>()?.is_some() {
        ahead.parse::<Option<LitStr>>()?;
    }
    if ahead.parse::<Option<Token![fn]>>()?.is_none() {
        return Ok(None);
    }
    syn::parse::discouraged::Speculative::advance_to(input, &ahead);
    Ok(Some((input.call(Ident::parse_any)?, is_async)))
}

/// Parses the generics and the parameters of a function. Returns the number of parameters.
fn parameters(input: ParseStream<'_>) -> Result<usize> {
    while !input.peek(Paren) {
        input.parse::<TokenTree>()?;
    }
    let inner;
    parenthesized!(inner in input);
    let mut count = 0;
    let mut depth = 0; // of `<…>`, the only brackets that are not a group
    let mut is_new = true;
    while !inner.is_empty() {
        if inner.parse::<Option<Token![->]>>()?.is_some() {
            continue;
        }
        let token: TokenTree = inner.parse()?;
        count += usize::from(is_new);
        is_new = false;
        if let TokenTree::Punct(punct) = token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth -= 1,
                ',' => is_new = depth == 0,
                _ => {}
            }
        }
    }
    Ok(count)
}

/// Parses a whole constant. `None` for `const _`.
fn constant(input: ParseStream<'_>) -> Result<Option<(Ident, Option<String>)>> {
    input.parse::<Option<Token![const]>>()?;
    input.parse::<Option<Token![static]>>()?;
    input.parse::<Option<Token![mut]>>()?;
    let name = if input.parse::<Option<Token![_]>>()?.is_some() { None } else { Some(input.call(Ident::parse_any)?) };
    let mut last_word = None;
    while input.parse::<Option<Token![;]>>()?.is_none() {
        last_word = match input.parse()? {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        };
    }
    Ok(name.map(|name| (name, last_word)))
}

/// Parses a `use` tree, and adds the names that it imports. Returns whether it contains a `*`.
fn imported(input: ParseStream<'_>, names: &mut Vec<Ident>) -> Result<bool> {
    input.parse::<Option<Token![::]>>()?;
    if input.parse::<Option<Token![*]>>()?.is_some() {
        return Ok(true);
    }
    if input.peek(Brace) {
        let inner;
        braced!(inner in input);
        let mut has_glob = false;
        while !inner.is_empty() {
            has_glob |= imported(&inner, names)?;
            inner.parse::<Option<Token![,]>>()?;
        }
        return Ok(has_glob);
    }
    let name = input.call(Ident::parse_any)?;
    if input.peek(Token![::]) {
        return imported(input, names);
    }
    if input.parse::<Option<Token![as]>>()?.is_none() {
        names.push(name);
    } else if input.parse::<Option<Token![_]>>()?.is_none() {
        names.push(input.call(Ident::parse_any)?);
    }
    Ok(false)
}

/// Skips the rest of an item, up to its braces or its semicolon.
fn skip_item(input: ParseStream<'_>) -> Result<()> {
    loop {
        let is_body = input.peek(Brace);
        let ends = match input.parse()? {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => is_body,
        };
        if ends || input.is_empty() {
            return Ok(());
        }
    }
}

fn conditions(attributes: &[Attribute]) -> Vec<String> {
    let lists = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(list),
        _ => None,
    });
    let text = |list: &MetaList| list.delimiter.span().join().source_text();
    lists.map(|list| format!("cfg{}", text(list).unwrap_or_else(|| format!("({})", list.tokens)))).collect()
}

fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(line), .. }), .. })
            if path.is_ident("doc") =>
        {
            Some(line.value())
        }
        _ => None,
    });
    lines.map(|line| line.strip_prefix(' ').map(str::to_owned).unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn position(span: Span) -> Position {
    let start = span.start();
    Position { line: start.line, column: start.column + 1 }
}
