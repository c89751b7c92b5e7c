//! Rewrites serde's messages for clients: they name JSON types instead of Rust types, and quote little of the input.

/// The most characters of the input that a message quotes.
const QUOTED: usize = 20;

/// The most characters of a message that a type of the program wrote.
pub(super) const MESSAGE: usize = 200;

/// Quotes a text of the client for a message.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", cut(text, QUOTED))
}

/// Cuts a text after `length` characters.
pub(crate) fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The reason if a value is a file.
pub(super) fn file_is_not(expected: &str) -> String {
    format!("it is a file, not {expected}")
}

/// The reason if no variant of an enum is only a name.
pub(super) const ONLY_CONTENT: &str = "a parameter is text, and each variant of the enum has content";

/// Serde's messages for types that it does not support behind `flatten`, `tag` and `untagged`.
const UNSUPPORTED: [&str; 2] = ["u128 is not supported", "i128 is not supported"];

/// Whether [`impossible`] says that serde does not support a type.
pub(super) fn is_unsupported(reason: &str) -> bool {
    UNSUPPORTED.iter().any(|unsupported| reason.starts_with(unsupported))
}

/// Whether a message of serde is about several fields. An untagged enum tries each value for several variants.
pub(super) fn is_about_fields(message: &str) -> bool {
    message == NO_FORM || message.starts_with("unknown field ") || message.starts_with("missing field ")
}

/// The reason if a file is read from a request that cannot have one.
#[cfg(feature = "multipart")]
pub(super) const NO_FILES: &str = "only `FormData` reads an `UploadedFile`";

/// The reason why a type can be read from no request, if serde's message says so: a mistake in the program.
pub(super) fn impossible(said: &str) -> Option<String> {
    match said {
        _ if UNSUPPORTED.contains(&said) => Some(format!("{said} behind `flatten`, `tag` and `untagged`")),
        #[cfg(feature = "multipart")]
        NO_FILES => Some(NO_FILES.to_owned()),
        "can only flatten structs and maps" => Some(format!("serde {said}")),
        _ => None,
    }
}

/// The message if no variant of an untagged enum matches.
const NO_FORM: &str = "it matches none of the expected forms";

/// Rewrites a whole message of serde.
pub(super) fn message(said: &str) -> String {
    if let Some(message) = mismatch(said).or_else(|| unknown_name(said)) {
        return message;
    }
    if said.starts_with("data did not match any variant of ") {
        return NO_FORM.to_owned();
    }
    if said.starts_with("no variant of enum ") {
        return "none of the expected fields is present".to_owned();
    }
    if said.contains("::") {
        return "it does not have the expected form".to_owned();
    }
    cut(said, MESSAGE)
}

/// Rewrites a message about a value with another type, content or length than expected.
fn mismatch(said: &str) -> Option<String> {
    ["invalid type: ", "invalid value: ", "invalid length "].iter().find_map(|kind| {
        let (found, wanted) = said.strip_prefix(kind)?.rsplit_once(", expected ")?;
        Some(format!("{kind}{}, expected {}", found_words(found), expected(wanted)))
    })
}

/// Rewrites a message about the name of a variant or a field that the type does not have.
fn unknown_name(said: &str) -> Option<String> {
    ["unknown variant `", "unknown field `"].iter().find_map(|kind| {
        let rest = said.strip_prefix(kind)?;
        let only =
            rest.strip_suffix("`, there are no variants").or_else(|| rest.strip_suffix("`, there are no fields"));
        if let Some(name) = only {
            return Some(format!("{kind}{}`", cut(name, QUOTED)));
        }
        let (name, known) = rest.rsplit_once("`, expected ")?;
        Some(format!("{kind}{}`, expected {}", cut(name, QUOTED), cut(known, MESSAGE)))
    })
}

/// Rewrites what was found, as described by serde's `Unexpected`.
pub(super) fn found_words(found: &str) -> String {
    if let Some(text) = found.strip_prefix("string \"") {
        return format!("string {}", quoted(text.strip_suffix('"').unwrap_or(text)));
    }
    if let Some(number) = found.strip_prefix("floating point ") {
        return format!("number {number}");
    }
    look_up(&FOUND, found).map_or_else(|| cut(found, 2 * QUOTED), str::to_owned)
}

/// Serde's words, each with those of JSON. Words with a space at their end stand for all that begin with them.
type Words = [(&'static str, &'static str)];

const FOUND: [(&str, &str); 10] = [
    ("sequence", "array"),
    ("map", "object"),
    ("unit value", "null"),
    ("Option value", "null"),
    ("enum", "value"),
    ("newtype struct", "value"),
    ("unit variant", "a name without content"),
    ("newtype variant", "a name with content"),
    ("tuple variant", "a name with content"),
    ("struct variant", "a name with content"),
];

const EXPECTED: [(&str, &str); 28] = [
    ("f32", "a number"),
    ("f64", "a number"),
    ("unit", "null"),
    ("option", "a value or null"),
    ("a sequence", "an array"),
    ("a map", "an object"),
    ("a boolean", "true or false"),
    ("a character", "a string of one character"),
    ("a borrowed string", "a string"),
    ("a str", "a string"),
    ("path string", "a string"),
    ("os string", "a string"),
    ("map with a single key", "an object with a single key"),
    ("string or map", "a string or an object"),
    ("variant identifier", "a known name"),
    ("field identifier", "a known name"),
    ("newtype variant", "a name with content"),
    ("tuple variant", "a name with content"),
    ("struct variant", "a name with content"),
    ("unit variant", "a name without content"),
    ("tuple ", "an array"),
    ("unit ", "null"),
    ("newtype ", "another value"),
    ("struct ", "an object"),
    ("internally ", "an object"),
    ("adjacently ", "an object"),
    ("enum ", "one of the known values"),
    ("variant ", "one of the known values"),
];

fn look_up(words: &Words, said: &str) -> Option<&'static str> {
    let is_it = |known: &str| said == known || known.ends_with(' ') && said.starts_with(known);
    words.iter().find(|(known, _)| is_it(known)).map(|(_, words)| *words)
}

/// Rewrites what was expected, as described by a visitor's `expecting`.
pub(super) fn expected(said: &str) -> String {
    if let Some(words) = integer(said).or_else(|| array(said)) {
        return words;
    }
    match look_up(&EXPECTED, said) {
        Some(words) => words.to_owned(),
        None if said.contains("::") => "another value".to_owned(),
        None => cut(said, MESSAGE),
    }
}

/// An array of a known length.
fn array(said: &str) -> Option<String> {
    let mut words = said.rsplit(' ');
    let last = words.next();
    let count = match said {
        _ if said.starts_with("a tuple of size ") || said.starts_with("an array of length ") => last?,
        _ if said.starts_with("tuple ") && matches!(last, Some("element" | "elements")) => words.next()?,
        _ => return None,
    };
    Some(format!("an array of {count} element{}", if count == "1" { "" } else { "s" }))
}

/// The integer types with their ranges.
const INTEGERS: [(&str, &str, &str); 12] = [
    ("i8", "-128", "127"),
    ("i16", "-32768", "32767"),
    ("i32", "-2147483648", "2147483647"),
    ("i64", "-9223372036854775808", "9223372036854775807"),
    ("i128", "-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"),
    ("isize", "-9223372036854775808", "9223372036854775807"),
    ("u8", "0", "255"),
    ("u16", "0", "65535"),
    ("u32", "0", "4294967295"),
    ("u64", "0", "18446744073709551615"),
    ("u128", "0", "340282366920938463463374607431768211455"),
    ("usize", "0", "18446744073709551615"),
];

/// The range of a Rust integer type.
fn integer(name: &str) -> Option<String> {
    let nonzero = name.strip_prefix("a nonzero ");
    let wanted = match (nonzero.unwrap_or(name), usize::BITS) {
        ("isize", 32) => "i32",
        ("usize", 32) => "u32",
        (wanted, _) => wanted,
    };
    let (_, least, most) = INTEGERS.iter().find(|(name, ..)| *name == wanted)?;
    Some(match (nonzero, *least) {
        (None, _) => format!("an integer from {least} to {most}"),
        (Some(_), "0") => format!("an integer from 1 to {most}"),
        (Some(_), _) => format!("an integer from {least} to {most}, but not 0"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_expected_is_said_in_the_words_of_json() {
        for (said, told) in [
            ("u8", "an integer from 0 to 255"),
            ("i16", "an integer from -32768 to 32767"),
            ("a nonzero u8", "an integer from 1 to 255"),
            ("a nonzero i8", "an integer from -128 to 127, but not 0"),
            ("f32", "a number"),
            ("struct Order", "an object"),
            ("struct Order with 2 elements", "an object"),
            ("tuple struct Point with 2 elements", "an array of 2 elements"),
            ("tuple struct Point", "an array"),
            ("tuple variant Shape::Point with 1 element", "an array of 1 element"),
            ("tuple variant Shape::Point", "an array"),
            ("struct variant Shape::Circle", "an object"),
            ("unit variant Shape::None", "null"),
            ("unit struct Nothing", "null"),
            ("enum Color", "one of the known values"),
            ("variant of enum Color", "one of the known values"),
            ("internally tagged enum Event", "an object"),
            ("adjacently tagged enum Event", "an object"),
            ("a tuple of size 3", "an array of 3 elements"),
            ("an array of length 4", "an array of 4 elements"),
            ("an IP address", "an IP address"),
            ("a value of my::module::Type", "another value"),
        ] {
            assert_eq!(expected(said), told, "{said}");
        }
    }

    #[test]
    fn a_message_quotes_little_and_names_no_type() {
        let long = "x".repeat(1000);
        for (said, told) in [
            ("missing field `count`".to_owned(), "missing field `count`"),
            ("invalid type: null, expected struct Order".to_owned(), "invalid type: null, expected an object"),
            (
                format!("invalid value: string \"{long}\", expected u8"),
                "invalid value: string `xxxxxxxxxxxxxxxxxxxx…`, expected an integer from 0 to 255",
            ),
            (
                "invalid type: string \"a, expected b\", expected unit".to_owned(),
                "invalid type: string `a, expected b`, expected null",
            ),
            (
                format!("unknown variant `{long}`, expected one of `a`, `b`"),
                "unknown variant `xxxxxxxxxxxxxxxxxxxx…`, expected one of `a`, `b`",
            ),
            ("unknown field `x`, there are no fields".to_owned(), "unknown field `x`"),
            ("data did not match any variant of untagged enum Id".to_owned(), NO_FORM),
            (
                "invalid length 1, expected a tuple of size 2".to_owned(),
                "invalid length 1, expected an array of 2 elements",
            ),
        ] {
            assert_eq!(message(&said), told);
        }
        assert_eq!(message(&long).chars().count(), MESSAGE + 1);
    }
}
