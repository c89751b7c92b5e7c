//! Any bytes as a form: the same fields, or the same refusal, however they are cut; and a form that is one is read whole.
#![no_main]

use std::convert::Infallible;

use arbitrary::Arbitrary;
use bytes::Bytes;
use futures_util::{FutureExt, stream};
use http::Request;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use route_handlers::{Body, Multipart, Result, RouteHandlers, post};
use tower::ServiceExt;

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Bytes { content_type: Option<&'a str>, body: &'a [u8], cuts: Vec<u8> },
    Form { fields: Vec<(&'a str, Option<&'a str>, &'a [u8])>, cuts: Vec<u8> },
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
    let Ok(response) = api.oneshot(request).now_or_never().expect("the body is there already");
    let status = response.status().as_u16();
    let body = response.into_body().collect().now_or_never().expect("so is the answer").unwrap();
    Some((status, body.to_bytes()))
}

/// The same bytes in pieces of these sizes, over and over.
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
});
