//! Adapts the headers of a response to the JSON that Lambda requires.

use http::header::{Entry, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use route_handlers::body::BoxError;

/// Joins the lines of a header that occurs more than once (RFC 9110 §5.3). Behind an HTTP API or a function URL only the first
/// line would arrive. `Set-Cookie` cannot be joined, and has a separate list there.
///
/// # Errors
///
/// Fails if a value is not UTF-8, as JSON cannot hold it. `lambda_http` would end the program.
pub(crate) fn join_lines(headers: &mut HeaderMap) -> Result<(), BoxError> {
    let names: Vec<_> = headers.keys().cloned().collect();
    for name in names {
        let Entry::Occupied(mut lines) = headers.entry(&name) else { continue };
        let texts = lines.iter().map(|line| str::from_utf8(line.as_bytes())).collect::<Result<Vec<_>, _>>();
        let texts = texts.map_err(|_| refused(&name, "is not UTF-8, which the JSON of a response requires"))?;
        if name != SET_COOKIE && texts.len() > 1 {
            let joined = HeaderValue::try_from(texts.join(", "))?;
            lines.insert(joined);
        }
    }
    Ok(())
}

/// Checks the headers of a streamed response.
///
/// # Errors
///
/// Fails if a value is not ASCII, as `lambda_http` would replace it with an empty list.
pub(crate) fn check_ascii(headers: &HeaderMap) -> Result<(), BoxError> {
    let lost = headers.iter().find(|(name, value)| **name != SET_COOKIE && value.to_str().is_err());
    lost.map_or(Ok(()), |(name, _)| {
        Err(refused(name, "is not ASCII, which `lambda_http` requires of a streamed response: percent-encode it"))
    })
}

fn refused(name: &HeaderName, reason: &str) -> BoxError {
    format!("the header `{name}` {reason}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_except_cookies() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("vary", "accept"), ("set-cookie", "a=1"), ("vary", "cookie"), ("set-cookie", "b=2")] {
            headers.append(name, HeaderValue::from_static(value));
        }
        join_lines(&mut headers).unwrap();
        assert_eq!(headers.get_all("vary").iter().collect::<Vec<_>>(), ["accept, cookie"]);
        assert_eq!(headers.get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
    }

    #[test]
    fn value_that_json_cannot_hold_is_an_error_that_names_the_header() {
        let mut headers = HeaderMap::new();
        headers.append("x", HeaderValue::from_bytes(b"\xe9").unwrap());
        assert!(join_lines(&mut headers).unwrap_err().to_string().contains("`x`"));
    }
}
