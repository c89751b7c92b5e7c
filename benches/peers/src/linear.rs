//! Checks that the work grows linearly with the input: the work of a lookup with the length of the path, and the work of a
//! handler with the length of a list in the request.

use std::collections::HashMap;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use route_handlers::pages::{PagesBody, PagesQuery, pages};
use route_handlers::{Cookies, Form, Query, RouteHandlers, SetCookie, get};
use tower::Service;

use crate::callgrind;
use crate::harness;
use crate::lookups::{self, Find};

/// Lengths of paths and lists in bytes. `http::Uri` holds at most 65 534.
pub const LENGTHS: [usize; 6] = [64, 256, 1024, 4096, 16_384, 65_534];

/// The highest cost of four times the length, as a multiple of the cost of the length.
pub const MARGIN: f64 = 4.4;

/// A route table, and a path for each length.
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
        name: "a miss: 4 096 patterns that match except for their last segment",
        patterns: || ambiguous("/end"),
        path: |length| filled("", "/a", length),
        is_found: false,
    },
    Case {
        name: "a catch-all after 4 096 patterns that match except for their last segment",
        patterns: || [ambiguous("/end/{*rest}"), vec!["/{*rest}".into()]].concat(),
        path: |length| filled("", "/a", length),
        is_found: true,
    },
    Case {
        name: "one of 100 000 routes, with a catch-all",
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

/// A list in a request, and its place there.
struct ListCase {
    name: &'static str,
    path: &'static str,
    place: Place,
    pair: fn(usize) -> String,
}

enum Place {
    Query,
    Form,
    Cookie,
}

const DISTINCT: fn(usize) -> String = |number| format!("n{number:05x}=v");
const ALIKE: fn(usize) -> String = |number| format!("name=v{number:05x}");

const LISTS: [ListCase; 12] = [
    ListCase { name: "pages: a query of distinct names", path: "/pages", place: Place::Query, pair: DISTINCT },
    ListCase { name: "pages: a query of one name", path: "/pages", place: Place::Query, pair: ALIKE },
    ListCase { name: "pages: a form of distinct names", path: "/pages", place: Place::Form, pair: DISTINCT },
    ListCase { name: "pages: a form of one name", path: "/pages", place: Place::Form, pair: ALIKE },
    ListCase { name: "pages: cookies of distinct names", path: "/pages", place: Place::Cookie, pair: DISTINCT },
    ListCase { name: "pages: cookies of one name", path: "/pages", place: Place::Cookie, pair: ALIKE },
    ListCase { name: "cookies of distinct names, each read", path: "/cookies", place: Place::Cookie, pair: DISTINCT },
    ListCase { name: "cookies of one name, each read", path: "/cookies", place: Place::Cookie, pair: ALIKE },
    ListCase { name: "cookies, each deleted", path: "/deleted", place: Place::Cookie, pair: DISTINCT },
    ListCase { name: "cookies of one name, each deleted at a path", path: "/paths", place: Place::Cookie, pair: ALIKE },
    ListCase { name: "a query as a map", path: "/map", place: Place::Query, pair: DISTINCT },
    ListCase { name: "a form as a map", path: "/map", place: Place::Form, pair: DISTINCT },
];

impl ListCase {
    /// Makes a request with a list of about `length` bytes. Returns the exact length and the request.
    fn request(&self, length: usize) -> (usize, Request<Full<Bytes>>) {
        let separator = if matches!(self.place, Place::Cookie) { "; " } else { "&" };
        let count = (length - self.path.len()) / ((self.pair)(0).len() + separator.len()); // the path is in the URI too
        let list = (0..count).map(self.pair).collect::<Vec<_>>().join(separator);
        let bytes = list.len();
        let request = match self.place {
            Place::Query => Request::get(format!("{}?{list}", self.path)).body(Full::default()),
            Place::Cookie => Request::get(self.path).header(header::COOKIE, list).body(Full::default()),
            Place::Form => Request::post(self.path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Full::from(list)),
        };
        (bytes, request.unwrap())
    }
}

/// Finds each name of a list once.
fn each_field(fields: &PagesQuery) -> usize {
    fields.iter().filter(|(name, _)| fields.get(name).is_some()).count()
}

fn each_cookie(cookies: &Cookies) -> usize {
    cookies.iter().filter(|(name, _)| cookies.get(name).is_some()).count()
}

fn names(cookies: &Cookies) -> Vec<String> {
    cookies.iter().map(|(name, _)| name.to_owned()).collect()
}

/// Handlers that find or delete each name of a list.
fn lists() -> RouteHandlers {
    let pages = pages(async |req, res| {
        let fields = if let PagesBody::Form(form) = req.body() { each_field(form) } else { 0 };
        res.send((each_field(req.query()) + fields + each_cookie(&req.cookies())).to_string())
    });
    let map = get(async |Query(map): Query<HashMap<String, String>>| map.len().to_string());
    RouteHandlers::new()
        .any("/pages", pages)
        .get("/cookies", async |cookies: Cookies| each_cookie(&cookies).to_string())
        .get("/deleted", async |mut cookies: Cookies| {
            names(&cookies).into_iter().for_each(|name| cookies.delete(name));
            (cookies, "")
        })
        .get("/paths", async |mut cookies: Cookies| {
            for (number, name) in names(&cookies).into_iter().enumerate() {
                cookies.delete_cookie(SetCookie::delete(name).path(format!("/{number:05x}")));
            }
            (cookies, "")
        })
        .route("/map", map.post(async |Form(map): Form<HashMap<String, String>>| map.len().to_string()))
}

/// Makes a path of about `length` bytes.
fn filled(begin: &str, piece: &str, length: usize) -> String {
    begin.to_owned() + &piece.repeat(length.saturating_sub(begin.len()) / piece.len())
}

/// Makes every pattern of twelve segments that are each `a` or a parameter.
fn ambiguous(end: &str) -> Vec<String> {
    let segment = |choice: u32, at: u32| if choice >> at & 1 == 0 { "/a".to_owned() } else { format!("/{{p{at}}}") };
    (0..1 << 12).map(|choice| (0..12).map(|at| segment(choice, at)).collect::<String>() + end).collect()
}

/// The cost of a case at each length.
#[derive(Debug)]
pub struct Costs {
    pub name: &'static str,
    /// The bytes of the path or the list, and the instructions.
    pub costs: Vec<(usize, f64)>,
}

impl Costs {
    /// The highest cost of four times the length, as a multiple of the cost of the length.
    pub fn worst(&self) -> f64 {
        let growth = |pair: &[(usize, f64)]| pair[1].1 / pair[0].1 * (pair[0].0 as f64 / pair[1].0 as f64) * 4.0;
        let long = self.costs.windows(2).filter(|pair| pair[0].0 < pair[1].0);
        long.map(growth).fold(0.0, f64::max)
    }
}

/// Counts the instructions of each case.
///
/// Under callgrind this function does not return.
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
        let api = lists();
        for case in &LISTS {
            for length in LENGTHS {
                let mut api = api.clone();
                let (bytes, request) = case.request(length);
                let status = harness::ready(api.call(request.clone())).unwrap().status();
                assert_eq!(status, 200, "{}", case.name);
                let mut run = harness::times(move || harness::ready(api.call(request.clone())).unwrap());
                callgrind::count(&bytes.to_string(), &mut run, 10);
            }
        }
        std::process::exit(0);
    }
    let counts = callgrind::counts();
    let counts = counts.chunks_exact(LENGTHS.len());
    let costs =
        |counts: &[(String, f64)]| counts.iter().map(|(length, cost)| (length.parse().unwrap(), *cost)).collect();
    let names = CASES.iter().map(|case| case.name).chain(LISTS.iter().map(|case| case.name));
    names.zip(counts).map(|(name, counts)| Costs { name, costs: costs(counts) }).collect()
}
