//! Byte ranges of requests (RFC 9110 §14).

use std::ops::Range;

use http::HeaderValue;

use crate::headers;

/// The most ranges of a request that are sent. A client may ignore the limit, so the whole content is sent instead (§14.2).
const MOST: usize = 64;

/// The ranges that a request selects of a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selected {
    /// The whole content, because the header is not valid or has another unit.
    Whole,
    /// No range is within the content: 416.
    Nothing,
    /// These ranges, in the order of the request. They are not empty, and neither overlap nor touch.
    Ranges(Vec<Range<u64>>),
}

/// Returns the ranges of a `Range` header for a content of this length.
///
/// `http-range-header` is not used: it refuses a suffix that is longer than the content, leading zeros, and `Bytes`, which are
/// valid, and ranges that overlap.
pub(crate) fn select(header: &HeaderValue, length: u64) -> Selected {
    let Some(specs) = parse(header).filter(|specs| specs.len() <= MOST) else { return Selected::Whole };
    let mut ranges: Vec<_> = specs.into_iter().filter_map(|spec| spec.within(length)).collect();
    if ranges.is_empty() {
        return Selected::Nothing;
    }
    if ranges.iter().any(Range::is_empty) {
        return Selected::Whole; // a suffix of an empty content, which has no `Content-Range` (§14.4)
    }
    merge(&mut ranges);
    Selected::Ranges(ranges)
}

/// A range as it is sent (§14.1.1).
#[derive(Clone, Copy, Debug)]
enum Spec {
    From { first: u64, last: Option<u64> },
    Suffix(u64),
}

impl Spec {
    /// The range within a content of this length, if the spec is satisfiable (§14.1.2).
    fn within(self, length: u64) -> Option<Range<u64>> {
        match self {
            Self::From { first, last } => {
                (first < length).then(|| first..last.map_or(length, |last| last.saturating_add(1).min(length)))
            }
            Self::Suffix(0) => None,
            Self::Suffix(suffix) => Some(length.saturating_sub(suffix)..length),
        }
    }
}

/// Parses the header. `None` if it is malformed, has another unit than bytes, or has a last position before the first one.
fn parse(header: &HeaderValue) -> Option<Vec<Spec>> {
    let (unit, set) = header.to_str().ok()?.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let specs = set.split(',').map(headers::trim_ows).filter(|spec| !spec.is_empty()); // a list (§5.6.1.2)
    let specs: Vec<_> = specs.take(MOST + 1).map(parse_spec).collect::<Option<_>>()?;
    (!specs.is_empty()).then_some(specs)
}

fn parse_spec(spec: &str) -> Option<Spec> {
    let (first, last) = spec.split_once('-')?;
    if first.is_empty() {
        return position(last).map(Spec::Suffix);
    }
    let first = position(first)?;
    if last.is_empty() {
        return Some(Spec::From { first, last: None });
    }
    let last = position(last)?;
    (first <= last).then_some(Spec::From { first, last: Some(last) })
}

/// Parses digits. A number that is too large for any content becomes the largest `u64`.
fn position(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Joins ranges that overlap or touch. The result is in the order in which the request names them first (§15.3.7.2).
fn merge(ranges: &mut Vec<Range<u64>>) {
    let mut sorted: Vec<_> = ranges.drain(..).enumerate().collect();
    sorted.sort_by_key(|(_, range)| range.start);
    let mut merged: Vec<(usize, Range<u64>)> = Vec::new();
    for (order, range) in sorted {
        match merged.last_mut() {
            Some((first, last)) if range.start <= last.end => {
                *first = order.min(*first);
                last.end = range.end.max(last.end);
            }
            _ => merged.push((order, range)),
        }
    }
    merged.sort_by_key(|(order, _)| *order);
    ranges.extend(merged.into_iter().map(|(_, range)| range));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(header: &'static str, length: u64) -> Selected {
        select(&HeaderValue::from_static(header), length)
    }

    #[test]
    fn valid_ranges_are_clamped_and_merged() {
        for (header, length, expected) in [
            ("bytes=0-", 10, &[(0, 10)][..]),
            ("bytes=0-0", 10, &[(0, 1)]),
            ("bytes=9-", 10, &[(9, 10)]),
            ("bytes=2-5", 10, &[(2, 6)]),
            ("bytes=5-5", 10, &[(5, 6)]),
            ("bytes=0-99", 10, &[(0, 10)]),
            ("bytes=-5", 10, &[(5, 10)]),
            ("bytes=-99", 10, &[(0, 10)]),
            ("bytes=-1", 1, &[(0, 1)]),
            ("BYTES=1-2", 10, &[(1, 3)]),
            ("bytes=001-002", 10, &[(1, 3)]),
            ("bytes=0-18446744073709551615", 10, &[(0, 10)]),
            ("bytes=0-99999999999999999999999999", 10, &[(0, 10)]),
            ("bytes=-99999999999999999999999999", 10, &[(0, 10)]),
            ("bytes=0-18446744073709551615", u64::MAX, &[(0, u64::MAX)]),
            ("bytes=0-1,4-5", 10, &[(0, 2), (4, 6)]),
            ("bytes= 0-1 ,\t4-5,", 10, &[(0, 2), (4, 6)]),
            ("bytes=,,0-1,,4-5", 10, &[(0, 2), (4, 6)]),
            ("bytes=8-,0-1", 10, &[(8, 10), (0, 2)]),
            ("bytes=0-3,2-5", 10, &[(0, 6)]),
            ("bytes=2-5,0-3", 10, &[(0, 6)]),
            ("bytes=0-1,2-3", 10, &[(0, 4)]),
            ("bytes=0-1,-1,1-2", 10, &[(0, 3), (9, 10)]),
            ("bytes=-1,0-1,5-6,1-2", 10, &[(9, 10), (0, 3), (5, 7)]),
            ("bytes=0-1,5-6,2-4", 10, &[(0, 7)]),
            ("bytes=0-9,0-9,0-9", 10, &[(0, 10)]),
            ("bytes=20-30,0-1", 10, &[(0, 2)]),
            ("bytes=-0,0-1", 10, &[(0, 2)]),
        ] {
            let expected = expected.iter().map(|(start, end)| *start..*end).collect();
            assert_eq!(selected(header, length), Selected::Ranges(expected), "{header} of {length}");
        }
    }

    #[test]
    fn ranges_beyond_the_content_select_nothing() {
        for (header, length) in [
            ("bytes=10-", 10),
            ("bytes=10-20", 10),
            ("bytes=-0", 10),
            ("bytes=10-,20-30,-0", 10),
            ("bytes=0-", 0),
            ("bytes=0-0", 0),
            ("bytes=-0", 0),
            ("bytes=99999999999999999999999999-", 10),
            ("bytes=99999999999999999999999999-99999999999999999999999999", 10),
        ] {
            assert_eq!(selected(header, length), Selected::Nothing, "{header} of {length}");
        }
    }

    #[test]
    fn invalid_header_selects_the_whole_content() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=5-2",
            "bytes=0-1,5-2",
            "bytes=a-b",
            "bytes=0",
            "bytes=0x1-2",
            "bytes=+1-2",
            "bytes=1-+2",
            "bytes=--1",
            "bytes=1-2-3",
            "bytes=1 - 2",
            "bytes=0-1;4-5",
            "bytes=0-1,bytes=4-5",
            "bytes 0-1",
            "bytes =0-1",
            " bytes=0-1",
            "items=0-1",
            "none=0-1",
            "bytes=0-1 4-5",
            "bytes=0-1,*",
            "bytes=1.0-2",
            "bytes=18446744073709551617-18446744073709551616x",
        ] {
            assert_eq!(selected(header, 10), Selected::Whole, "{header}");
        }
        assert_eq!(select(&HeaderValue::from_bytes(b"bytes=0-\xff").unwrap(), 10), Selected::Whole);
        assert_eq!(selected("bytes=-5", 0), Selected::Whole);
    }

    #[test]
    fn too_many_ranges_select_the_whole_content() {
        let header = |count: u32| {
            let specs: Vec<_> = (0..count).map(|n| format!("{}-{}", n * 2, n * 2)).collect();
            HeaderValue::try_from(format!("bytes={}", specs.join(","))).unwrap()
        };
        let Selected::Ranges(ranges) = select(&header(64), 1000) else { panic!() };
        assert_eq!(ranges.len(), 64);
        assert_eq!(select(&header(65), 1000), Selected::Whole);
        assert_eq!(select(&header(50_000), 1000), Selected::Whole);
    }
}
