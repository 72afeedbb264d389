//! Prints one storage problem, and how long microzone takes to decide it, for `benches/peers.py`.
//!
//! `cargo run --release --example instance -- INPUTS CORRELATION PATTERNS SAMPLE REPEATS`
//!
//! The first line is `storable|not-storable SECONDS` (the median of REPEATS decisions on one thread); then one line
//! per pattern: its target, and its inputs, as 0 and 1. Robustness and bistability are 0, so the patterns are stored by
//! weights w ≥ 0 with a current above θ = 1 where the target is 1, and below it where the target is 0.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use microzone::models::perceptron::{
    CapacityParameters, CapacityProblem, Decision, PatternSequence, PatternSource, Prefix, decide,
};
use microzone::random::RandomStream;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [inputs, correlation, patterns, sample, repeats] = arguments.as_slice() else {
        return Err("usage: instance INPUTS CORRELATION PATTERNS SAMPLE REPEATS".into());
    };
    let correlation = correlation.parse()?;
    let parameters = CapacityParameters {
        inputs: inputs.parse()?,
        input_correlation: correlation,
        output_correlation: correlation,
        ..CapacityParameters::default()
    };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&sample.parse::<u64>()?.to_le_bytes());
    let mut sequence = PatternSequence::new(CapacityProblem::new(parameters)?, &RandomStream::from_seed(seed));
    print_instance(sequence.extend_to(patterns.parse()?), repeats.parse()?)
}

fn print_instance(prefix: Prefix<'_>, repeats: usize) -> Result<(), Box<dyn Error>> {
    let mut seconds = Vec::new();
    let mut answer = "undecided";
    for _ in 0..repeats.max(1) {
        let start = Instant::now();
        let decision = decide(prefix);
        seconds.push(start.elapsed().as_secs_f64());
        answer = match decision {
            Decision::Storable(_) => "storable",
            Decision::NotStorable(_) => "not-storable",
            Decision::Undecided { .. } => "undecided",
        };
    }
    seconds.sort_by(f64::total_cmp);
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(output, "{answer} {}", seconds[seconds.len() / 2])?;
    let digit = |active: bool| if active { '1' } else { '0' };
    for pattern in 0..prefix.patterns() {
        let inputs: String = (0..prefix.inputs()).map(|input| digit(prefix.input(pattern, input))).collect();
        writeln!(output, "{} {inputs}", digit(prefix.target(pattern)))?;
    }
    Ok(output.flush()?)
}
