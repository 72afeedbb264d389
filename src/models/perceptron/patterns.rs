//! The sequence of input patterns and targets.

use super::chain::next_states;
use super::pattern_table::{Bound, PatternSource, PatternTable};
use super::problem::{CapacityParameters, CapacityProblem};
use super::theory::rough_capacity;
use crate::random::RandomStream;

const TARGET_SUBSTREAM: u64 = 0;
const INPUT_SUBSTREAM: u64 = 1;

/// A sequence of binary patterns and targets, drawn as far as it is asked for.
///
/// Every input is an independent Markov chain: ξ¹ = 1 with probability f_in, and ξ^μ = ξ^(μ-1) with probability c_in,
/// otherwise redrawn; so its autocovariance is f_in (1 - f_in) c_in^|μ-ν|. The target is such a chain with f_out, c_out
/// (Clopath et al. 2012, eq. 1).
///
/// Weights are counted from the [lowest](CapacityProblem::lowest_weight) that the problem allows: where that is not 0,
/// it raises the thresholds of the patterns instead.
///
/// Targets use substream 0 and inputs substream 1 of the stream. Every element takes two values, one to keep and one to
/// draw afresh, even where they are not needed (first pattern, correlation 0): sweeps that share a stream stay aligned
/// whatever their parameters, and pattern μ does not depend on how far the sequence is drawn.
#[derive(Clone, Debug)]
pub struct PatternSequence {
    problem: CapacityProblem,
    target_stream: RandomStream,
    input_stream: RandomStream,
    /// The states of the chain of the target, and of those of the inputs, at the pattern drawn last.
    target: Option<Vec<u64>>,
    inputs: Option<Vec<u64>>,
    table: PatternTable,
}

impl PatternSequence {
    /// The sequence of `problem` in the random stream of a task; nothing is drawn yet.
    pub fn new(problem: CapacityProblem, stream: &RandomStream) -> Self {
        Self {
            problem,
            target_stream: stream.substream(TARGET_SUBSTREAM),
            input_stream: stream.substream(INPUT_SUBSTREAM),
            target: None,
            inputs: None,
            table: PatternTable::new(problem.inputs()),
        }
    }

    /// The problem it was drawn for.
    pub fn problem(&self) -> &CapacityProblem {
        &self.problem
    }
}

impl PatternSource for PatternSequence {
    fn table(&self) -> &PatternTable {
        &self.table
    }

    fn draw_pattern(&mut self) {
        let CapacityParameters { inputs, input_coding, output_coding, input_correlation, output_correlation, .. } =
            *self.problem.parameters();
        let before = self.target.as_deref();
        let target = next_states(&mut self.target_stream, 1, before, output_correlation, output_coding);
        let words =
            next_states(&mut self.input_stream, inputs, self.inputs.as_deref(), input_correlation, input_coding);
        let is_switch = before.is_some_and(|before| before != target);
        let is_active = target == [1];
        let active_inputs = words.iter().map(|word| word.count_ones() as usize).sum();
        let bound = Bound::with_margin(is_active, self.problem.margin_units(is_switch));
        let bound = bound.counted_from(self.problem.lowest_weight(), active_inputs, is_active);
        self.table.push(&words, is_active, bound);
        (self.target, self.inputs) = (Some(target), Some(words));
    }

    fn expected_capacity(&self) -> f64 {
        rough_capacity(&self.problem)
    }

    /// A natural unit.
    fn margin_scale(&self) -> f64 {
        self.problem.natural_unit()
    }
}
