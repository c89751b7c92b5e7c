//! Any bytes as a form: the result does not depend on the chunks. A well-formed form is read completely, and the headers of
//! a field are read correctly in the style of each client.
#![no_main]

use std::convert::Infallible;

use arbitrary::Arbitrary;
use bytes::Bytes;
use futures_util::{FutureExt, stream};
use http::Request;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use route_handlers::multipart::Multipart;
use route_handlers::{Body, Result, RouteHandlers, post};
use tower::ServiceExt;

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Bytes { content_type: Option<&'a str>, body: &'a [u8], cuts: Vec<u8> },
    Form { fields: Vec<(&'a str, Option<&'a str>, &'a [u8])>, cuts: Vec<u8> },
    Head { head: Head<'a>, before: &'a [u8], after: &'a [u8], cuts: Vec<u8> },
}

/// The names of a field, and the style in which a client writes them.
#[derive(Arbitrary, Debug)]
struct Head<'a> {
    name: &'a str,
    file_name: Option<&'a str>,
    style: Style,
    fold: bool,
    upper: bool,
    space: u8,
    file_name_first: bool,
    padding: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Style {
    /// Browsers percent-encode a quote and line breaks, but not a backslash.
    Browser,
    /// The quoted pairs of RFC 9110, and the line breaks of browsers.
    Escaped,
    Plain,
    /// RFC 8187.
    Extended,
    /// .NET sends both parameters.
    PlainAndExtended,
}

impl Style {
    /// Writes one or two parameters. Returns `None` if the value is ambiguous in this style.
    fn write(self, name: &str, value: &str) -> Option<String> {
        let encoded = value.replace('\r', "%0D").replace('\n', "%0A");
        let browser = encoded.replace('"', "%22");
        let extended: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let is_plain = !value.contains([';', '"', '\r', '\n']) && value.trim_matches([' ', '\t']) == value;
        let is_sure = !value.contains("%0") && !value.contains("%22") && !value.chars().any(|c| c.is_ascii_control());
        let is_sure = is_sure || value.contains(['\r', '\n']) && value.chars().all(|c| c.is_alphanumeric() || c == '\r');
        match self {
            _ if !is_sure => None,
            Self::Browser if browser.contains("\\\\") => None,
            Self::Browser => Some(format!("{name}=\"{browser}\"")),
            Self::Escaped => Some(format!("{name}=\"{}\"", encoded.replace('\\', "\\\\").replace('"', "\\\""))),
            Self::Plain if is_plain && !value.is_empty() => Some(format!("{name}={value}")),
            Self::Extended => Some(format!("{name}*=UTF-8''{extended}")),
            Self::PlainAndExtended if is_plain && !value.starts_with("=?") => {
                Some(format!("{name}={value}; {name}*=utf-8'en'{extended}"))
            }
            _ => None,
        }
    }
}

impl Head<'_> {
    fn write(&self) -> Option<String> {
        let mut parameters = vec![self.style.write("name", self.name)?];
        if let Some(file_name) = self.file_name {
            parameters.push(self.style.write("filename", file_name)?);
        }
        if self.file_name_first {
            parameters.reverse();
        }
        let space = if self.fold { "\r\n\t".to_owned() } else { " ".repeat(usize::from(self.space % 4)) };
        let name = if self.upper { "CONTENT-DISPOSITION" } else { "content-disposition" };
        Some(format!("{name}:{space}form-data{space};{space}{}", parameters.join(&format!("{space};{space}"))))
    }
}

async fn list(mut form: Multipart) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(field) = form.next_field().await? {
        all.extend(format!("{:?} {:?} {}\n", field.name(), field.file_name(), field.content_type()).bytes());
        all.extend(field.bytes().await?);
        all.push(b'\n');
    }
    Ok(all)
}

fn send(content_type: &str, body: Body) -> Option<(u16, Bytes)> {
    let content_type = HeaderValue::from_str(content_type).ok()?;
    let request = Request::post("/").header(CONTENT_TYPE, content_type).body(body).ok()?;
    let api = RouteHandlers::new().route("/", post(list).body_limit(1 << 20));
    let Ok(response) = api.oneshot(request).now_or_never().expect("the body is ready");
    let status = response.status().as_u16();
    let body = response.into_body().collect().now_or_never().expect("the response is ready").unwrap();
    Some((status, body.to_bytes()))
}

/// The bytes in chunks of these sizes, repeated.
fn cut(mut bytes: &[u8], cuts: &[u8]) -> Body {
    let mut pieces = Vec::new();
    let sizes = cuts.iter().map(|size| usize::from(*size) + 1).chain([1]);
    for size in sizes.collect::<Vec<_>>().into_iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (piece, rest) = bytes.split_at(size.min(bytes.len()));
        pieces.push(Ok::<_, Infallible>(Bytes::copy_from_slice(piece)));
        bytes = rest;
    }
    Body::from_stream(stream::iter(pieces))
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Bytes { content_type, body, cuts } => {
        let content_type = content_type.unwrap_or("multipart/form-data; boundary=B");
        let Some(whole) = send(content_type, body.to_vec().into()) else { return };
        assert!([200, 400, 413, 415, 422].contains(&whole.0), "{whole:?}");
        assert_eq!(send(content_type, cut(body, &cuts)), Some(whole), "{cuts:?}");
    }
    Input::Form { fields, cuts } => {
        let mut body = Vec::new();
        let mut expected = Vec::new();
        for (name, file_name, content) in fields {
            let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " .-_/;:,=".contains(c));
            let ends = content.windows(4).any(|four| four == b"\r\n--") || content.starts_with(b"--");
            if !plain(name) || !plain(file_name.unwrap_or_default()) || ends {
                continue;
            }
            let file = file_name.map(|file_name| format!("; filename=\"{file_name}\"")).unwrap_or_default();
            body.extend(format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
            body.extend([content, b"\r\n"].concat());
            expected.extend(format!("{name:?} {file_name:?} text/plain\n").bytes());
            expected.extend([content, b"\n"].concat());
        }
        body.extend(b"--B--\r\n");
        assert_eq!(
            send("multipart/form-data; boundary=B", cut(&body, &cuts)),
            Some((200, expected.into())),
            "{}",
            String::from_utf8_lossy(&body)
        );
    }
    Input::Head { head, before, after, cuts } => {
        let Some(written) = head.write() else { return };
        let preamble = [b"\r\n", before, b"\r\n"].concat();
        if preamble.windows(5).any(|five| five == b"\r\n--B") {
            return;
        }
        let padding = " ".repeat(usize::from(head.padding % 4));
        let part = format!("--B{padding}\r\n{written}\r\n\r\nx\r\n--B--{padding}\r\n");
        let body = [&preamble[2..], part.as_bytes(), after].concat();
        let expected = format!("{:?} {:?} text/plain\nx\n", head.name, head.file_name);
        assert_eq!(
            send("multipart/form-data; boundary=B", cut(&body, &cuts)),
            Some((200, expected.into())),
            "{written:?}"
        );
    }
});
