//! How long a decision and a longest prefix take, and how that grows with N.
//!
//! `cargo bench --bench storability` takes a few minutes and prints medians in milliseconds, and the exponent of N
//! between one N and the next. `cargo bench --bench storability -- decision` measures the decisions alone.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::time::Instant;

use comfy_table::{Cell, CellAlignment, Table};
use microzone::models::perceptron::{
    CapacityParameters, CapacityProblem, Decision, PatternSequence, PatternSource, ProblemError, decide,
    longest_storable_prefix,
};
use microzone::random::RandomStream;

const INPUTS: [usize; 4] = [200, 500, 1000, 2000];

/// Correlations of both inputs and outputs, each with about the capacity at N = 1000, where decisions are hardest.
const LOADS: [(f64, f64); 3] = [(0.0, 1.0), (0.5, 1.15), (0.9, 3.05)];

/// Sequences that a median is taken over; the time depends on how close each is to its capacity.
const SEQUENCES: u8 = 5;

fn sequence(inputs: usize, correlation: f64, number: u8) -> Result<PatternSequence, ProblemError> {
    let parameters = CapacityParameters {
        inputs,
        input_correlation: correlation,
        output_correlation: correlation,
        ..CapacityParameters::default()
    };
    Ok(PatternSequence::new(CapacityProblem::new(parameters)?, &RandomStream::from_seed([number; 32])))
}

/// Milliseconds of one decision at capacity, without drawing the patterns.
fn decision(inputs: usize, correlation: f64, load: f64, number: u8) -> Result<f64, ProblemError> {
    let mut sequence = sequence(inputs, correlation, number)?;
    let prefix = sequence.extend_to((load * inputs as f64) as usize);
    let start = Instant::now();
    let decision = std::hint::black_box(decide(prefix));
    let elapsed = milliseconds(start);
    assert!(!matches!(decision, Decision::Undecided { .. }), "{decision:?}");
    Ok(elapsed)
}

/// Milliseconds of one longest prefix, patterns and weights included.
fn longest_prefix(inputs: usize, correlation: f64, _: f64, number: u8) -> Result<f64, ProblemError> {
    let mut sequence = sequence(inputs, correlation, number)?;
    let start = Instant::now();
    let stored = std::hint::black_box(longest_storable_prefix(&mut sequence, 10.0));
    let elapsed = milliseconds(start);
    assert!(stored.is_ok(), "{stored:?}");
    Ok(elapsed)
}

fn milliseconds(start: Instant) -> f64 {
    1e3 * start.elapsed().as_secs_f64()
}

type Measurement = fn(usize, f64, f64, u8) -> Result<f64, ProblemError>;

/// A row a correlation: the median for each N, and from the second on the exponent since the one before.
fn table(measure: Measurement) -> Result<Table, ProblemError> {
    let mut table = Table::new();
    let names = INPUTS.iter().flat_map(|inputs| [format!("N = {inputs}"), "exponent".into()]);
    table.set_header(["c_in = c_out".to_string(), "load".to_string()].into_iter().chain(names));
    for (correlation, load) in LOADS {
        let mut row = vec![correlation.to_string(), load.to_string()];
        let mut previous: Option<(usize, f64)> = None;
        for inputs in INPUTS {
            let mut times = (1..=SEQUENCES)
                .map(|number| measure(inputs, correlation, load, number))
                .collect::<Result<Vec<_>, _>>()?;
            times.sort_by(f64::total_cmp);
            let median = times[times.len() / 2];
            let exponent = previous.map_or(String::new(), |(fewer, faster)| {
                format!("{:.2}", (median / faster).ln() / (inputs as f64 / fewer as f64).ln())
            });
            row.extend([format!("{median:.1}"), exponent]);
            previous = Some((inputs, median));
        }
        table.add_row(row.into_iter().map(|text| Cell::new(text).set_alignment(CellAlignment::Right)));
    }
    Ok(table)
}

fn main() -> Result<(), ProblemError> {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let measurements: [(&str, Measurement); 2] =
        [("decision at capacity", decision), ("longest storable prefix", longest_prefix)];
    for (name, measure) in measurements.into_iter().filter(|(name, _)| name.contains(&filter)) {
        println!("{name}, milliseconds\n{}", table(measure)?);
    }
    Ok(())
}
