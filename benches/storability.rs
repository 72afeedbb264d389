//! How long a decision and a longest prefix take.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use microzone::perceptron::{
    CapacityParameters, CapacityProblem, PatternSequence, ProblemError, decide, longest_storable_prefix,
};
use microzone::random::RandomStream;

fn sequence(inputs: usize, correlation: f64) -> Result<PatternSequence, ProblemError> {
    let parameters = CapacityParameters {
        inputs,
        input_correlation: correlation,
        output_correlation: correlation,
        ..CapacityParameters::default()
    };
    Ok(PatternSequence::new(CapacityProblem::new(parameters)?, &RandomStream::from_seed([1; 32])))
}

/// One decision at the capacity of large N: 1.0 uncorrelated, and 3.05 where inputs and outputs have correlation 0.9.
fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decision at capacity");
    group.sample_size(10);
    for (correlation, load) in [(0.0, 1.0), (0.9, 3.05)] {
        for inputs in [200, 500, 1000] {
            let Ok(mut sequence) = sequence(inputs, correlation) else { continue };
            let prefix = sequence.extend_to((load * inputs as f64) as usize);
            let name = BenchmarkId::new(format!("correlation {correlation}"), inputs);
            group.bench_function(name, |bencher| bencher.iter(|| decide(prefix)));
        }
    }
    group.finish();
}

fn longest_prefixes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("longest storable prefix");
    group.sample_size(10);
    for correlation in [0.0, 0.9] {
        for inputs in [200, 1000] {
            let Ok(drawn) = sequence(inputs, correlation) else { continue };
            let name = BenchmarkId::new(format!("correlation {correlation}"), inputs);
            group.bench_function(name, |bencher| bencher.iter(|| longest_storable_prefix(&mut drawn.clone(), 10.0)));
        }
    }
    group.finish();
}

criterion_group!(benches, decisions, longest_prefixes);
criterion_main!(benches);
