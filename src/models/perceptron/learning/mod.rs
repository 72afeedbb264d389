//! The learning rule of the climbing fibre.
//!
//! Its arithmetic is that of whole numbers, so a plain loop over patterns and inputs gives the same weights, bit for
//! bit. It is fast in two ways. Weights are stored bit by bit ([`synapses`]), so that the currents of eight patterns
//! come from counts of bits ([`bit_count`]). And the currents of eight patterns ([`octet`]) are kept: where few updates
//! were made since the last epoch, they are brought up to date by these updates alone.

mod bit_count;
mod learnable_prefix;
mod octet;
mod synapses;
mod update_bound;

use thiserror::Error;

use self::bit_count::BitCount;
pub use self::learnable_prefix::{LearnedPrefix, longest_learnable_prefix};
use self::octet::Octet;
use self::synapses::Synapses;
pub use self::update_bound::{ConvergenceProof, update_bound};
use super::pattern_table::Prefix;
use super::problem::{CapacityProblem, UNITS_PER_THRESHOLD};

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
/// output itself is bistable: its state becomes, or stays, the target where s (h - θ) > ± γ u0. Every epoch starts in
/// the state of its first target. Source: Clopath, Nadal & Brunel 2012, Models; Brunel et al. 2004.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRule {
    problem: CapacityProblem,
    learning_rate_units: i64,
    epochs: usize,
    switching: StateSwitching,
}

/// Why numbers do not describe a learning rule, or what it cannot do.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum LearningError {
    #[error("the learning rate must be between 1e-9 and 16 thresholds per pattern, not {0:?}")]
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
        Ok(Self { problem: *problem, learning_rate_units: learning_units(in_thresholds), epochs, switching })
    }

    /// ε in units of θ, as rounded.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate_units as f64 / LEARNING_UNITS as f64
    }

    /// Learns a prefix of a sequence of the problem, from equal weights θ / (f_in N); [`update_bound`] says how long
    /// it can take.
    pub fn learn(&self, prefix: Prefix<'_>) -> Learned {
        self.learn_with(prefix, BitCount::fastest())
    }

    fn learn_with(&self, prefix: Prefix<'_>, bit_count: BitCount) -> Learned {
        let inputs = prefix.inputs();
        let start = learning_units(self.problem.mean_weight());
        let mut synapses = Synapses::new(inputs, start, self.learning_rate_units, bit_count);
        let margins = Margins::new(&self.problem);
        let mut octets = octets(prefix, &margins, &synapses);
        let (mut epochs, mut updates, mut converged) = (0, 0, false);
        while epochs < self.epochs && !converged {
            let before = updates;
            let mut state_is_right = true;
            for (number, octet) in octets.iter_mut().enumerate() {
                octet.update(&synapses);
                let patterns = 8 * number..(8 * number + 8).min(prefix.patterns());
                let mut place = 0;
                while place < patterns.len() {
                    // From a right state only errors need a look; from a wrong one every pattern does.
                    if state_is_right {
                        let Some(error) = octet.first_error(place) else { break };
                        place = error;
                    }
                    let index = patterns.start + place;
                    let target = prefix.target(index);
                    let switches = prefix.is_switch(index) == state_is_right;
                    let excess = octet.current(place) - LEARNING_UNITS;
                    let distance = if target { excess } else { -excess };
                    if distance <= margins.of_storing[usize::from(switches)] {
                        updates += 1;
                        if target {
                            synapses.raise(prefix.words(index));
                        } else {
                            synapses.lower(prefix.words(index));
                        }
                        octet.update(&synapses);
                    }
                    state_is_right = self.switching == StateSwitching::ClimbingFibre
                        || distance > margins.of_output[usize::from(switches)];
                    place += 1;
                }
            }
            epochs += 1;
            converged = updates == before;
        }
        let weights = (0..inputs).map(|input| synapses.weight(input) as f64 / LEARNING_UNITS as f64).collect();
        Learned { weights, converged, epochs, updates }
    }
}

/// The patterns of a prefix, each with the least current that is above for a cell in the state of the target before.
fn octets(prefix: Prefix<'_>, margins: &Margins, synapses: &Synapses) -> Vec<Octet> {
    let pattern = |index| {
        let margin = margins.of_storing[usize::from(prefix.is_switch(index))];
        let bound = if prefix.target(index) { LEARNING_UNITS + margin + 1 } else { LEARNING_UNITS - margin };
        (prefix.words(index), prefix.target(index), bound)
    };
    let patterns: Vec<_> = (0..prefix.patterns()).map(pattern).collect();
    patterns.chunks(8).map(|patterns| Octet::new(patterns, synapses)).collect()
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
        // A distance in whole learning units exceeds an exact margin if and only if it exceeds the margin rounded down.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::perceptron::{CapacityParameters, PatternSequence, PatternSource};
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
    fn every_way_to_count_bits_learns_the_same() {
        for (inputs, switching) in [(40, StateSwitching::None), (700, StateSwitching::ClimbingFibre)] {
            let parameters = CapacityParameters { inputs, bistability: 1.0, ..CapacityParameters::default() };
            let problem = CapacityProblem::new(parameters).unwrap();
            let mut sequence = PatternSequence::new(problem, &RandomStream::from_seed([4; 32]));
            let prefix = sequence.extend_to(inputs / 2);
            let rule = LearningRule::new(&problem, 0.02, 50, switching).unwrap();
            let learned = rule.learn_with(prefix, BitCount::Portable);
            assert!(learned.updates > 100);
            for bit_count in BitCount::available() {
                assert_eq!(rule.learn_with(prefix, bit_count), learned, "{bit_count:?}");
            }
        }
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
