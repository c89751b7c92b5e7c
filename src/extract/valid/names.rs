//! Finds the places of faults in the request. A fault has the names of Rust fields, and the request may have others.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::extract::valid::fault::Fault;
use crate::request::{Declared, cut};

/// The most faults in a response.
const FAULTS: usize = 100;

/// The most members of an object, and fields of a form, that are compared with a name which is not declared. The client may
/// send many, and each fault would read all of them.
const COMPARED: usize = 200;

/// The most characters of a detail or a pointer in a response.
const TEXT: usize = 200;

/// The part of the request that a value is read from.
pub(super) enum Body {
    Json(Value),
    /// The names of the fields of a form.
    Form(Vec<String>),
    /// The names of the parameters of a query or a path.
    Parameters(Vec<String>),
}

/// The names of fields.
pub(super) struct Names {
    /// The names in each struct and each enum of the value.
    declared: Vec<Declared>,
    body: Body,
}

/// A place in the request.
#[derive(Debug, Default)]
struct Place {
    /// The names and indices from the root.
    tokens: Vec<String>,
    /// The position of each among its siblings.
    order: Vec<usize>,
}

impl Place {
    fn inside(mut self, token: &str, position: usize) -> Self {
        self.tokens.insert(0, token.to_owned());
        self.order.insert(0, position);
        self
    }
}

impl Names {
    pub(super) fn new(declared: Vec<Declared>, body: Body) -> Self {
        Self { declared, body }
    }

    /// Makes the error for the first of these faults, in the order of the fields.
    #[cold]
    pub(super) fn refuse(&self, faults: Vec<Fault>) -> Error {
        let detail = match faults.len() {
            1 => "one value is invalid".to_owned(),
            count => format!("{count} values are invalid"),
        };
        let listed = faults.into_iter().take(FAULTS); // before their places are found: that reads the body once for each
        let mut listed: Vec<_> = listed.map(|fault| (self.place(&fault.pointer), fault.detail)).collect();
        listed.sort_by(|(one, _), (other, _)| one.order.cmp(&other.order));
        let errors: Vec<_> = listed.iter().map(|(place, detail)| self.error(place, detail)).collect();
        Error::new(StatusCode::UNPROCESSABLE_ENTITY).with_detail(detail).with_extension("errors", errors)
    }

    fn error(&self, place: &Place, detail: &str) -> Value {
        let detail = cut(detail, TEXT);
        if let Body::Parameters(names) = &self.body {
            // A value without fields is that of the first parameter.
            let name = place.tokens.first().or(names.first()).map_or("", String::as_str);
            return json!({ "parameter": cut(name, TEXT), "detail": detail });
        }
        let escaped = place.tokens.iter().map(|token| format!("/{}", token.replace('~', "~0").replace('/', "~1")));
        json!({ "pointer": cut(&escaped.collect::<String>(), TEXT), "detail": detail })
    }

    fn place(&self, pointer: &str) -> Place {
        let tokens: Vec<_> =
            pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
        match &self.body {
            Body::Json(value) => self.find(value, &tokens).unwrap_or_else(|| self.absent(value, &tokens)),
            Body::Form(names) | Body::Parameters(names) => self.find_by_name(names, &tokens),
        }
    }

    /// Finds the place of a value that the body has.
    ///
    /// Each step reads a token or goes one level deeper, and never back. A search of all ways would take time that is exponential
    /// in the depth of the body, which the client chooses.
    fn find(&self, value: &Value, tokens: &[String]) -> Option<Place> {
        let Some((first, rest)) = tokens.split_first() else { return Some(Place::default()) };
        let members = match value {
            Value::Object(members) => members,
            Value::Array(items) => {
                let index: usize = first.parse().ok()?;
                return Some(self.find(items.get(index)?, rest)?.inside(first, index));
            }
            // The field of a tuple struct with one field has no name.
            _ => return (first == "0").then(|| self.find(value, rest))?,
        };
        let inside = |(name, member): (&str, &Value), tokens: &[String]| {
            Some(self.find(member, tokens)?.inside(name, self.position(members, name)))
        };
        // A field may have the name of its variant: `{ "Email": { "email": … } }`.
        if let Some((name, content)) = self.content(members).filter(|_| members.len() == 1) {
            let field = content.as_object().and_then(|fields| self.member(fields, first));
            if field.is_some_and(|(_, field)| rest.first().is_none_or(|next| self.has(field, next))) {
                return inside((name, content), tokens);
            }
        }
        if let Some(member) = self.member(members, first) {
            return inside(member, rest);
        }
        let is_flattened = rest.first().is_some_and(|next| self.has(value, next));
        if !is_flattened {
            // The content of a variant is one level deeper. Serde does not tell the variants of every enum.
            let content = self.content(members);
            let may_be_content = |name: &str| match content {
                Some((content, _)) => content == name,
                None => self.field(members, first).is_none(),
            };
            let mut candidates = members.iter().take(COMPARED);
            if let Some((name, content)) =
                candidates.find(|(name, member)| self.has(member, first) && may_be_content(name))
            {
                return inside((name, content), tokens);
            }
            if let Some(content) = content.filter(|_| first == "0") {
                return inside(content, rest);
            }
        }
        // A flattened field has no member, and the field of a tuple struct with one field has no name.
        (first == "0" || !rest.is_empty()).then(|| self.find(value, rest))?
    }

    /// Whether a value has a member with the name of a field, or items and the name is an index.
    fn has(&self, value: &Value, name: &str) -> bool {
        match value {
            Value::Object(members) => self.member(members, name).is_some(),
            Value::Array(_) => name.parse::<usize>().is_ok(),
            _ => false,
        }
    }

    /// The content of a variant with one field, which has no name: `{ "Variant": content }`, or the second name of
    /// `#[serde(tag = …, content = …)]`.
    fn content<'v>(&self, members: &'v Map<String, Value>) -> Option<(&'v str, &'v Value)> {
        let adjacent = self.fields().find_map(|names| match names {
            [tag, content] if members.get(*tag)?.is_string() => members.get_key_value(*content),
            _ => None,
        });
        let is_variant = |name: &str| {
            self.declared.iter().any(|declared| matches!(declared, Declared::Variants(names) if names.contains(&name)))
        };
        let only = || members.iter().next().filter(|(name, _)| members.len() == 1 && is_variant(name));
        adjacent.or_else(only).map(|(name, content)| (&**name, content))
    }

    /// Returns the place of a value that the body lacks.
    fn absent(&self, value: &Value, tokens: &[String]) -> Place {
        let Some((first, rest)) = tokens.split_first() else { return Place::default() };
        if let (Some(items), Ok(index)) = (value.as_array(), first.parse::<usize>()) {
            return self.absent(items.get(index).unwrap_or(&Value::Null), rest).inside(first, index);
        }
        let none = Map::new();
        let members = value.as_object().unwrap_or(&none);
        if let Some((name, member)) = self.member(members, first) {
            return self.absent(member, rest).inside(name, self.position(members, name));
        }
        let field = self.field(members, first);
        if let (None, Some((name, content))) = (field, self.content(members)) {
            let tokens = if first == "0" && !content.is_array() { rest } else { tokens };
            return self.absent(content, tokens).inside(name, self.position(members, name));
        }
        let name = field.or_else(|| self.alike(first).next());
        if name.is_none() && value.is_object() && (first == "0" || !rest.is_empty()) {
            return self.absent(value, rest); // as in `find`: a field of a tuple struct, or a flattened field
        }
        let name = name.unwrap_or(first);
        self.absent(&Value::Null, rest).inside(name, self.position(members, name))
    }

    /// The names of the fields of each struct.
    fn fields(&self) -> impl Iterator<Item = &'static [&'static str]> {
        self.declared.iter().filter_map(|declared| match declared {
            Declared::Fields(names) => Some(*names),
            Declared::Variants(_) => None,
        })
    }

    /// The declared names that a Rust name may stand for, the most likely first.
    fn alike(&self, name: &str) -> impl Iterator<Item = &'static str> {
        let names = || self.fields().flatten().copied();
        let same = names().filter(move |known| *known == name);
        same.chain(names().filter(move |known| is_alike(known, name)))
    }

    /// The declared name of a field, if a struct has it and some of these members.
    fn field(&self, members: &Map<String, Value>, name: &str) -> Option<&'static str> {
        let known = |names: &&[&str]| names.iter().filter(|known| members.contains_key(**known)).count();
        let is_alike = |known: &&&str| is_alike(known, name);
        let candidates = self.fields().filter(|names| known(names) > 0 && names.iter().any(|known| is_alike(&known)));
        let names = candidates.max_by_key(known)?;
        names.iter().find(|known| **known == name).or_else(|| names.iter().find(is_alike)).copied()
    }

    /// Finds a member by the name of a field: a declared name, this name, or a name with these letters and digits.
    fn member<'v>(&self, members: &'v Map<String, Value>, name: &str) -> Option<(&'v str, &'v Value)> {
        let found = self.alike(name).find_map(|known| members.get_key_value(known));
        let found = found.or_else(|| members.get_key_value(name));
        let found = found.or_else(|| members.iter().take(COMPARED).find(|(other, _)| is_alike(other, name)))?;
        Some((found.0, found.1))
    }

    /// The position of a field in its struct. A member of a map has its position in the body.
    fn position(&self, members: &Map<String, Value>, name: &str) -> usize {
        let known = |names: &&[&str]| names.iter().filter(|name| members.contains_key(**name)).count();
        let candidates = self.fields().filter(|names| names.contains(&name));
        let declared = candidates.max_by_key(known).and_then(|names| names.iter().position(|known| *known == name));
        declared.or_else(|| members.keys().position(|known| known == name)).unwrap_or(usize::MAX)
    }

    fn find_by_name(&self, names: &[String], tokens: &[String]) -> Place {
        let declared: Vec<&str> = self.fields().flatten().copied().collect();
        let position = |name: &str| {
            let mut all = declared.iter().copied().chain(names.iter().take(COMPARED).map(String::as_str));
            all.position(|known| known == name).unwrap_or(usize::MAX)
        };
        let known = |token: &String| {
            let sent = || names.iter().take(COMPARED).map(String::as_str);
            let declared = self.alike(token).next();
            declared.or_else(|| sent().find(|name| name == token)).or_else(|| sent().find(|name| is_alike(name, token)))
        };
        // The first token may be a flattened field, and the second is its field.
        if let Some(name) = tokens.iter().find_map(known) {
            return Place::default().inside(name, position(name));
        }
        match tokens.first() {
            Some(token) => {
                let by_index = token.parse().ok().and_then(|index: usize| Some((names.get(index)?, index)));
                let (name, index) = by_index.unwrap_or((token, usize::MAX));
                Place::default().inside(name, index)
            }
            None => Place::default(),
        }
    }
}

/// Whether two names have the same letters and digits: `first_name`, `firstName` and `r#first_name`.
fn is_alike(one: &str, other: &str) -> bool {
    one == other || letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    let name = name.strip_prefix("r#").unwrap_or(name); // garde reports a raw identifier as it is written
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase)
}
