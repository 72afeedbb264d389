//! What the tests share: parameter sets, sequences and averages.

use microzone::models::perceptron::{CapacityParameters, CapacityProblem, PatternSequence, WeightBound};

pub(crate) use crate::statistics::{mean_and_error, stream};

pub(crate) fn problem(parameters: CapacityParameters) -> CapacityProblem {
    CapacityProblem::new(parameters).unwrap()
}

pub(crate) fn sequence(parameters: CapacityParameters, number: u64) -> PatternSequence {
    PatternSequence::new(problem(parameters), &stream(number))
}

/// A small problem with parameters drawn from everything that is allowed.
pub(crate) fn random_parameters(number: u64, largest_inputs: usize) -> CapacityParameters {
    let mut stream = stream(1_000_000 + number);
    let mut choose = |values: &[f64]| values[(stream.uniform() * values.len() as f64) as usize];
    let codings = [0.05, 0.2, 0.5, 0.5, 0.8, 0.95];
    CapacityParameters {
        input_coding: choose(&codings),
        output_coding: choose(&codings),
        input_correlation: choose(&[0.0, 0.0, 0.5, 0.9]),
        output_correlation: choose(&[0.0, 0.0, 0.5, 0.9]),
        robustness: choose(&[0.0, 0.0, 0.0, 0.3, 1.0, 3.0]),
        bistability: choose(&[0.0, 0.0, 0.0, 0.5, 1.0, 3.0]),
        inputs: 1 + (stream.uniform() * largest_inputs as f64) as usize,
        weight_bound: WeightBound::NonNegative,
    }
}
