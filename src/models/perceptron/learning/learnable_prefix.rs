//! The longest prefix of a sequence that the rule learns.

use super::{Learned, LearningError, LearningRule};
use crate::models::perceptron::certificate::StoringWeights;
use crate::models::perceptron::pattern_table::PatternSource;
use crate::models::perceptron::patterns::PatternSequence;
use crate::models::perceptron::problem::LARGEST_COUNT;

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
/// A bounded rule need not learn every prefix of a sequence that it learns. So the result is defined as what this
/// search finds: a length that the rule learns and whose successor, tried as well, it does not.
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
