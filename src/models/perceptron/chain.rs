//! Binary Markov chains, many at a time.

use crate::random::RandomStream;

/// The next state of each of `count` chains, one per bit: that of `previous` with probability `correlation`, else a
/// fresh one, which is 1 with probability `coding`.
///
/// Each chain takes two values from the stream, whatever the parameters and whether there is a state before.
pub fn next_states(
    stream: &mut RandomStream,
    count: usize,
    previous: Option<&[u64]>,
    correlation: f64,
    coding: f64,
) -> Vec<u64> {
    let next = |word: usize| {
        let chains = (count - 64 * word).min(64);
        draw_word(stream, chains, previous.map(|previous| previous[word]), correlation, coding)
    };
    (0..count.div_ceil(64)).map(next).collect()
}

fn draw_word(stream: &mut RandomStream, chains: usize, previous: Option<u64>, correlation: f64, coding: f64) -> u64 {
    // All 64 at a time and without a branch, so that the stream is all it costs.
    let (mut keep, mut fresh) = (0, 0);
    for bit in 0..chains {
        keep |= u64::from(stream.bernoulli(correlation)) << bit;
        fresh |= u64::from(stream.bernoulli(coding)) << bit;
    }
    previous.map_or(fresh, |previous| previous & keep | fresh & !keep)
}
