//! The sequence of input patterns and targets.

use super::problem::{CapacityProblem, LARGEST_COUNT, UNITS_PER_THRESHOLD};
use crate::random::RandomStream;

const TARGET_SUBSTREAM: u64 = 0;
const INPUT_SUBSTREAM: u64 = 1;

/// A sequence of binary patterns and targets, drawn as far as it is asked for.
///
/// Every input is a Markov chain of its own: ξ¹ = 1 with probability f_in, and ξ^μ = ξ^(μ-1) with probability c_in,
/// else drawn afresh; so its autocovariance is f_in (1 - f_in) c_in^|μ-ν|. The target is such a chain with f_out, c_out
/// (Clopath et al. 2012, eq. 1).
///
/// Targets use substream 0 and inputs substream 1 of the stream. Every element takes two values, one to keep and one to
/// draw afresh, even where they are not needed (first pattern, correlation 0): sweeps that share a stream stay aligned
/// whatever their parameters, and pattern μ does not depend on how far the sequence is drawn.
#[derive(Clone, Debug)]
pub struct PatternSequence {
    problem: CapacityProblem,
    target_stream: RandomStream,
    input_stream: RandomStream,
    targets: Vec<bool>,
    /// Input i of pattern μ is bit i % 64 of word μ · ⌈N/64⌉ + i / 64.
    words: Vec<u64>,
}

impl PatternSequence {
    /// The sequence of `problem` in the random stream of a task; nothing is drawn yet.
    pub fn new(problem: CapacityProblem, stream: &RandomStream) -> Self {
        Self {
            problem,
            target_stream: stream.substream(TARGET_SUBSTREAM),
            input_stream: stream.substream(INPUT_SUBSTREAM),
            targets: Vec::new(),
            words: Vec::new(),
        }
    }

    /// The problem it was drawn for.
    pub fn problem(&self) -> &CapacityProblem {
        &self.problem
    }

    /// Draws what is missing of the first `patterns` patterns (at most 65536) and returns them.
    pub fn extend_to(&mut self, patterns: usize) -> Prefix<'_> {
        let patterns = patterns.min(LARGEST_COUNT);
        while self.targets.len() < patterns {
            self.draw_pattern();
        }
        Prefix { sequence: self, patterns }
    }

    /// All patterns drawn so far.
    pub fn drawn(&self) -> Prefix<'_> {
        Prefix { sequence: self, patterns: self.targets.len() }
    }

    fn draw_pattern(&mut self) {
        let parameters = *self.problem.parameters();
        let previous = self.targets.last().map(|&target| u64::from(target));
        let target =
            draw_word(&mut self.target_stream, 1, previous, parameters.output_correlation, parameters.output_coding);
        self.targets.push(target == 1);
        let words_per_pattern = parameters.inputs.div_ceil(64);
        let previous_start = self.words.len().checked_sub(words_per_pattern);
        for word_index in 0..words_per_pattern {
            let previous = previous_start.map(|start| self.words[start + word_index]);
            let elements = (parameters.inputs - 64 * word_index).min(64);
            let (correlation, coding) = (parameters.input_correlation, parameters.input_coding);
            self.words.push(draw_word(&mut self.input_stream, elements, previous, correlation, coding));
        }
    }
}

/// The next value of each of up to 64 chains, one per bit: that of `previous` where it is kept, else a fresh one.
fn draw_word(stream: &mut RandomStream, elements: usize, previous: Option<u64>, correlation: f64, coding: f64) -> u64 {
    // All 64 at a time and without a branch, so that the stream is all it costs.
    let (mut keep, mut fresh) = (0, 0);
    for bit in 0..elements {
        keep |= u64::from(stream.bernoulli(correlation)) << bit;
        fresh |= u64::from(stream.bernoulli(coding)) << bit;
    }
    previous.map_or(fresh, |previous| previous & keep | fresh & !keep)
}

/// The first patterns of a sequence.
#[derive(Clone, Copy, Debug)]
pub struct Prefix<'a> {
    sequence: &'a PatternSequence,
    patterns: usize,
}

impl<'a> Prefix<'a> {
    /// The problem the patterns were drawn for.
    pub fn problem(&self) -> &'a CapacityProblem {
        &self.sequence.problem
    }

    /// P, the number of patterns.
    pub fn patterns(&self) -> usize {
        self.patterns
    }

    /// The first `patterns` of these patterns, or all if there are fewer.
    pub fn first(&self, patterns: usize) -> Self {
        Self { sequence: self.sequence, patterns: patterns.min(self.patterns) }
    }

    /// The inputs of pattern `index`, 64 a word; input i is bit i % 64 of word i / 64, and bits past N are 0.
    pub fn words(&self, index: usize) -> &'a [u64] {
        let words_per_pattern = self.problem().inputs().div_ceil(64);
        &self.sequence.words[index * words_per_pattern..][..words_per_pattern]
    }

    /// Whether `input` is active in pattern `index`.
    pub fn input(&self, index: usize, input: usize) -> bool {
        self.words(index)[input / 64] >> (input % 64) & 1 == 1
    }

    /// The inputs that are active in pattern `index`, in ascending order.
    pub fn active_inputs(&self, index: usize) -> impl Iterator<Item = usize> + use<'a> {
        self.words(index).iter().enumerate().flat_map(|(word_index, &word)| {
            std::iter::successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)))
                .take_while(|&rest| rest != 0)
                .map(move |rest| 64 * word_index + rest.trailing_zeros() as usize)
        })
    }

    /// The output the cell should give to pattern `index`.
    pub fn target(&self, index: usize) -> bool {
        self.sequence.targets[index]
    }

    /// Whether the target of pattern `index` differs from the one before.
    ///
    /// The first pattern counts as a stay: no state comes before it, and a cell that starts in the state its first
    /// target asks for adds no constraint that the sequence itself does not have.
    pub fn is_switch(&self, index: usize) -> bool {
        index > 0 && self.target(index) != self.target(index - 1)
    }

    /// s^μ θ + τ^μ in units of 2⁻⁵² θ: pattern μ is stored when s^μ Σ_i w_i ξ_i^μ is greater than this.
    pub(super) fn threshold_units(&self, index: usize) -> i64 {
        let threshold = if self.target(index) { UNITS_PER_THRESHOLD } else { -UNITS_PER_THRESHOLD };
        threshold + self.problem().margin_units(self.is_switch(index))
    }
}
