//! What a route file exports: its handlers, and its settings.

use crate::app_dir::folders::Flavour;
use crate::app_dir::items::{Item, Kind, Outline};
use crate::app_dir::mistake::Mistake;

/// The verbs that a file of the app may export: Next.js's.
pub(super) const VERBS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The one function of a file below `pages/api`.
pub(super) const HANDLER: &str = "handler";

const SETTINGS: [&str; 3] = ["RUNTIME", "MAX_DURATION", "BODY_LIMIT"];
const PAGES_SETTINGS: [&str; 4] = ["RUNTIME", "MAX_DURATION", "BODY_LIMIT", "BODY_PARSER"];

const NOTHING_IS_CACHED: &str = "nothing is cached unless you say so: each request runs its handler. Take it out; an answer \
                                 that may be kept has `Cache-Control`, and a route `Route::etag`";
const NOTHING_IS_LISTED: &str = "no route is made beforehand: each request runs its handler. Take it out; a parameter that is \
                                 an enum in `Path<T>` refuses every other value";

/// Next.js's settings that are not ours, and why.
const REFUSED: [(&str, &str); 6] = [
    ("DYNAMIC", NOTHING_IS_CACHED),
    ("REVALIDATE", NOTHING_IS_CACHED),
    ("FETCH_CACHE", NOTHING_IS_CACHED),
    ("DYNAMIC_PARAMS", NOTHING_IS_LISTED),
    ("GENERATE_STATIC_PARAMS", NOTHING_IS_LISTED),
    ("PREFERRED_REGION", "where a handler runs is said where it is deployed. Take it out"),
];

/// What a file gives to the table.
#[derive(Clone, Debug, Default)]
pub(super) struct Exports {
    /// The conditions of the whole file.
    pub(super) conditions: Vec<String>,
    pub(super) handlers: Vec<Export>,
    /// The verbs of the handlers; none for the one that answers every verb.
    pub(super) methods: Vec<&'static str>,
    pub(super) settings: Vec<&'static str>,
    pub(super) is_edge: bool,
}

/// A handler and its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Export {
    pub(super) name: &'static str,
    pub(super) conditions: Vec<String>,
}

/// Reads what a file exports; the mistakes go to `mistakes`.
pub(super) fn read(file: &str, flavour: Flavour, outline: &Outline, mistakes: &mut Vec<Mistake>) -> Exports {
    let mut exports = Exports { conditions: outline.conditions.clone(), ..Exports::default() };
    let before = mistakes.len();
    for item in &outline.items {
        let read = match &item.kind {
            Kind::Constant { .. } => exports.add_constant(item, flavour),
            Kind::Reexport if setting(&item.name, flavour).is_some() => exports.add_constant(item, flavour),
            Kind::Function { .. } | Kind::Reexport => exports.add_function(item, flavour),
        };
        if let Err(text) = read {
            mistakes.push(Mistake::at(file, item.place, text));
        }
    }
    if exports.handlers.is_empty() && mistakes.len() == before {
        mistakes.push(Mistake::new(file, exports_nothing(flavour, outline.has_glob)));
    }
    exports
}

impl Exports {
    fn add_function(&mut self, item: &Item, flavour: Flavour) -> Result<(), String> {
        let name = item.name.as_str();
        let known = match flavour {
            Flavour::App => VERBS.iter().find(|verb| **verb == name),
            Flavour::Pages => Some(&HANDLER).filter(|handler| **handler == name),
        };
        if let Some(known) = known {
            check_handler(item)?;
            self.handlers.push(Export { name: known, conditions: item.conditions.clone() });
            self.methods.extend(Some(known).filter(|_| flavour == Flavour::App));
            return Ok(());
        }
        refuse_setting(item)?;
        let is_shouted = !name.contains(|c: char| c.is_lowercase());
        let is_rust = !name.contains(|c: char| c.is_uppercase());
        match flavour {
            _ if is_rust && !item.is_public => Ok(()),
            Flavour::App => match closest(name, &VERBS, is_rust) {
                Some(verb) => Err(format!("`{name}` is no verb: did you mean `{verb}`?")),
                None if is_shouted => Err(format!(
                    "`{name}` is none of the verbs of a route file ({}): register it in code, by `.on(method, pattern, handler)`",
                    VERBS.join(", ")
                )),
                None => Ok(()),
            },
            Flavour::Pages => match closest(name, &[HANDLER], false) {
                Some(handler) => Err(format!("`{name}` is not what the table calls: did you mean `{handler}`?")),
                None if VERBS.contains(&name) => Err(format!(
                    "`{name}`: below `pages/api` one function answers every verb, `pub async fn handler(req, res)`; functions \
                     named after verbs stand in `app/…/route.rs`"
                )),
                None => Ok(()),
            },
        }
    }

    fn add_constant(&mut self, item: &Item, flavour: Flavour) -> Result<(), String> {
        let name = item.name.as_str();
        if let Some(known) = setting(name, flavour) {
            if !item.is_public {
                return Err(format!(
                    "`{name}` is not `pub`, and so not seen: write `pub const {name}`, or another name"
                ));
            }
            if !item.conditions.is_empty() {
                return Err(format!("`{name}` stands under a `#[cfg]`: put the condition into its value"));
            }
            if known == "RUNTIME" {
                self.is_edge = is_edge(item)?;
            }
            self.settings.push(known);
            return Ok(());
        }
        if !item.is_public {
            return Ok(());
        }
        if VERBS.contains(&name) || name == HANDLER {
            return Err(format!("`{name}` is a constant: write `pub async fn {name}`"));
        }
        refuse_setting(item)?;
        let settings = settings(flavour);
        let meant = closest(name, settings, false).map(|meant| format!(": did you mean `{meant}`?"));
        Err(format!(
            "`{name}` is no setting of a route file{} There are {}. A constant of your own is not `pub`",
            meant.as_deref().unwrap_or("."),
            settings.join(", "),
        ))
    }
}

fn settings(flavour: Flavour) -> &'static [&'static str] {
    match flavour {
        Flavour::App => &SETTINGS,
        Flavour::Pages => &PAGES_SETTINGS,
    }
}

fn setting(name: &str, flavour: Flavour) -> Option<&'static str> {
    settings(flavour).iter().find(|setting| **setting == name).copied()
}

fn check_handler(item: &Item) -> Result<(), String> {
    let name = &item.name;
    match item.kind {
        _ if !item.is_public => Err(format!("`{name}` is not `pub`: write `pub async fn {name}`")),
        Kind::Function { is_async: false } => Err(format!("`{name}` is not `async`: write `pub async fn {name}`")),
        _ => Ok(()),
    }
}

/// The generated code leaves a file out of wasm32 by its text, before there is a type to ask.
fn is_edge(item: &Item) -> Result<bool, String> {
    match &item.kind {
        Kind::Constant { last_word: Some(word) } if word == "Edge" => Ok(true),
        Kind::Constant { last_word: Some(word) } if word == "Native" => Ok(false),
        _ => Err(
            "`RUNTIME` is read from its text: write `pub const RUNTIME: Runtime = Runtime::Edge`, or `Runtime::Native`"
                .to_owned(),
        ),
    }
}

/// Refuses what Next.js reads and we do not, lest it is thought to do something.
fn refuse_setting(item: &Item) -> Result<(), String> {
    let name = plain(&item.name);
    let refused = REFUSED.iter().find(|(refused, _)| item.is_public && plain(refused) == name);
    refused.map_or(Ok(()), |(_, why)| Err(format!("`{}`: {why}", item.name)))
}

fn exports_nothing(flavour: Flavour, has_glob: bool) -> String {
    let wanted = match flavour {
        Flavour::App => {
            format!("it exports no handler: write `pub async fn GET` ({}), or rename the file", VERBS[1..].join(", "))
        }
        Flavour::Pages => {
            "it exports no handler: write `pub async fn handler(req: PagesRequest, res: PagesResponse)`, or \
                           move the file out of `pages/api`, where each file is a route"
                .to_owned()
        }
    };
    if has_glob { format!("{wanted}. What `pub use …::*` brings is not seen: name it") } else { wanted }
}

/// What was meant by a name, if it is nearly one of these.
fn closest(name: &str, known: &[&'static str], only_case: bool) -> Option<&'static str> {
    let name = plain(name);
    let same = known.iter().find(|known| plain(known) == name);
    let near = || known.iter().find(|known| !only_case && is_near(&name, &plain(known)));
    same.or_else(near).copied()
}

/// A name without its case and its underscores.
fn plain(name: &str) -> String {
    name.replace('_', "").to_uppercase()
}

/// Whether one letter is missing, too many or another one, or two stand in each other's place.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let start = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[start..], &other[start..]);
    match (one, other) {
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([_, one @ ..], other) if one == other => true,
        (one, [_, other @ ..]) if one == other => true,
        ([a, b, one @ ..], [c, d, other @ ..]) => a == d && b == c && one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_near_to_another_by_one_slip() {
        for slip in ["GE", "GETT", "GTE", "GEG", "EGT", "GEET"] {
            assert!(is_near(slip, "GET"), "{slip}");
        }
        for other in ["", "G", "TEG", "GETTT", "POST"] {
            assert!(!is_near(other, "GET"), "{other}");
        }
    }

    #[test]
    fn what_was_meant_is_told_by_case_and_underscores_too() {
        assert_eq!(closest("Post", &VERBS, true), Some("POST"));
        assert_eq!(closest("posts", &VERBS, true), None);
        assert_eq!(closest("DELTE", &VERBS, false), Some("DELETE"));
        assert_eq!(closest("maxDuration", &SETTINGS, false), Some("MAX_DURATION"));
        assert_eq!(closest("TIMEOUT", &SETTINGS, false), None);
    }
}
