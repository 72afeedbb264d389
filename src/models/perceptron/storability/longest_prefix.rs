//! The longest prefix of a sequence that can be stored.

use thiserror::Error;

use super::bracket::Bracket;
use super::preconditioner::Algebra;
use super::widest_margin::widest_margin_from;
use crate::instruction_set::InstructionSet;
use crate::models::perceptron::pattern_table::PatternSource;
use crate::models::perceptron::problem::LARGEST_COUNT;
use crate::models::perceptron::storability::{Decision, Findings, decide_with};

/// The longest prefix that can be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPrefix {
    /// P: the first P patterns can be stored, the first P + 1 cannot. P / N is the capacity of the sequence.
    pub patterns: usize,
    /// The weights of the widest margin on that prefix, in units of θ; silent ones are exactly 0.
    pub weights: Vec<f64>,
    /// How many prefixes were decided on the way.
    pub decisions: usize,
}

/// Why the longest storable prefix is not known.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum StorabilityError {
    #[error("{patterns} patterns of {inputs} inputs, the load limit, can still be stored")]
    LoadLimit { patterns: usize, inputs: usize },
    #[error("no proof whether {patterns} patterns can be stored: the widest margin is between {lower:e} and {upper:e}")]
    Undecided { patterns: usize, lower: f64, upper: f64 },
    #[error("the weights of the widest margin for {patterns} patterns did not converge")]
    NotConverged { patterns: usize },
}

/// Finds the longest storable prefix of a sequence, which is drawn as far as needed, up to `load_limit` patterns an
/// input.
///
/// A prefix of a storable sequence is storable, so it is enough to prove that P patterns can be stored and P + 1
/// cannot. Where to look next follows from the bounds of the widest margin that every decision leaves (`Bracket`).
/// Each certificate is used twice: its weights may store more patterns than were asked for, its multipliers may refute
/// fewer. None of this can change the answer, only its cost.
pub fn longest_storable_prefix(
    sequence: &mut impl PatternSource,
    load_limit: f64,
) -> Result<StoredPrefix, StorabilityError> {
    let inputs = sequence.table().inputs();
    let limit = ((load_limit * inputs as f64) as usize).min(LARGEST_COUNT);
    // How good the guess is changes the cost of the search and nothing else.
    let guess = ((sequence.expected_capacity() * inputs as f64) as usize).clamp(1, limit.max(1));
    let mut bracket = Bracket::new(guess, sequence.margin_scale() / guess as f64);
    let mut decisions = 0;
    let mut reached = None;
    while !bracket.is_closed() {
        if bracket.stored() >= limit {
            return Err(StorabilityError::LoadLimit { patterns: bracket.stored(), inputs });
        }
        let probe = bracket.next_probe().min(limit);
        let prefix = sequence.extend_to(probe);
        decisions += 1;
        let mut findings = Findings::default();
        let decision = decide_with(prefix, InstructionSet::detect(), Algebra::Block, &mut findings);
        match decision {
            Decision::Storable(certificate) => {
                let candidates = sequence.drawn().first(bracket.refuted().map_or(probe, |refuted| refuted - 1));
                bracket.store(certificate.stored_patterns(candidates), findings.estimate());
                reached = findings.state.map(|state| (probe, state));
            }
            Decision::NotStorable(refutation) => {
                // A margin of 0 does not show how far the capacity is.
                let margin = if findings.is_tie() { f64::NAN } else { findings.estimate() };
                bracket.refute(refutation.refuted_patterns(prefix), margin)
            }
            Decision::Undecided { lower, upper } => {
                return Err(StorabilityError::Undecided { patterns: probe, lower, upper });
            }
        }
    }
    let patterns = bracket.stored();
    // Other weights that store the prefix would do for P, but not for the statistics of weights at capacity.
    let state = reached.filter(|&(probe, _)| probe == patterns).map(|(_, state)| state);
    let widest = widest_margin_from(sequence.drawn().first(patterns), state);
    let weights = widest.ok_or(StorabilityError::NotConverged { patterns })?.weights.weights().to_vec();
    Ok(StoredPrefix { patterns, weights, decisions })
}
