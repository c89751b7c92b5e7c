//! The recording: requests and the responses of Next.js.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::client::ReceivedResponse;
use crate::matches;

#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) tier: String,
    pub(crate) request: Request,
    pub(crate) response: Response,
    #[serde(default)]
    pub(crate) variant: String,
    #[serde(default)]
    pub(crate) deviation: String,
    /// The parts that differ between runs.
    #[serde(default)]
    volatile: Vec<String>,
    timeout: Option<f64>,
    #[serde(default)]
    sleep_before: Vec<f64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    body_base64: String,
    body_gen: Option<Generated>,
    raw_base64: Option<String>,
    framing: Option<String>,
    version: Option<String>,
}

/// A long body: `prefix`, `unit` repeated `count` times, and `suffix`.
#[derive(Debug, Deserialize)]
struct Generated {
    prefix: String,
    unit: String,
    count: usize,
    suffix: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Response {
    pub(crate) status: Option<u16>,
    headers: Vec<(String, String)>,
    body_base64: Option<String>,
    body_sha256: Option<String>,
    body_kind: Option<String>,
    error: Option<String>,
}

/// Headers that are set by the host or are specific to Next.js.
const IGNORED: [&str; 11] = [
    "vary",
    "transfer-encoding",
    "content-length",
    "refresh",
    "server",
    "trailer",
    "date",
    "connection",
    "keep-alive",
    "x-powered-by",
    "x-nextjs-*",
];

fn is_ignored(name: &str) -> bool {
    IGNORED.iter().any(|ignored| matches(ignored, name))
}

/// The cases in recorded order.
pub(crate) fn cases() -> Vec<Case> {
    let case = |line| serde_json::from_str(line).expect("a line of the corpus is a case");
    include_str!("corpus.jsonl").lines().map(case).collect()
}

fn decode(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).expect("the corpus has valid base64")
}

/// One character per byte.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).expect("a byte for each character")).collect()
}

/// The value of a header.
fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The bytes of the request.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if let Some(raw) = &self.raw_base64 {
            return decode(raw);
        }
        let version = self.version.as_deref().unwrap_or("HTTP/1.1");
        let mut head = format!("{} {} {version}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").expect("writing to a String does not fail");
        }
        head.push_str("\r\n");
        let mut bytes = latin1(&head);
        let body = self.body();
        if self.framing.as_deref() != Some("chunked") {
            bytes.extend(body);
            return bytes;
        }
        for chunk in body.chunks(if body.len() > 64 { 16384 } else { 5 }) {
            bytes.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
            bytes.extend(chunk);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
        bytes
    }

    fn body(&self) -> Vec<u8> {
        match &self.body_gen {
            Some(Generated { prefix, unit, count, suffix }) => {
                [latin1(prefix), latin1(unit).repeat(*count), latin1(suffix)].concat()
            }
            None => decode(&self.body_base64),
        }
    }
}

impl Case {
    /// The time limit of the response.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout.unwrap_or(4.0))
    }

    /// The pause before the request is sent.
    pub(crate) fn pause(&self) -> Duration {
        Duration::from_secs_f64(self.sleep_before.iter().sum())
    }

    /// The parts in which a response differs from the recorded one.
    pub(crate) fn differences(&self, response: &ReceivedResponse) -> Vec<String> {
        let Response { status, headers, body_base64, body_sha256, body_kind, error } = &self.response;
        let mut parts = Vec::new();
        if response.status != *status {
            parts.push("status".to_owned());
        }
        if response.error != error.as_deref() {
            parts.push("error".to_owned());
        }
        // Of the error page of Next.js, only the status is compared.
        if body_kind.as_deref() != Some("next-html-page") {
            let mut recorded: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (name, value) in headers {
                recorded.entry(name).or_default().push(value);
            }
            let names = recorded.keys().copied().chain(response.headers.keys().map(String::as_str));
            let mut names: Vec<&str> = names.filter(|name| !is_ignored(name)).collect();
            names.sort_unstable();
            names.dedup();
            let differs = |name: &&str| {
                let expected = recorded.get(name).map_or(&[][..], Vec::as_slice);
                let seen = response.headers.get(*name).map_or(&[][..], Vec::as_slice);
                expected.len() != seen.len()
                    || !expected.iter().zip(seen).all(|(expected, seen)| is_same_value(expected, seen, response))
            };
            parts.extend(names.into_iter().filter(differs).map(|name| format!("header:{name}")));
            let is_same_body = match body_sha256 {
                Some(hash) => format!("{:x}", Sha256::digest(&response.body)) == *hash,
                None => decode(body_base64.as_deref().unwrap_or_default()) == response.body,
            };
            if !is_same_body {
                parts.push("body".to_owned());
            }
        }
        parts.retain(|part| !self.volatile.contains(part));
        parts
    }
}

/// Whether a header value equals the recorded one. There, `{{NOW+60}}` stands for 60 seconds after the response date.
fn is_same_value(recorded: &str, seen: &str, response: &ReceivedResponse) -> bool {
    let Some((before, rest)) = recorded.split_once("{{NOW+") else { return recorded == seen };
    let Some((seconds, after)) = rest.split_once("}}") else { return false };
    let date = seen.strip_prefix(before).and_then(|seen| seen.strip_suffix(after));
    let parse = |date: &str| httpdate::parse_http_date(date).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok();
    let (Some(date), Some(now)) = (date.and_then(parse), response.header("date").and_then(|now| parse(&now))) else {
        return false;
    };
    let is_near =
        |seconds: i64| now.as_secs().checked_add_signed(seconds).is_some_and(|then| date.as_secs().abs_diff(then) <= 2);
    seconds.parse().is_ok_and(is_near)
}
