//! The linear program of the widest margin, reduced to what decides it.

use crate::models::linear_algebra::bit_matrix::{BitMatrix, WordPlanes};
use crate::models::perceptron::pattern_table::Prefix;
use crate::models::perceptron::problem::UNITS_PER_THRESHOLD;

/// max κ subject to s^μ ξ^μ·w - κ ≥ b^μ = s^μ θ + τ^μ and w ≥ 0, all in units of θ.
///
/// Inputs that are active in no pattern with s = -1 are left out, and with them the patterns with s = +1 in which they
/// are active: such an input alone can lift those patterns over any threshold, at no cost. What is left has a bounded
/// set of solutions, and multipliers strictly inside all their constraints.
#[derive(Clone, Debug)]
pub(super) struct MarginProgram<'a> {
    prefix: Prefix<'a>,
    /// The patterns and inputs that are left, in ascending order.
    pub(super) patterns: Vec<usize>,
    pub(super) inputs: Vec<usize>,
    free_inputs: Vec<usize>,
    /// s^μ and b^μ of the patterns that are left.
    pub(super) signs: Vec<f64>,
    pub(super) thresholds: Vec<f64>,
    /// How many of the patterns with s = -1 each input that is left is active in.
    pub(super) negative_patterns: Vec<f64>,
    /// Inputs × patterns.
    pub(super) transpose: BitMatrix,
    rows: WordPlanes,
    columns: WordPlanes,
}

impl<'a> MarginProgram<'a> {
    pub(super) fn new(prefix: Prefix<'a>) -> Self {
        let all_inputs = prefix.inputs();
        let mut negative_words = vec![0; all_inputs.div_ceil(64)];
        for index in (0..prefix.patterns()).filter(|&index| !prefix.target(index)) {
            negative_words.iter_mut().zip(prefix.words(index)).for_each(|(all, word)| *all |= word);
        }
        let is_kept = |index: usize| {
            !prefix.target(index)
                || prefix.words(index).iter().zip(&negative_words).all(|(word, negative)| word & !negative == 0)
        };
        let patterns: Vec<usize> = (0..prefix.patterns()).filter(|&index| is_kept(index)).collect();
        let (inputs, free_inputs): (Vec<usize>, Vec<usize>) =
            (0..all_inputs).partition(|input| negative_words[input / 64] >> (input % 64) & 1 == 1);
        let all_columns = BitMatrix::from_rows(all_inputs, patterns.iter().map(|&index| prefix.words(index)));
        let matrix = if free_inputs.is_empty() { all_columns } else { all_columns.select_columns(&inputs) };
        let transpose = matrix.transposed();
        let columns = WordPlanes::new(&transpose);
        let signs: Vec<f64> = patterns.iter().map(|&index| if prefix.target(index) { 1.0 } else { -1.0 }).collect();
        let negative: Vec<f64> = signs.iter().map(|&sign| if sign < 0.0 { 1.0 } else { 0.0 }).collect();
        Self {
            prefix,
            thresholds: patterns.iter().map(|&index| threshold(prefix, index)).collect(),
            negative_patterns: columns.product(&negative),
            rows: WordPlanes::new(&matrix),
            patterns,
            inputs,
            free_inputs,
            signs,
            transpose,
            columns,
        }
    }

    /// Whether nothing is left to optimise: no pattern, or no input.
    pub(super) fn is_trivial(&self) -> bool {
        self.patterns.is_empty() || self.inputs.is_empty()
    }

    /// s^μ ξ^μ·w for every pattern that is left.
    pub(super) fn signed_currents(&self, weights: &[f64]) -> Vec<f64> {
        let currents = self.rows.product(weights);
        currents.iter().zip(&self.signs).map(|(current, sign)| sign * current).collect()
    }

    /// Σ_μ λ_μ s^μ ξ_i^μ for every input that is left.
    pub(super) fn input_sums(&self, multipliers: &[f64]) -> Vec<f64> {
        let signed: Vec<f64> =
            multipliers.iter().zip(&self.signs).map(|(multiplier, sign)| sign * multiplier).collect();
        self.columns.product(&signed)
    }

    /// Weights of all inputs: the inputs left out get the least weight that gives their patterns at least `margin`.
    pub(super) fn all_weights(&self, weights: &[f64], margin: f64) -> Vec<f64> {
        let mut all = vec![0.0; self.prefix.inputs()];
        self.inputs.iter().zip(weights).for_each(|(&input, &weight)| all[input] = weight);
        let mut left_out = vec![true; self.prefix.patterns()];
        self.patterns.iter().for_each(|&index| left_out[index] = false);
        for index in (0..self.prefix.patterns()).filter(|&index| left_out[index]) {
            let needed = threshold(self.prefix, index) + margin;
            for &input in self.free_inputs.iter().filter(|&&input| self.prefix.input(index, input)) {
                all[input] = needed.max(all[input]);
            }
        }
        all
    }

    /// Multipliers of all patterns: 0 for those left out.
    pub(super) fn all_multipliers(&self, multipliers: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.prefix.patterns()];
        self.patterns.iter().zip(multipliers).for_each(|(&index, &multiplier)| all[index] = multiplier);
        all
    }
}

/// b^μ in units of θ.
fn threshold(prefix: Prefix<'_>, index: usize) -> f64 {
    prefix.threshold_units(index) as f64 / UNITS_PER_THRESHOLD as f64
}
