//! The longest prefix of a sequence that can be stored.

use thiserror::Error;

use super::patterns::PatternSequence;
use super::problem::LARGEST_COUNT;
use super::storability::{Decision, decide, widest_margin};
use super::theory::uncorrelated_inputs;

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
pub enum StorabilityError {
    #[error("{patterns} patterns of {inputs} inputs, the load limit, can still be stored")]
    LoadLimit { patterns: usize, inputs: usize },
    #[error("no proof whether {patterns} patterns can be stored: the widest margin is between {lower:e} and {upper:e}")]
    Undecided { patterns: usize, lower: f64, upper: f64 },
    #[error("the weights of the widest margin for {patterns} patterns did not converge")]
    NotConverged { patterns: usize },
}

/// Finds the longest storable prefix of a sequence, which is drawn as far as needed, up to `load_limit` patterns an input.
///
/// A prefix of a storable sequence is storable, so bisection is exact. The search starts from the theory of large N and
/// doubles its steps until it has a bracket. Each certificate is used twice: its weights may store more patterns than
/// were asked for, its multipliers may refute fewer. None of this can change the answer, only its cost.
pub fn longest_storable_prefix(
    sequence: &mut PatternSequence,
    load_limit: f64,
) -> Result<StoredPrefix, StorabilityError> {
    let inputs = sequence.problem().inputs();
    let limit = ((load_limit * inputs as f64) as usize).min(LARGEST_COUNT);
    let guess = uncorrelated_inputs(sequence.problem()).map_or(1.0, |theory| theory.capacity) * inputs as f64;
    let mut probe = (guess as usize).clamp(1, limit.max(1));
    let mut step = (inputs as f64).sqrt() as usize;
    let mut stored = 0;
    let mut refuted: Option<usize> = None;
    let mut decisions = 0;
    while refuted != Some(stored + 1) {
        if stored >= limit {
            return Err(StorabilityError::LoadLimit { patterns: stored, inputs });
        }
        let prefix = sequence.extend_to(probe);
        decisions += 1;
        match decide(prefix) {
            Decision::Storable(certificate) => {
                stored = certificate.stored_patterns(sequence.drawn()).min(limit);
            }
            Decision::NotStorable(refutation) => refuted = Some(refutation.refuted_patterns(prefix)),
            Decision::Undecided { lower, upper } => {
                return Err(StorabilityError::Undecided { patterns: probe, lower, upper });
            }
        }
        probe = match refuted {
            None => (stored + step).min(limit),
            Some(refuted) if stored == 0 => refuted.saturating_sub(step).max(1),
            Some(refuted) => stored + (refuted - stored) / 2,
        };
        step *= 2;
    }
    // Other weights that store the prefix would do for P, but not for the statistics of weights at capacity.
    let widest = widest_margin(sequence.drawn().first(stored));
    let weights = widest.ok_or(StorabilityError::NotConverged { patterns: stored })?.weights.weights().to_vec();
    Ok(StoredPrefix { patterns: stored, weights, decisions })
}
