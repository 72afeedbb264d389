//! How much faster the learning rule is than a plain loop, late in learning; both give the same weights.
//!
//! A line is one prefix at N = 1000. The time of an epoch is the difference between two runs that stop at different
//! epochs, each the shortest of several, with the two rules in turn.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]

#[path = "../tests/models/perceptron/plain_loop.rs"]
mod plain_loop;

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use microzone::models::perceptron::{
    CapacityParameters, CapacityProblem, Learned, LearningRule, PatternSequence, PatternSource, StateSwitching,
    longest_learnable_prefix,
};
use microzone::random::RandomStream;

const REPEATS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    println!("                                        updates   plain loop   this rule          ns a");
    println!("    c  load/capacity   rate    epochs   an epoch    us/epoch    us/epoch  ratio  pattern");
    for (correlation, capacity) in [(0.0, 1.0), (0.9, 3.05)] {
        for load in [0.85, 0.9, 0.95] {
            late_epochs(correlation, load, capacity, 0.01, [100, 500])?;
        }
    }
    // Until convergence: few updates in the end.
    late_epochs(0.0, 0.85, 1.0, 0.01, [500, 10_000])?;
    late_epochs(0.0, 0.85, 1.0, 0.001, [500, 10_000])?;
    late_epochs(0.0, 0.9, 1.0, 0.001, [1000, 10_000])?;
    late_epochs(0.9, 0.7, 3.05, 0.003, [100, 10_000])?;
    late_epochs(0.9, 0.85, 3.05, 0.001, [1000, 10_000])?;
    println!();
    longest_prefixes()
}

/// One line: epochs between the two numbers, or until convergence.
fn late_epochs(
    correlation: f64,
    load: f64,
    capacity: f64,
    rate: f64,
    epochs: [usize; 2],
) -> Result<(), Box<dyn Error>> {
    let parameters = CapacityParameters {
        input_correlation: correlation,
        output_correlation: correlation,
        ..CapacityParameters::default()
    };
    let problem = CapacityProblem::new(parameters)?;
    let mut sequence = PatternSequence::new(problem, &RandomStream::from_seed([1; 32]));
    let prefix = sequence.extend_to((load * capacity * 1000.0) as usize);
    let active = plain_loop::active_inputs(prefix);
    let switching = StateSwitching::ClimbingFibre;
    let rules = epochs.map(|epochs| LearningRule::new(&problem, rate, epochs, switching));
    let mut seconds = [[f64::INFINITY; 2]; 2];
    let mut learned = Vec::new();
    for _ in 0..REPEATS {
        learned.clear();
        for (place, rule) in rules.iter().enumerate() {
            let rule = rule.as_ref().map_err(|error| error.to_string())?;
            let fast = timed(&mut seconds[0][place], || rule.learn(prefix));
            let plain = timed(&mut seconds[1][place], || {
                plain_loop::learn(prefix, &active, &problem, rule, switching, epochs[place])
            });
            assert_eq!(fast, plain);
            learned.push(fast);
        }
    }
    let between = (learned[1].epochs - learned[0].epochs).max(1) as f64;
    let [fast, plain] = seconds.map(|[shorter, longer]| 1e6 * (longer - shorter) / between);
    println!(
        "{correlation:5.1}{load:15.2}{rate:7}{:6}-{:<6}{:8.1}{plain:13.1}{fast:12.1}{:7.1}{:9.1}",
        learned[0].epochs,
        learned[1].epochs,
        (learned[1].updates - learned[0].updates) as f64 / between,
        plain / fast,
        1e3 * fast / prefix.patterns() as f64,
    );
    Ok(())
}

fn timed(shortest: &mut f64, learn: impl FnOnce() -> Learned) -> Learned {
    let start = Instant::now();
    let learned = black_box(learn());
    *shortest = shortest.min(start.elapsed().as_secs_f64());
    learned
}

/// Seconds a search for the longest prefix, with the defaults of the sweep: rate 0.01, 2000 epochs.
fn longest_prefixes() -> Result<(), Box<dyn Error>> {
    println!("longest learnable prefix            inputs  patterns  epochs    updates  seconds");
    let standard = CapacityParameters::default();
    let bistable = CapacityParameters { output_correlation: 0.8, bistability: 1.0, ..standard };
    let correlated = CapacityParameters { output_correlation: 0.9, input_correlation: 0.9, ..standard };
    for (name, parameters, switching) in [
        ("uncorrelated", standard, StateSwitching::ClimbingFibre),
        ("correlation 0.9", correlated, StateSwitching::ClimbingFibre),
        ("bistable", bistable, StateSwitching::ClimbingFibre),
        ("bistable, no switching", bistable, StateSwitching::None),
    ] {
        for inputs in [200, 1000] {
            let problem = CapacityProblem::new(CapacityParameters { inputs, ..parameters })?;
            let mut sequence = PatternSequence::new(problem, &RandomStream::from_seed([1; 32]));
            let rule = LearningRule::new(&problem, 0.01, 2000, switching)?;
            let start = Instant::now();
            let longest = longest_learnable_prefix(&mut sequence, &rule, 50.0)?;
            let seconds = start.elapsed().as_secs_f64();
            let (patterns, epochs, updates) = (longest.patterns, longest.learned.epochs, longest.updates);
            println!("{name:34}{inputs:8}{patterns:10}{epochs:8}{updates:11}{seconds:9.3}");
        }
    }
    Ok(())
}
