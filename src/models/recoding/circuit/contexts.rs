//! Contexts: which mossy fibres are active.

use crate::models::perceptron::next_states;
use crate::random::RandomStream;

/// Contexts that follow each other: every fibre is a Markov chain.
#[derive(Clone, Debug)]
pub(in crate::models::recoding) struct ContextChain {
    stream: RandomStream,
    fibres: usize,
    coding: f64,
    correlation: f64,
    last: Option<Vec<u64>>,
}

impl ContextChain {
    pub(in crate::models::recoding) fn new(stream: RandomStream, fibres: usize, coding: f64, correlation: f64) -> Self {
        Self { stream, fibres, coding, correlation, last: None }
    }

    /// The next context; fibre i is bit i % 64 of word i / 64.
    pub(in crate::models::recoding) fn draw(&mut self) -> &[u64] {
        let next = next_states(&mut self.stream, self.fibres, self.last.as_deref(), self.correlation, self.coding);
        self.last.insert(next)
    }
}

/// A context that does not depend on any other; each fibre takes one value from the stream.
pub(in crate::models::recoding) fn independent(stream: &mut RandomStream, fibres: usize, coding: f64) -> Vec<u64> {
    let word = |word: usize| {
        let fibres = (fibres - 64 * word).min(64);
        (0..fibres).fold(0, |bits, fibre| bits | u64::from(stream.bernoulli(coding)) << fibre)
    };
    (0..fibres.div_ceil(64)).map(word).collect()
}

/// A copy of a context in which each fibre is redrawn with probability `noise`.
pub(in crate::models::recoding) fn noisy_copy(
    stream: &mut RandomStream,
    context: &[u64],
    fibres: usize,
    coding: f64,
    noise: f64,
) -> Vec<u64> {
    next_states(stream, fibres, Some(context), 1.0 - noise, coding)
}
