//! Whether a lookup takes time in proportion to the path's length, whatever the table and whatever the path.

use crate::callgrind;
use crate::lookups::{self, Find};

/// Bytes of a path; `http::Uri` holds at most 65 534.
pub const LENGTHS: [usize; 6] = [64, 256, 1024, 4096, 16_384, 65_534];

/// What four times the length may cost at the most.
pub const MARGIN: f64 = 4.4;

/// A table, and a path for each length.
struct Case {
    name: &'static str,
    patterns: fn() -> Vec<String>,
    path: fn(usize) -> String,
    is_found: bool,
}

const CASES: [Case; 10] = [
    Case {
        name: "a parameter: one long segment",
        patterns: || vec!["/{id}".into()],
        path: |length| filled("/", "a", length),
        is_found: true,
    },
    Case {
        name: "a parameter: one long segment of escapes",
        patterns: || vec!["/{id}".into()],
        path: |length| filled("/", "%61", length),
        is_found: true,
    },
    Case {
        name: "a catch-all: many segments",
        patterns: || vec!["/{*rest}".into()],
        path: |length| filled("", "/a", length),
        is_found: true,
    },
    Case {
        name: "a catch-all: many segments of escapes",
        patterns: || vec!["/{*rest}".into()],
        path: |length| filled("", "/%C3%A9", length),
        is_found: true,
    },
    Case {
        name: "a miss: many segments",
        patterns: || ["/a/a/a", "/{x}/{y}/{z}"].map(String::from).to_vec(),
        path: |length| filled("", "/a", length),
        is_found: false,
    },
    Case {
        name: "a miss: 64 prefixes and suffixes of one long segment",
        patterns: || {
            (1..=32).flat_map(|n| [format!("/{}{{x}}c", "a".repeat(n)), format!("/{{x}}{}", "b".repeat(n))]).collect()
        },
        path: |length| filled("/", "a", length),
        is_found: false,
    },
    Case {
        name: "a miss: 4 096 patterns that all match but for their end",
        patterns: || ambiguous("/end"),
        path: |length| filled("", "/a", length),
        is_found: false,
    },
    Case {
        name: "the last of 4 096 tails",
        patterns: || [ambiguous("/end/{*rest}"), vec!["/{*rest}".into()]].concat(),
        path: |length| filled("", "/a", length),
        is_found: true,
    },
    Case {
        name: "one of 100 000 routes, with a tail",
        patterns: || (0..100_000).map(|n| format!("/section{}/{{id}}/route{n}/{{*rest}}", n % 100)).collect(),
        path: |length| filled("/section7/x/route70007", "/a", length),
        is_found: true,
    },
    Case {
        name: "1 000 parameters",
        patterns: || vec![(0..1000).map(|n| format!("/{{p{n}}}")).collect()],
        path: |length| format!("/{}", "a".repeat((length / 1000).max(2) - 1)).repeat(1000),
        is_found: true,
    },
];

/// A path of about so many bytes.
fn filled(begin: &str, piece: &str, length: usize) -> String {
    begin.to_owned() + &piece.repeat(length.saturating_sub(begin.len()) / piece.len())
}

/// Twelve segments, each of them `a` or a parameter, in every combination.
fn ambiguous(end: &str) -> Vec<String> {
    let segment = |choice: u32, at: u32| if choice >> at & 1 == 0 { "/a".to_owned() } else { format!("/{{p{at}}}") };
    (0..1 << 12).map(|choice| (0..12).map(|at| segment(choice, at)).collect::<String>() + end).collect()
}

/// What a case costs at each length.
#[derive(Debug)]
pub struct Costs {
    pub name: &'static str,
    /// Bytes of the path, and instructions of a lookup.
    pub costs: Vec<(usize, f64)>,
}

impl Costs {
    /// The most that a path costs which is four times as long as another, as a multiple of that one.
    pub fn worst(&self) -> f64 {
        let growth = |pair: &[(usize, f64)]| pair[1].1 / pair[0].1 * (pair[0].0 as f64 / pair[1].0 as f64) * 4.0;
        let long = self.costs.windows(2).filter(|pair| pair[0].0 < pair[1].0);
        long.map(growth).fold(0.0, f64::max)
    }
}

/// Counts them all.
///
/// In the run under callgrind it does not return.
pub fn all() -> Vec<Costs> {
    if callgrind::is_inside() {
        for case in &CASES {
            let patterns = (case.patterns)();
            let patterns: Vec<_> = patterns.iter().map(String::as_str).collect();
            let find: std::rc::Rc<Find> = std::rc::Rc::new((lookups::OURS.of)(&patterns));
            for length in LENGTHS {
                let path = (case.path)(length);
                assert_eq!(find(&path).is_some(), case.is_found, "{}", case.name);
                let find = std::rc::Rc::clone(&find);
                let mut run = lookups::repeat(Box::new(move |path| find(path)), &path);
                callgrind::count(&path.len().to_string(), &mut run, 10);
            }
        }
        std::process::exit(0);
    }
    let counts = callgrind::counts();
    let counts = counts.chunks_exact(LENGTHS.len());
    let costs =
        |counts: &[(String, f64)]| counts.iter().map(|(length, cost)| (length.parse().unwrap(), *cost)).collect();
    CASES.iter().zip(counts).map(|(case, counts)| Costs { name: case.name, costs: costs(counts) }).collect()
}
