//! Counts instructions and allocations per request.
//!
//! | command | |
//! |---|---|
//! | `cargo run --release -p peers` | prints the tables of all contenders |
//! | `cargo run --release -p peers --no-default-features --features direct` | compares hyper's `Service` with the adapter for tower services |
//! | `cargo run --release -p peers --no-default-features -- check` | fails if a count of this crate rose above `baseline.tsv` |
//! | `cargo run --release -p peers --no-default-features -- bless` | writes `baseline.tsv` |
//! | `cargo run --release -p peers --no-default-features -- linear` | fails if the work grows faster than the path or the list |

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use peers::linear::{self, Costs};
use peers::measure::{self, Cost};

/// The contender that the others are compared with.
const HAND_WRITTEN: &str = "hand-written";

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baseline.tsv");

/// The highest accepted ratio of a count to its baseline.
const MARGIN: f64 = 1.05;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => print_tables(&measure::all(|_| true)),
        Some("check") => return check(&ours()),
        Some("bless") => fs::write(BASELINE, baseline(&ours())).unwrap(),
        Some("linear") => return print_linear(&linear::all()),
        Some(other) => panic!("unknown argument {other}: use `check`, `bless`, `linear`, or none"),
    }
    ExitCode::SUCCESS
}

fn ours() -> Vec<Cost> {
    measure::all(|contender| contender.starts_with("this crate"))
}

fn baseline(costs: &[Cost]) -> String {
    costs.iter().fold(String::new(), |mut text, Cost { work, contender, instructions, allocations, .. }| {
        writeln!(text, "{work}\t{contender}\t{instructions:.0}\t{allocations}").unwrap();
        text
    })
}

fn check(costs: &[Cost]) -> ExitCode {
    let file = fs::read_to_string(BASELINE).unwrap();
    let baseline: BTreeMap<_, _> = file.lines().map(parse).collect();
    let (mut risen, mut fallen) = (0, 0);
    for Cost { work, contender, instructions, allocations, .. } in costs {
        let Some(&(instructions_then, allocations_then)) = baseline.get(&(*work, *contender)) else {
            println!("{work}, {contender}: not in baseline.tsv");
            risen += 1;
            continue;
        };
        let counts = format!(
            "{work}, {contender}: {instructions:.0} instructions, {allocations} allocations; \
             baseline {instructions_then}, {allocations_then}"
        );
        if *instructions > instructions_then * MARGIN || *allocations > allocations_then {
            println!("above its baseline: {counts}");
            risen += 1;
        } else if *instructions * MARGIN < instructions_then {
            println!("below its baseline: {counts}");
            fallen += 1;
        }
    }
    println!("{} counts, {risen} above their baseline, {fallen} below (`bless` writes a new baseline)", costs.len());
    if risen == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn parse(line: &str) -> ((&str, &str), (f64, f64)) {
    match line.split('\t').collect::<Vec<_>>()[..] {
        [work, contender, instructions, allocations] => {
            ((work, contender), (instructions.parse().unwrap(), allocations.parse().unwrap()))
        }
        _ => panic!("baseline.tsv has an invalid line; write the file again with `bless`: {line}"),
    }
}

/// Prints the instructions for each length of the path or the list.
fn print_linear(all: &[Costs]) -> ExitCode {
    let lengths: Vec<_> = linear::LENGTHS.iter().map(|length| grouped(*length as f64)).collect();
    println!("| instructions, by the bytes of the path or the list | {} | 4 × the bytes |", lengths.join(" | "));
    println!("|---|{}--:|", "--:|".repeat(linear::LENGTHS.len()));
    let mut is_linear = true;
    for costs in all {
        let cells: Vec<_> = costs.costs.iter().map(|(_, cost)| grouped(*cost)).collect();
        println!("| {} | {} | × {:.2} |", costs.name, cells.join(" | "), costs.worst());
        is_linear &= costs.worst() <= linear::MARGIN;
    }
    if is_linear { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print_tables(costs: &[Cost]) {
    let (lookups, requests): (Vec<_>, Vec<_>) = costs.iter().cloned().partition(|cost| cost.work.starts_with("lookup"));
    println!(
        "{}\n{}",
        table("instructions, allocations per request", &requests),
        table("instructions per lookup", &lookups)
    );
    if requests.iter().any(|cost| cost.lacks_allow) {
        println!("\\* without `Allow`");
    }
}

/// Makes a row for each workload, and a column for each contender. The last columns compare this crate with the hand-written
/// code and with the first other framework.
fn table(title: &str, costs: &[Cost]) -> String {
    let contenders = distinct(costs.iter().map(|cost| cost.contender));
    let peer = contenders.iter().find(|it| !it.starts_with("this crate") && **it != HAND_WRITTEN);
    let references: Vec<&str> = [HAND_WRITTEN].into_iter().chain(peer.copied()).collect();
    let mut text = format!("| {title} | {} |", contenders.join(" | "));
    references.iter().for_each(|it| write!(text, " this crate ÷ {it} |").unwrap());
    write!(text, "\n|---|{}\n", "--:|".repeat(contenders.len() + references.len())).unwrap();
    for work in distinct(costs.iter().map(|cost| cost.work)) {
        let of = |contender: &str| costs.iter().find(|cost| cost.work == work && cost.contender == contender);
        let about = costs.iter().find(|cost| cost.work == work).unwrap().about;
        match work.strip_prefix("lookup, ") {
            Some(lookup) => write!(text, "| {lookup}: {about} |").unwrap(),
            None => write!(text, "| {about} |").unwrap(),
        }
        contenders.iter().for_each(|it| write!(text, " {} |", of(it).map_or("–".into(), cell)).unwrap());
        let ours = contenders.iter().filter(|it| it.starts_with("this crate")).find_map(|it| of(it)).unwrap();
        for reference in &references {
            let ratio = of(reference).map(|it| format!("{:.2}", ours.instructions / it.instructions));
            write!(text, " {} |", ratio.unwrap_or("–".into())).unwrap();
        }
        text.push('\n');
    }
    text
}

fn cell(cost: &Cost) -> String {
    let star = if cost.lacks_allow { "\\*" } else { "" };
    match cost.work.starts_with("lookup") {
        true => grouped(cost.instructions),
        false => format!("{}, {}{star}", grouped(cost.instructions), cost.allocations),
    }
}

/// Groups the digits by three.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let threes: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|it| str::from_utf8(it).unwrap()).collect();
    threes.join(" ")
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    names.for_each(|name| {
        if !distinct.contains(&name) {
            distinct.push(name)
        }
    });
    distinct
}
