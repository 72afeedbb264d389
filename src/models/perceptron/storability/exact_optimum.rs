//! The widest margin without rounding, for what floating point leaves undecided.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use super::dictionary::Dictionary;
use super::margin_program::MarginProgram;
use crate::models::perceptron::certificate::{Refutation, StoringWeights};
use crate::models::perceptron::pattern_table::Prefix;
use crate::models::perceptron::problem::UNITS_PER_THRESHOLD;

/// Patterns times inputs of the largest program that is solved: some ten seconds for 200 inputs, minutes for 256.
const LARGEST_PROGRAM: usize = 1 << 16;

/// An optimal vertex of a margin program, with the multipliers that prove it.
pub(super) struct ExactOptimum<'a> {
    prefix: Prefix<'a>,
    program: &'a MarginProgram<'a>,
    /// Weight i has number i, and the slack of pattern μ has number N + μ. The objective is the margin.
    dictionary: Dictionary,
    /// What the margin and the weights are counted in, in units of 2⁻⁵² θ.
    unit: i64,
}

impl<'a> ExactOptimum<'a> {
    /// `None` where the program is too large. It must have patterns and inputs.
    pub(super) fn find(prefix: Prefix<'a>, program: &'a MarginProgram<'a>) -> Option<Self> {
        if program.patterns.len() * program.inputs.len() > LARGEST_PROGRAM {
            return None;
        }
        let thresholds: Vec<i64> = program.patterns.iter().map(|&index| prefix.threshold_units(index)).collect();
        let unit = thresholds.iter().fold(0, |divisor: i64, threshold| divisor.gcd(threshold)).max(1);
        let dictionary = first_dictionary(program, &thresholds, unit)?.maximise()?;
        Some(Self { prefix, program, dictionary, unit })
    }

    /// The widest margin, in units of θ. Only its last digits are rounded, and its sign is right.
    pub(super) fn margin(&self) -> f64 {
        let scale = self.dictionary.scale().to_f64().unwrap_or(f64::NAN);
        let margin = self.dictionary.objective().to_f64().unwrap_or(f64::NAN) / scale;
        margin * (self.unit as f64 / UNITS_PER_THRESHOLD as f64)
    }

    /// The multipliers of the vertex, if they refute the prefix: if the widest margin is less than 2⁻⁵² θ.
    pub(super) fn refutation(&self) -> Option<Refutation> {
        let mut multipliers = vec![BigInt::zero(); self.prefix.patterns()];
        for (variable, slope) in self.dictionary.slopes() {
            if let Some(pattern) = variable.checked_sub(self.program.inputs.len()) {
                multipliers[self.program.patterns[pattern]] = -slope;
            }
        }
        let divisor = multipliers.iter().fold(BigInt::zero(), |divisor, multiplier| divisor.gcd(multiplier));
        if divisor.is_positive() {
            multipliers.iter_mut().for_each(|multiplier| *multiplier /= &divisor);
        }
        Refutation::verify_long(self.prefix, multipliers)
    }

    /// The weights of the vertex, if they store the prefix once they are rounded to whole units of 2⁻⁵² θ.
    pub(super) fn storing_weights(&self) -> Option<StoringWeights> {
        let scale = self.dictionary.scale();
        let mut weights = vec![0.0; self.program.inputs.len()];
        for (variable, value) in self.dictionary.values() {
            if let Some(weight) = weights.get_mut(variable) {
                let twice: BigInt = value * (2 * self.unit);
                let nearest = i64::try_from((twice + scale) / (scale * 2)).ok()?;
                *weight = nearest as f64 / UNITS_PER_THRESHOLD as f64;
            }
        }
        StoringWeights::verify(self.prefix, &self.program.all_weights(&weights, self.margin()))
    }
}

/// The vertex where all weights are 0 and the margin is that of no current: the pattern with the largest threshold has
/// no slack. `None` without patterns.
fn first_dictionary(program: &MarginProgram<'_>, thresholds: &[i64], unit: i64) -> Option<Dictionary> {
    let inputs = program.inputs.len();
    let tightest = (0..thresholds.len()).max_by_key(|&pattern| thresholds[pattern])?;
    let entry = |pattern: usize, input: usize| match program.transpose.bit(input, pattern) {
        true => program.signs[pattern] as i64,
        false => 0,
    };
    let slacks: Vec<usize> = (0..thresholds.len()).filter(|&pattern| pattern != tightest).collect();
    // κ = A w - b - y of the tightest pattern, and y = A w - b - κ of the others.
    let slack = |&pattern: &usize| -> Vec<BigInt> {
        let coefficients = (0..inputs).map(|input| entry(pattern, input) - entry(tightest, input));
        let constant = (thresholds[tightest] - thresholds[pattern]) / unit;
        coefficients.chain([1, constant]).map(BigInt::from).collect()
    };
    let coefficients = (0..inputs).map(|input| entry(tightest, input));
    let margin: Vec<BigInt> = coefficients.chain([-1, -thresholds[tightest] / unit]).map(BigInt::from).collect();
    let rows = slacks.iter().map(slack).chain([margin]).collect();
    let basic = slacks.iter().map(|pattern| inputs + pattern).collect();
    Some(Dictionary::new(basic, (0..inputs).chain([inputs + tightest]).collect(), rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::perceptron::storability::{Decision, decide};
    use crate::models::perceptron::widest_margin;
    use crate::models::perceptron::{CapacityParameters, CapacityProblem, PatternSequence, PatternSource};
    use crate::random::RandomStream;

    /// The exact method, where it is not needed, comes to what the interior-point method comes to.
    #[test]
    fn agrees_with_floating_point_where_that_decides() {
        let (mut no, mut yes) = (0, 0);
        for number in 0..400 {
            let mut stream = RandomStream::from_seed([11; 32]).substream(number);
            let mut choose = |values: &[f64]| values[(stream.uniform() * values.len() as f64) as usize];
            let parameters = CapacityParameters {
                input_coding: choose(&[0.2, 0.5, 0.8]),
                input_correlation: choose(&[0.0, 0.7]),
                robustness: choose(&[0.0, 0.3, 1.0]),
                bistability: choose(&[0.0, 0.5]),
                inputs: 2 + (stream.uniform() * if number % 20 == 0 { 80.0 } else { 30.0 }) as usize,
                ..CapacityParameters::default()
            };
            let problem = CapacityProblem::new(parameters).unwrap();
            let mut sequence = PatternSequence::new(problem, &RandomStream::from_seed([number as u8; 32]));
            let prefix = sequence.extend_to(1 + (stream.uniform() * 1.4 * parameters.inputs as f64) as usize);
            let program = MarginProgram::new(prefix);
            if program.is_trivial() {
                continue;
            }
            let optimum = ExactOptimum::find(prefix, &program).unwrap();
            match decide(prefix) {
                Decision::Storable(_) => {
                    let (exact, widest) = (optimum.margin(), widest_margin(prefix).unwrap());
                    assert!((exact - widest.margin).abs() < 1e-7, "{number}: {exact:?} {widest:?}");
                    assert!(optimum.storing_weights().is_some() && optimum.refutation().is_none());
                    yes += 1;
                }
                Decision::NotStorable(_) => {
                    assert!(optimum.refutation().is_some());
                    assert!(optimum.storing_weights().is_none() && optimum.margin() <= 0.0, "{number}");
                    no += 1;
                }
                undecided => panic!("{number}: {undecided:?}"),
            }
        }
        assert!(no > 80 && yes > 80, "{no} no, {yes} yes");
    }

    #[test]
    fn a_program_that_is_too_large_is_left_alone() {
        let parameters = CapacityParameters { inputs: 300, ..CapacityParameters::default() };
        let problem = CapacityProblem::new(parameters).unwrap();
        let mut sequence = PatternSequence::new(problem, &RandomStream::from_seed([3; 32]));
        let prefix = sequence.extend_to(250);
        assert!(ExactOptimum::find(prefix, &MarginProgram::new(prefix)).is_none());
    }
}
