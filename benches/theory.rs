//! How long the theory of a cell takes at its default accuracy, and what error it reaches.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use microzone::models::perceptron::{Accuracy, CapacityParameters, CapacityProblem, optimal_bistability, theory};
use microzone::random::RandomStream;

/// What sets a cell apart from the standard one.
fn cells() -> [(&'static str, CapacityParameters); 6] {
    let correlated = |correlation: f64| CapacityParameters {
        input_correlation: correlation,
        output_correlation: correlation,
        ..CapacityParameters::default()
    };
    [
        ("uncorrelated", CapacityParameters { robustness: 1.0, ..correlated(0.0) }),
        ("correlated 0.5", correlated(0.5)),
        ("correlated 0.9", correlated(0.9)),
        ("correlated 0.99", correlated(0.99)),
        (
            "correlated 0.8, robust, bistable",
            CapacityParameters { robustness: 1.0, bistability: 1.0, ..correlated(0.8) },
        ),
        ("correlated 0.9, sparse targets", CapacityParameters { output_coding: 0.1, ..correlated(0.9) }),
    ]
}

fn capacities(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("theory");
    group.sample_size(10);
    let stream = RandomStream::from_seed([1; 32]);
    for (name, parameters) in cells() {
        let Ok(problem) = CapacityProblem::new(parameters) else { continue };
        for (accuracy, digits) in [(Accuracy::default(), "0.005"), (Accuracy::QUICK, "0.05")] {
            let Ok(found) = theory(&problem, accuracy, &stream) else { continue };
            println!("{name}, {digits}: capacity {:.4} ± {:.4}", found.capacity, found.capacity_standard_error);
            let name = BenchmarkId::new(name, digits);
            group.bench_function(name, |bencher| bencher.iter(|| theory(&problem, accuracy, &stream)));
        }
    }
    group.finish();
}

fn best_bistabilities(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("optimal bistability");
    group.sample_size(10);
    let stream = RandomStream::from_seed([1; 32]);
    for (name, parameters) in cells() {
        let Ok(problem) = CapacityProblem::new(parameters) else { continue };
        group.bench_function(name, |bencher| {
            bencher.iter(|| optimal_bistability(&problem, Accuracy::default(), &stream))
        });
    }
    group.finish();
}

criterion_group!(benches, capacities, best_bistabilities);
criterion_main!(benches);
