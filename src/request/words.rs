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
pub(super) fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The reason why a type can be read from no request, if serde's message says so: a mistake in the program.
pub(super) fn impossible(said: &str) -> Option<String> {
    match said {
        "u128 is not supported" | "i128 is not supported" => {
            Some(format!("{said} behind `flatten`, `tag` and `untagged`"))
        }
        "can only flatten structs and maps" => Some(format!("serde {said}")),
        _ => None,
    }
}

/// The message if no variant of an untagged enum matches.
const NO_FORM: &str = "it matches none of the expected forms";

/// Rewrites a whole message of serde.
pub(super) fn message(said: &str) -> String {
    for kind in ["invalid type: ", "invalid value: ", "invalid length "] {
        let Some((found, wanted)) = said.strip_prefix(kind).and_then(|rest| rest.rsplit_once(", expected ")) else {
            continue;
        };
        return format!("{kind}{}, expected {}", found_words(found), expected(wanted));
    }
    for kind in ["unknown variant `", "unknown field `"] {
        let Some((name, known)) = said
            .strip_prefix(kind)
            .and_then(|rest| rest.rsplit_once("`, expected ").or_else(|| rest.rsplit_once("`, there are no ")))
        else {
            continue;
        };
        let known = if said.ends_with("there are no variants") || said.ends_with("there are no fields") {
            String::new()
        } else {
            format!(", expected {}", cut(known, MESSAGE))
        };
        return format!("{}{}`{known}", kind, cut(name, QUOTED));
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

/// Rewrites what was found, as described by serde's `Unexpected`.
pub(super) fn found_words(found: &str) -> String {
    if let Some(text) = found.strip_prefix("string \"") {
        return format!("string {}", quoted(text.strip_suffix('"').unwrap_or(text)));
    }
    if let Some(number) = found.strip_prefix("floating point ") {
        return format!("number {number}");
    }
    match found {
        "sequence" => "array",
        "map" => "object",
        "unit value" | "Option value" => "null",
        "enum" | "newtype struct" => "value",
        "unit variant" => "a name without content",
        "newtype variant" | "tuple variant" | "struct variant" => "a name with content",
        other => return cut(other, 2 * QUOTED),
    }
    .to_owned()
}

/// Rewrites what was expected, as described by a visitor's `expecting`.
pub(super) fn expected(said: &str) -> String {
    let (kind, rest) = said.split_once(' ').unwrap_or((said, ""));
    let elements = || {
        let mut words = rest.split(' ').rev();
        match (words.next(), words.next()) {
            (Some("element" | "elements"), Some(count)) => array_of(count),
            _ => "an array".to_owned(),
        }
    };
    if let Some(range) = integer(said) {
        return range;
    }
    match (kind, rest) {
        ("f32" | "f64", "") => "a number",
        ("unit", "") => "null",
        ("option", "") => "a value or null",
        ("a", "sequence") => "an array",
        ("a", "map") => "an object",
        ("a", "boolean") => "true or false",
        ("a", "character") => "a string of one character",
        ("a", "borrowed string" | "str") | ("path" | "os", "string") => "a string",
        ("an", "empty array") => "an empty array",
        ("map", "with a single key") => "an object with a single key",
        ("string", "or map") => "a string or an object",
        ("a", rest) if rest.starts_with("tuple of size ") => {
            return array_of(&rest["tuple of size ".len()..]);
        }
        ("an", rest) if rest.starts_with("array of length ") => {
            return array_of(&rest["array of length ".len()..]);
        }
        ("variant" | "field", "identifier") => "a known name",
        ("newtype" | "tuple" | "struct", "variant") => "a name with content",
        ("unit", "variant") => "a name without content",
        ("tuple", _) => return elements(),
        ("struct", rest) if rest.starts_with("variant ") => "an object",
        ("unit", rest) if rest.starts_with("struct ") => "null",
        ("unit" | "newtype", _) => "another value",
        ("struct", _) => "an object",
        ("internally" | "adjacently", rest) if rest.starts_with("tagged enum") => "an object",
        ("enum" | "variant", _) => "one of the known values",
        _ if said.contains("::") => "another value",
        _ => return cut(said, MESSAGE),
    }
    .to_owned()
}

fn array_of(count: &str) -> String {
    format!("an array of {count} element{}", if count == "1" { "" } else { "s" })
}

/// The range of a Rust integer type.
fn integer(name: &str) -> Option<String> {
    let type_name = name.strip_prefix("a nonzero ").unwrap_or(name);
    let is_nonzero = type_name.len() < name.len();
    let type_name = match (type_name, usize::BITS) {
        ("isize", 32) => "i32",
        ("isize", _) => "i64",
        ("usize", 32) => "u32",
        ("usize", _) => "u64",
        _ => type_name,
    };
    let (least, most) = match type_name {
        "i8" => ("-128", "127"),
        "i16" => ("-32768", "32767"),
        "i32" => ("-2147483648", "2147483647"),
        "i64" => ("-9223372036854775808", "9223372036854775807"),
        "i128" => ("-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"),
        "u8" => ("0", "255"),
        "u16" => ("0", "65535"),
        "u32" => ("0", "4294967295"),
        "u64" => ("0", "18446744073709551615"),
        "u128" => ("0", "340282366920938463463374607431768211455"),
        _ => return None,
    };
    Some(match (is_nonzero, least) {
        (false, _) => format!("an integer from {least} to {most}"),
        (true, "0") => format!("an integer from 1 to {most}"),
        (true, _) => format!("an integer from {least} to {most}, but not 0"),
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
            ("unit variant Shape::None", "another value"),
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
