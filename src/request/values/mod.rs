//! Deserializes types from texts: the query, a form and the parameters of a path.
//!
//! Behind `flatten`, `tag` and `untagged`, serde first asks what a value is, and only then what the type needs. A text does
//! not say its type, so `5` is given as a text first. If a `u32` then refuses the text, the refusal is recorded, even if an
//! `Option` or another variant hides it. The type is then deserialized once more, with `5` as a number.

mod fault;
mod refusals;
mod text;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) use fault::Fault;
pub(super) use refusals::{Place, UNREADABLE};
pub(super) use text::Text;

use refusals::{Asked, Given, Recording, Refusal};

/// Calls a macro with the methods of `Deserializer` that ask for one value, which is not a list and has a known kind.
macro_rules! one_value_methods {
    ($macro:ident) => {
        $macro! {
            deserialize_bool()
            deserialize_i8()
            deserialize_i16()
            deserialize_i32()
            deserialize_i64()
            deserialize_i128()
            deserialize_u8()
            deserialize_u16()
            deserialize_u32()
            deserialize_u64()
            deserialize_u128()
            deserialize_f32()
            deserialize_f64()
            deserialize_char()
            deserialize_str()
            deserialize_string()
            deserialize_bytes()
            deserialize_byte_buf()
            deserialize_identifier()
            deserialize_unit()
            deserialize_map()
            deserialize_unit_struct(name: &'static str)
            deserialize_struct(name: &'static str, fields: &'static [&'static str])
            deserialize_enum(name: &'static str, variants: &'static [&'static str])
        }
    };
}

pub(super) use one_value_methods;

/// How often a type is deserialized at most. A value that needs more is refused, so that the work stays linear.
const MAX_ROUNDS: usize = 64;

/// After so many rounds, all values are given as the type asked for the last one, where they read as that: a client may send
/// a map of many values.
const ROUNDS_ONE_BY_ONE: usize = 16;

/// For how many values it is tried whether the type uses them.
const MAX_TRIED: usize = 16;

/// The number of a parameter's name (even) or value (odd).
pub(super) type Owner = usize;

/// The owner of a parameter's name.
pub(super) const fn name_of(parameter: usize) -> Owner {
    parameter * 2
}

/// The owner of a parameter's values.
pub(super) const fn value_of(parameter: usize) -> Owner {
    parameter * 2 + 1
}

/// The parameter that a text belongs to.
pub(super) const fn parameter_of(owner: Owner) -> usize {
    owner / 2
}

const fn is_value(owner: Owner) -> bool {
    owner % 2 == 1
}

/// How a value is given to a type that asks what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    is_list: bool,
    kind: Kind,
    /// Whether it was given as another kind and refused: then it stays a text.
    is_kept: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Text,
    Number,
    Boolean,
    /// An empty text, given as `None`.
    Absent,
    /// Bytes that no type accepts, to learn whether the type uses the value.
    Unreadable,
}

/// The form of each value that is not given as a text.
#[derive(Clone, Debug, Default)]
struct Forms {
    forms: BTreeMap<Owner, Form>,
    /// Parameters that the request lacks, given as empty lists.
    absent: Vec<&'static str>,
}

/// One attempt to deserialize a type.
pub(super) struct Round<'f> {
    forms: Option<&'f Forms>,
    asked: RefCell<Asks>,
    /// The owner of an empty text that the type within an `Option` refused.
    empty: Cell<Option<Owner>>,
    seen: Cell<Seen>,
}

/// The names that a type passed to its deserializer.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// The fields of the struct.
    pub(super) fields: &'static [&'static str],
    /// The variants of the last enum.
    pub(super) variants: &'static [&'static str],
}

/// The values whose kind the type asked for, and the recording that began with the first of them.
#[derive(Default)]
struct Asks {
    owners: Vec<Owner>,
    recording: Option<Recording>,
}

impl<'f> Round<'f> {
    const fn new(forms: Option<&'f Forms>) -> Self {
        let asked = RefCell::new(Asks { owners: Vec::new(), recording: None });
        Self { forms, asked, empty: Cell::new(None), seen: Cell::new(Seen { fields: &[], variants: &[] }) }
    }

    /// An attempt in which each value is given as a text.
    pub(super) const fn first() -> Self {
        Self::new(None)
    }

    /// Records the names of a type.
    pub(super) fn see(&self, seen: Seen) {
        self.seen.set(seen);
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen.get()
    }

    /// Parameters that the request lacks, given as empty lists.
    #[inline]
    pub(super) fn absent(&self) -> &'f [&'static str] {
        self.forms.map_or(&[], |forms| &forms.absent)
    }

    /// How a value is given to a type that does not say what it needs.
    #[inline]
    fn form(&self, owner: Owner) -> Form {
        self.forms.map_or_else(Form::default, |forms| forms.of(owner))
    }

    /// Returns the form of a value for a type that asks what the value is, and begins to record refusals.
    pub(super) fn ask(&self, owner: Owner) -> Form {
        let mut asked = self.asked.borrow_mut();
        asked.recording.get_or_insert_with(Recording::begin);
        if asked.owners.last() != Some(&owner) {
            asked.owners.push(owner);
        }
        self.form(owner)
    }

    #[inline]
    fn has_asked(&self) -> bool {
        self.asked.borrow().recording.is_some()
    }

    fn end(self) -> Ended {
        let Asks { owners, recording } = self.asked.into_inner();
        let (refusals, hidden) = recording.map(Recording::end).unwrap_or_default();
        Ended { refusals, hidden, asked: owners, empty: self.empty.get() }
    }
}

/// Deserializes a value from texts. `texts` lists each text with its owner, and `attempt` deserializes them once.
#[inline]
pub(super) fn read<'a, T>(
    texts: impl Fn() -> Vec<(&'a str, Owner)>,
    attempt: impl Fn(&Round<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let round = Round::first();
    let result = attempt(&round);
    let is_final = match &result {
        Ok(_) => !round.has_asked(),
        Err(Fault::Missing(_)) => false,
        Err(_) => !round.has_asked() && round.empty.get().is_none(),
    };
    if is_final {
        return result;
    }
    Rereading { places: Places::new(texts()), attempt: &attempt }.run(round.end(), result)
}

/// The outcome of an attempt, apart from its result.
struct Ended {
    refusals: Vec<Refusal>,
    hidden: Option<String>,
    asked: Vec<Owner>,
    empty: Option<Owner>,
}

/// Finds the owner of a text by its address: serde does not copy the text that a visitor refuses.
struct Places<'a>(Vec<(&'a str, Owner)>);

impl<'a> Places<'a> {
    fn new(mut places: Vec<(&'a str, Owner)>) -> Self {
        places.sort_unstable_by_key(|(text, _)| (text.as_ptr() as usize, text.len()));
        Self(places)
    }

    /// The text with its owner.
    fn find(&self, place: Place) -> Option<(&'a str, Owner)> {
        match place {
            Place::Unknown => None,
            Place::Owner(wanted) => self.0.iter().copied().find(|(_, owner)| *owner == wanted),
            Place::Text { start, length } => {
                let after = self.0.partition_point(|(text, _)| text.as_ptr() as usize <= start);
                let (text, owner) = *self.0[..after].last()?;
                let offset = start - text.as_ptr() as usize;
                Some((text.get(offset..offset + length)?, owner))
            }
        }
    }
}

/// A success, and how its values were given.
struct Success<T> {
    value: T,
    forms: Forms,
    ended: Ended,
}

struct Rereading<'a, 'r, T> {
    places: Places<'a>,
    attempt: &'r dyn Fn(&Round<'_>) -> Result<T, Fault>,
}

impl<T> Rereading<'_, '_, T> {
    #[cold]
    fn run(&self, mut ended: Ended, mut result: Result<T, Fault>) -> Result<T, Fault> {
        let mut forms = Forms::default();
        let mut success = None;
        let mut missing = None;
        for rounds in 1.. {
            let next = match &result {
                Ok(_) => self.convert(&forms, &ended, rounds),
                Err(fault) => {
                    let next = self.convert(&forms, &ended, rounds);
                    next.or_else(|| add_missing(&forms, fault, &mut missing)).or_else(|| self.revert(&forms, &ended))
                }
            };
            let failure = match result {
                Ok(value) => {
                    success = Some(Success { value, forms: forms.clone(), ended });
                    None
                }
                Err(fault) => Some(self.located(fault)),
            };
            let Some(next) = next else {
                return match (success, failure, missing) {
                    (Some(success), ..) => self.check_used(success),
                    (None, Some(fault), Some(name)) if !fault.is_located() => Err(Fault::Missing(name)),
                    (None, Some(fault), _) => Err(fault),
                    (None, None, _) => unreachable!("a round succeeds or fails"),
                };
            };
            if rounds == MAX_ROUNDS {
                break;
            }
            forms = next;
            let round = Round::new(Some(&forms));
            result = (self.attempt)(&round);
            ended = round.end();
        }
        Err(Fault::value(Place::Unknown, "too many values match several types"))
    }

    /// Gives a refused text as the kind that was asked for, if the text can be read as that kind.
    fn convert(&self, forms: &Forms, ended: &Ended, rounds: usize) -> Option<Forms> {
        let mut next = forms.clone();
        let mut is_other = false;
        for refusal in &ended.refusals {
            let Given::Text(place) = refusal.given else { continue };
            let Some((text, owner)) = self.places.find(place) else { continue };
            let form = forms.of(owner);
            let Some(converted) = form.convert(refusal.asked, text) else { continue };
            next.forms.insert(owner, converted);
            is_other = true;
            if rounds >= ROUNDS_ONE_BY_ONE {
                self.convert_all(&mut next, refusal.asked, is_value(owner));
                break;
            }
        }
        if let Some(owner) = ended.empty.filter(|owner| forms.of(*owner).kind == Kind::Text) {
            next.forms.insert(owner, Form { kind: Kind::Absent, ..forms.of(owner) });
            is_other = true;
            if rounds >= ROUNDS_ONE_BY_ONE {
                let empty = self.places.0.iter().filter(|(text, owner)| text.is_empty() && is_value(*owner));
                let absent = Form { kind: Kind::Absent, ..Form::default() };
                empty.for_each(|(_, owner)| _ = next.forms.entry(*owner).or_insert(absent));
            }
        }
        is_other.then_some(next)
    }

    /// Gives each value that is a text yet, or each name, as what was asked for, where it reads as that.
    fn convert_all(&self, forms: &mut Forms, asked: Asked, values: bool) {
        for (text, owner) in self.places.0.iter().filter(|(_, owner)| is_value(*owner) == values) {
            if let Some(converted) = forms.of(*owner).convert(asked, text) {
                forms.forms.entry(*owner).or_insert(converted);
            }
        }
    }

    /// Gives a value as a text again if it was refused as another kind.
    fn revert(&self, forms: &Forms, ended: &Ended) -> Option<Forms> {
        let refused = Refused::of(&ended.refusals);
        let mut next = forms.clone();
        let mut is_other = false;
        for (text, owner) in &self.places.0 {
            let form = forms.of(*owner);
            if !form.is_kept && form != Form::default() && refused.contains(form, text) {
                next.forms.insert(*owner, Form { is_kept: true, ..Form::default() });
                is_other = true;
            }
        }
        is_other.then_some(next)
    }

    /// Refuses a value that the type asked for and then ignored: otherwise it would be lost without an error.
    fn check_used(&self, success: Success<T>) -> Result<T, Fault> {
        let Success { value, forms, ended } = success;
        let Some(hidden) = &ended.hidden else { return Ok(value) };
        let mut reasons = HashMap::new();
        for refusal in &ended.refusals {
            let Given::Text(place) = refusal.given else { continue };
            let Some((_, owner)) = self.places.find(place) else { continue };
            reasons.entry(owner).or_insert(&refusal.reason);
        }
        let (mut asked, others): (Vec<_>, Vec<_>) =
            ended.asked.iter().copied().filter(|owner| is_value(*owner)).partition(|owner| reasons.contains_key(owner));
        asked.extend(others); // a refused text is the likeliest to be lost
        let rest = asked.split_off(asked.len().min(MAX_TRIED));
        let lost = asked.iter().find(|owner| self.does_without(&forms, &[**owner]));
        let lost = lost.or_else(|| rest.first().filter(|_| self.does_without(&forms, &rest)));
        let Some(owner) = lost else { return Ok(value) };
        let reason = match reasons.get(owner) {
            Some(reason) => (*reason).clone(),
            None => format!("it cannot be used: {hidden}"),
        };
        Err(Fault::value(Place::Owner(*owner), reason))
    }

    /// Whether the type asks for these values, and can be made without them.
    fn does_without(&self, forms: &Forms, owners: &[Owner]) -> bool {
        let mut without = forms.clone();
        let unreadable = Form { kind: Kind::Unreadable, ..Form::default() };
        without.forms.extend(owners.iter().map(|owner| (*owner, unreadable)));
        let round = Round::new(Some(&without));
        let result = (self.attempt)(&round);
        let is_asked_for = |refusal: &Refusal| matches!(refusal.given, Given::Unreadable);
        round.end().refusals.iter().any(is_asked_for) && result.is_ok()
    }

    /// Replaces the address of the refused text by its owner.
    fn located(&self, fault: Fault) -> Fault {
        match fault {
            Fault::Value { place, reason } => {
                let place = self.places.find(place).map_or(Place::Unknown, |(_, owner)| Place::Owner(owner));
                Fault::Value { place, reason }
            }
            other => other,
        }
    }
}

/// The kinds and numbers that were refused in a round.
struct Refused {
    list: bool,
    boolean: bool,
    nothing: bool,
    numbers: HashSet<u64>,
}

impl Refused {
    fn of(refusals: &[Refusal]) -> Self {
        let mut refused = Self { list: false, boolean: false, nothing: false, numbers: HashSet::new() };
        for refusal in refusals {
            match refusal.given {
                Given::List => refused.list = true,
                Given::Boolean => refused.boolean = true,
                Given::Nothing => refused.nothing = true,
                Given::Number(number) => _ = refused.numbers.insert(bits(number)),
                Given::Text(_) | Given::Unreadable => {}
            }
        }
        refused
    }

    /// Whether a text that is given in this form was refused.
    fn contains(&self, form: Form, text: &str) -> bool {
        form.is_list && self.list
            || match form.kind {
                Kind::Number => text.parse().is_ok_and(|number| self.numbers.contains(&bits(number))),
                Kind::Boolean => self.boolean,
                Kind::Absent => self.nothing,
                Kind::Text | Kind::Unreadable => false,
            }
    }
}

/// A key for a number: `-0` is `0`.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

/// A list that no value was sent for is empty. If it is no list, that it is missing is what is wrong.
fn add_missing(forms: &Forms, fault: &Fault, missing: &mut Option<&'static str>) -> Option<Forms> {
    let Fault::Missing(name) = fault else { return None };
    *missing = Some(name);
    let is_first_time = !forms.absent.contains(name);
    is_first_time.then(|| {
        let mut next = forms.clone();
        next.absent.push(name);
        next
    })
}

impl Forms {
    fn of(&self, owner: Owner) -> Form {
        self.forms.get(&owner).copied().unwrap_or_default()
    }
}

impl Form {
    /// Whether a text is given as a list.
    pub(super) fn is_list(self) -> bool {
        self.is_list && self.kind != Kind::Unreadable
    }

    /// Whether it is given as bytes that no type accepts.
    pub(super) fn is_unreadable(self) -> bool {
        self.kind == Kind::Unreadable
    }

    /// The next form of a text that was refused in this form.
    fn convert(self, asked: Asked, text: &str) -> Option<Self> {
        let is_text = self.kind == Kind::Text || self.kind == Kind::Absent && !text.is_empty();
        let kind = match asked {
            Asked::List => return (!self.is_list).then_some(Self { is_list: true, is_kept: false, ..self }),
            _ if self.is_kept || !is_text => return None,
            _ if text.is_empty() => Kind::Absent,
            Asked::Boolean => text::boolean(text).map(|_| Kind::Boolean)?,
            Asked::SmallFloat => text::number::<f32>(text).map(|_| Kind::Number)?,
            Asked::Other => text::number::<f64>(text).map(|_| Kind::Number)?,
        };
        Some(Self { kind, ..self })
    }
}
