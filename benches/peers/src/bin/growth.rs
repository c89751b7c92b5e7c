//! Measures the costs that grow with the number of routes and with the length of a path: prints two tables, and draws
//! `growth.svg`.
//!
//! ```text
//! cargo run --release -p peers --bin growth
//! ```

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use peers::allocator::held;
use peers::callgrind;
use peers::lookups::{self, MATCHIT, OURS, Router, WAYFIND};
use peers::svg::{Line, plot};
use route_handlers::RouteHandlers;

const ROUTES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
const SEGMENTS: [usize; 5] = [4, 16, 64, 256, 1024];
const ROUTERS: [(Router, &str); 3] = [(OURS, "#c2410c"), (MATCHIT, "#1d4ed8"), (WAYFIND, "#15803d")];
const PLOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/growth.svg");

fn main() {
    if callgrind::is_inside() {
        return count();
    }
    let counts: Vec<f64> = callgrind::counts().into_iter().map(|(_, instructions)| instructions).collect();
    let (by_routes, by_length) = counts.split_at(ROUTES.len() * ROUTERS.len());
    let by_routes: Vec<Vec<f64>> = by_routes.chunks(ROUTES.len()).map(<[f64]>::to_vec).collect();

    println!(
        "| routes | building, µs per route | bytes per route: routing table | whole service | lookup: this crate | matchit | wayfind |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    for (index, &routes) in ROUTES.iter().enumerate() {
        let patterns = patterns(routes);
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        let (_, table) = per_route(routes, || (OURS.of)(&patterns));
        let (time, service) = per_route(routes, || service(&patterns));
        let [ours, matchit, wayfind] = [0, 1, 2].map(|router: usize| by_routes[router][index]);
        println!("| {routes} | {time:.2} | {table:.0} | {service:.0} | {ours:.0} | {matchit:.0} | {wayfind:.0} |");
    }
    println!("\n| segments of a path | instructions | per segment |\n|--:|--:|--:|");
    for (segments, instructions) in SEGMENTS.iter().zip(by_length) {
        println!("| {segments} | {instructions:.0} | {:.1} |", instructions / *segments as f64);
    }
    draw(by_routes);
}

/// Counts each lookup under callgrind: by router and number of routes, and for this crate by length too.
fn count() {
    for (router, _) in ROUTERS {
        for routes in ROUTES {
            let patterns = patterns(routes);
            let find = (router.of)(&patterns.iter().map(String::as_str).collect::<Vec<_>>());
            let paths: Vec<String> = (0..100).map(|n| path(n * 7919 % routes)).collect();
            let mut turn = 0;
            let mut run: Box<dyn FnMut(u32)> = Box::new(move |times| {
                for _ in 0..times {
                    turn = (turn + 1) % paths.len();
                    black_box(find(&paths[turn])).expect("the table has a route for each path");
                }
            });
            callgrind::count(router.name, &mut run, 200);
        }
    }
    for segments in SEGMENTS {
        let find = (OURS.of)(&["/files/{*path}", "/files/{first}/info"]);
        let path = format!("/files{}", "/segment".repeat(segments - 1));
        callgrind::count("length", &mut lookups::repeat(find, &path), 100);
    }
}

/// Makes patterns with and without a parameter. A third of them has four segments.
fn pattern(n: usize) -> String {
    match n % 3 {
        0 => format!("/resource{n}"),
        1 => format!("/resource{n}/{{id}}"),
        _ => format!("/group{}/part{}/{{id}}/item{n}", n % 97, n % 31),
    }
}

fn path(n: usize) -> String {
    pattern(n).replace("{id}", "4711")
}

fn patterns(routes: usize) -> Vec<String> {
    (0..routes).map(pattern).collect()
}

fn service(patterns: &[&str]) -> RouteHandlers {
    patterns.iter().fold(RouteHandlers::new(), |table, pattern| table.get(pattern, async || "found"))
}

/// Returns the time per route to build the value (the best of three) in µs, and its bytes per route.
fn per_route<T>(routes: usize, build: impl Fn() -> T) -> (f64, f64) {
    let before = held();
    let built = build();
    let bytes = held() - before;
    drop(built);
    let time = (0..3).map(|_| timed(&build)).min().unwrap();
    (time.as_secs_f64() * 1e6 / routes as f64, bytes as f64 / routes as f64)
}

fn timed<T>(build: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    let built = build();
    let time = start.elapsed();
    drop(built);
    time
}

fn draw(by_routes: Vec<Vec<f64>>) {
    let lines = ROUTERS.iter().zip(by_routes);
    let lines: Vec<_> = lines.map(|((router, colour), values)| Line { name: router.name, colour, values }).collect();
    let steps = ROUTES.map(|routes| routes.to_string());
    fs::write(PLOT, plot("Instructions per lookup", "routes", &steps, &lines)).unwrap();
}
