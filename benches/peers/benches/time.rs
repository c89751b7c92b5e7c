//! Measures the time per request and per lookup. Start it with `cargo bench -p peers`, or with the name of a workload
//! after `--`.

use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion, criterion_group, criterion_main};
use peers::harness::Run;
use peers::{contenders, lookups, work};

fn requests(criterion: &mut Criterion) {
    for work in work::ALL {
        let mut group = criterion.benchmark_group(work.name);
        for contender in contenders::ALL {
            if let Some(mut subject) = contender.at(work) {
                work.check(contender.name(), &subject.response);
                group.bench_function(contender.name(), |bencher| measure(bencher, &mut subject.run));
            }
        }
    }
}

fn paths(criterion: &mut Criterion) {
    for (name, path, found) in lookups::WORK {
        let mut group = criterion.benchmark_group(name);
        for router in lookups::ALL {
            let find = (router.of)(&lookups::github());
            assert_eq!(find(path), found, "{} finds something else at {name}", router.name);
            let mut run = lookups::repeat(find, path);
            group.bench_function(router.name, |bencher| measure(bencher, &mut run));
        }
    }
}

fn measure(bencher: &mut Bencher<'_>, run: &mut Run) {
    bencher.iter_custom(|times| {
        let start = Instant::now();
        run(times.try_into().expect("at most u32::MAX runs"));
        start.elapsed()
    });
}

fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .without_plots()
}

criterion_group! {
    name = benches;
    config = short();
    targets = requests, paths
}
criterion_main!(benches);
