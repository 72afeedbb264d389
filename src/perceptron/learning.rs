//! The learning rule of the climbing fibre.

use thiserror::Error;

use super::certificate::StoringWeights;
use super::patterns::{PatternSequence, Prefix};
use super::problem::{CapacityProblem, LARGEST_COUNT, UNITS_PER_THRESHOLD};

/// Learning counts in units of 2⁻³² θ: sums over 2¹⁶ inputs stay within 63 bits, and no rounding ever happens.
const LEARNING_UNITS: i64 = 1 << 32;

/// What an error does to the state of the output, on which the margin of the next pattern depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateSwitching {
    /// The climbing fibre also sets the output to its target, so the next pattern starts from the right state.
    ClimbingFibre,
    /// The wrong state stays (NSS in Fig. 4A of Clopath et al. 2012).
    None,
}

/// The perceptron rule with weights w ≥ 0: on an error, w_i ← max(0, w_i + ε ξ_i s), s = ±1 the sign of the target.
///
/// Patterns come in order, epoch after epoch. An error is a current within the margin of the threshold or on its wrong
/// side: s (h - θ) ≤ κ + γ (in units of u0) if the target differs from the state of the output, ≤ κ - γ if not. The
/// output itself is bistable: its state becomes, or stays, the target where s (h - θ) > ± γ u0. Every epoch starts in the
/// state of its first target. Source: Clopath, Nadal & Brunel 2012, Models; Brunel et al. 2004.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRule {
    learning_rate_units: i64,
    epochs: usize,
    switching: StateSwitching,
}

/// Why numbers do not describe a learning rule, or what it cannot do.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum LearningError {
    #[error("the learning rate must be between 1e-9 and 16 thresholds a pattern, not {0}")]
    LearningRate(f64),
    #[error("the rule learns all {patterns} patterns of the load limit")]
    LoadLimit { patterns: usize },
}

/// What the rule comes to on a prefix.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The weights at the end, in units of θ; all are multiples of 2⁻³².
    pub weights: Vec<f64>,
    /// Whether the last epoch had no error: the weights then store the prefix.
    pub converged: bool,
    /// Epochs gone through, the one without errors included.
    pub epochs: usize,
    /// Errors, each of which changed the weights.
    pub updates: u64,
}

impl LearningRule {
    /// The rule with a learning rate ε in units of the mean weight θ / (f_in N), which stops after `epochs` epochs.
    ///
    /// ε is rounded to a multiple of 2⁻³² θ, at least one.
    pub fn new(
        problem: &CapacityProblem,
        learning_rate: f64,
        epochs: usize,
        switching: StateSwitching,
    ) -> Result<Self, LearningError> {
        let in_thresholds = learning_rate * problem.mean_weight();
        if !(1e-9..=16.0).contains(&in_thresholds) {
            return Err(LearningError::LearningRate(in_thresholds));
        }
        Ok(Self { learning_rate_units: learning_units(in_thresholds), epochs, switching })
    }

    /// ε in units of θ, as rounded.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate_units as f64 / LEARNING_UNITS as f64
    }

    /// Learns a prefix, from equal weights θ / (f_in N).
    ///
    /// If some weights w* store the prefix with δ to spare in every pattern, and n inputs at most are active in one, an
    /// update brings |w - w*|² down by at least ε (2δ - ε n). So for ε < 2δ/n there are at most
    /// |w_0 - w*|² / (ε (2δ - ε n)) updates (for [`StateSwitching::ClimbingFibre`], whose margins are those of storing).
    pub fn learn(&self, prefix: Prefix<'_>) -> Learned {
        let active: Vec<Vec<usize>> =
            (0..prefix.patterns()).map(|index| prefix.active_inputs(index).collect()).collect();
        let margins = Margins::new(prefix.problem());
        let mut weights = vec![learning_units(prefix.problem().mean_weight()); prefix.problem().inputs()];
        let (mut epochs, mut updates, mut converged) = (0, 0, false);
        while epochs < self.epochs && !converged {
            let before = updates;
            let mut state = prefix.patterns() > 0 && prefix.target(0);
            for (index, active) in active.iter().enumerate() {
                let target = prefix.target(index);
                let sign = if target { 1 } else { -1 };
                let current: i64 = active.iter().map(|&input| weights[input]).sum();
                let distance = sign * (current - LEARNING_UNITS);
                let switches = state != target;
                if distance <= margins.of_storing[usize::from(switches)] {
                    updates += 1;
                    for &input in active {
                        weights[input] = (weights[input] + sign * self.learning_rate_units).max(0);
                    }
                }
                let reaches_target = distance > margins.of_output[usize::from(switches)];
                state = match self.switching {
                    StateSwitching::ClimbingFibre => target,
                    StateSwitching::None => reaches_target == target,
                };
            }
            epochs += 1;
            converged = updates == before;
        }
        let weights = weights.iter().map(|&weight| weight as f64 / LEARNING_UNITS as f64).collect();
        Learned { weights, converged, epochs, updates }
    }
}

/// The largest distances from the threshold that are not enough, for a stay and for a switch, in learning units.
struct Margins {
    /// κ ± γ: to be stored.
    of_storing: [i64; 2],
    /// ± γ: for the output to take the value of the target.
    of_output: [i64; 2],
}

impl Margins {
    fn new(problem: &CapacityProblem) -> Self {
        // A distance in whole learning units exceeds an exact margin just if it exceeds its floor.
        let floor = |units: i64| units.div_euclid(UNITS_PER_THRESHOLD / LEARNING_UNITS);
        let half_width = problem.parameters().bistability * problem.natural_unit();
        Self {
            of_storing: [false, true].map(|switch| floor(problem.margin_units(switch))),
            of_output: [-half_width, half_width].map(|width| (width * LEARNING_UNITS as f64).floor() as i64),
        }
    }
}

fn learning_units(thresholds: f64) -> i64 {
    ((thresholds * LEARNING_UNITS as f64).round() as i64).max(1)
}

/// The longest prefix that the rule was found to learn.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedPrefix {
    /// P: the rule learns the first P patterns.
    pub patterns: usize,
    /// What it comes to on them.
    pub learned: Learned,
    /// Updates on all prefixes tried.
    pub updates: u64,
}

/// Doubles the length of the prefix, from 1, until the rule does not learn it, then bisects.
///
/// A bounded rule need not learn every prefix of a sequence that it learns. So the result is defined as what this search
/// finds: a length that the rule learns and whose successor, tried as well, it does not.
pub fn longest_learnable_prefix(
    sequence: &mut PatternSequence,
    rule: &LearningRule,
    load_limit: f64,
) -> Result<LearnedPrefix, LearningError> {
    let limit = ((load_limit * sequence.problem().inputs() as f64) as usize).min(LARGEST_COUNT);
    let mut longest = LearnedPrefix { patterns: 0, learned: rule.learn(sequence.extend_to(0)), updates: 0 };
    let mut failed: Option<usize> = None;
    while failed != Some(longest.patterns + 1) {
        if longest.patterns >= limit {
            return Err(LearningError::LoadLimit { patterns: longest.patterns });
        }
        let patterns = match failed {
            None => (2 * longest.patterns).clamp(1, limit),
            Some(failed) => longest.patterns + (failed - longest.patterns) / 2,
        };
        let prefix = sequence.extend_to(patterns);
        let learned = rule.learn(prefix);
        let updates = longest.updates + learned.updates;
        // Exact arithmetic makes the check a formality; it is the definition of what counts as stored.
        if learned.converged && StoringWeights::verify(prefix, &learned.weights).is_some() {
            longest = LearnedPrefix { patterns, learned, updates };
        } else {
            longest.updates = updates;
            failed = Some(patterns);
        }
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    use super::super::CapacityParameters;
    use super::*;
    use crate::random::RandomStream;

    fn problem(bistability: f64) -> CapacityProblem {
        let parameters =
            CapacityParameters { inputs: 40, bistability, output_correlation: 0.8, ..CapacityParameters::default() };
        CapacityProblem::new(parameters).unwrap()
    }

    #[test]
    fn learning_rates_out_of_range_are_refused() {
        for rate in [0.0, -1.0, f64::NAN, 1e9] {
            assert!(LearningRule::new(&problem(0.0), rate, 1, StateSwitching::None).is_err());
        }
    }

    #[test]
    fn without_a_bistable_range_the_state_does_not_matter() {
        let mut sequence = PatternSequence::new(problem(0.0), &RandomStream::from_seed([3; 32]));
        let prefix = sequence.extend_to(12);
        let learn = |switching| LearningRule::new(&problem(0.0), 0.05, 2000, switching).unwrap().learn(prefix);
        let learned = learn(StateSwitching::ClimbingFibre);
        assert!(learned.converged && learned.updates > 0);
        assert_eq!(learned, learn(StateSwitching::None));
    }

    #[test]
    fn one_epoch_without_errors_leaves_the_weights() {
        let mut sequence = PatternSequence::new(problem(1.0), &RandomStream::from_seed([3; 32]));
        let rule = LearningRule::new(&problem(1.0), 0.1, 1, StateSwitching::None).unwrap();
        let learned = rule.learn(sequence.extend_to(0));
        assert!(learned.converged && learned.epochs == 1 && learned.updates == 0);
        assert!(learned.weights.iter().all(|&weight| (weight - 0.05).abs() < 1e-9));
    }
}
