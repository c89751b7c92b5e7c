//! Counts instructions and allocations: of each contender with each workload, and of each router with each lookup.

use crate::harness::Run;
use crate::{allocator, callgrind, contenders, lookups, work};

/// The cost of one contender with one workload.
#[derive(Clone, Debug)]
pub struct Cost {
    pub work: &'static str,
    pub about: &'static str,
    pub contender: &'static str,
    pub instructions: f64,
    pub allocations: f64,
    /// Whether the response lacks `Allow`, which HTTP requires in a 405.
    pub lacks_allow: bool,
}

/// A measurement that has not run yet.
struct Cell {
    cost: Cost,
    run: Run,
    bare: Run,
    times: u32,
}

/// Measures the contenders that the filter accepts.
///
/// Under callgrind this function does not return.
pub fn all(wanted: impl Fn(&str) -> bool) -> Vec<Cost> {
    let mut cells: Vec<Cell> = requests(&wanted).chain(lookups(&wanted)).collect();
    if callgrind::is_inside() {
        for Cell { run, bare, times, .. } in &mut cells {
            callgrind::count("bare", bare, *times);
            callgrind::count("run", run, *times);
        }
        std::process::exit(0);
    }
    let counts = callgrind::counts();
    let pairs = counts.chunks_exact(2).map(|pair| pair[1].1 - pair[0].1);
    cells.into_iter().zip(pairs).map(|(cell, instructions)| finish(cell, instructions)).collect()
}

fn requests(wanted: &impl Fn(&str) -> bool) -> impl Iterator<Item = Cell> {
    let pairs = work::ALL.iter().flat_map(|work| contenders::ALL.iter().map(move |contender| (work, contender)));
    pairs.filter(|(_, contender)| wanted(contender.name())).filter_map(|(work, contender)| {
        let subject = contender.at(work)?;
        work.check(contender.name(), &subject.response);
        let lacks_allow = work.needs_allow && !subject.response.has_allow();
        Some(Cell {
            cost: cost(work.name, work.about, contender.name(), lacks_allow),
            run: subject.run,
            bare: subject.bare,
            times: if work.body().len() > 10_000 { 10 } else { 200 },
        })
    })
}

fn lookups(wanted: &impl Fn(&str) -> bool) -> impl Iterator<Item = Cell> {
    let pairs = lookups::WORK.iter().flat_map(|work| lookups::ALL.iter().map(move |router| (work, router)));
    pairs.filter(|(_, router)| wanted(router.name)).map(|((name, path, found), router)| {
        let find = (router.of)(&lookups::github());
        assert_eq!(find(path), *found, "{} finds something else at {name}", router.name);
        Cell {
            cost: cost(name, path, router.name, false),
            run: lookups::repeat(find, path),
            bare: lookups::repeat(Box::new(|_| None), path),
            times: 1000,
        }
    })
}

fn cost(work: &'static str, about: &'static str, contender: &'static str, lacks_allow: bool) -> Cost {
    Cost { work, about, contender, instructions: 0.0, allocations: 0.0, lacks_allow }
}

fn finish(mut cell: Cell, instructions: f64) -> Cost {
    const TIMES: u32 = 10;
    let allocations = |run: &mut Run| {
        run(3);
        allocator::allocations(|| run(TIMES)) as f64 / f64::from(TIMES)
    };
    let allocations = allocations(&mut cell.run) - allocations(&mut cell.bare);
    Cost { instructions, allocations, ..cell.cost }
}
