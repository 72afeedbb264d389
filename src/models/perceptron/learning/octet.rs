//! Eight successive patterns and their currents.

use super::synapses::Synapses;

/// Eight successive patterns, their currents, and which of them are errors.
///
/// A pattern is an error if its current is on the wrong side of a bound. The currents are exact as of some number of
/// changes of the weights, and are brought up to date when they are asked about.
#[derive(Clone, Debug)]
pub(super) struct Octet {
    /// Word j of pattern p is `words[j][p]`.
    words: Vec<[u64; 8]>,
    /// The least current that is above.
    bounds: [i64; 8],
    /// Patterns whose current should be above, one bit per pattern.
    targets: u8,
    currents: [i64; 8],
    known_changes: usize,
}

impl Octet {
    /// Up to eight patterns: words of inputs, target, and the least current that counts as above. Those that are
    /// missing are never errors.
    pub(super) fn new(patterns: &[(&[u64], bool, i64)], synapses: &Synapses) -> Self {
        let (mut bounds, mut targets) = ([i64::MAX; 8], 0);
        let mut words = vec![[0; 8]; patterns.first().map_or(0, |(words, ..)| words.len())];
        for (place, &(pattern, target, bound)) in patterns.iter().enumerate() {
            words.iter_mut().zip(pattern).for_each(|(words, &word)| words[place] = word);
            bounds[place] = bound;
            targets |= u8::from(target) << place;
        }
        Self { bounds, targets, currents: synapses.currents(&words), known_changes: synapses.changes(), words }
    }

    /// Brings the currents up to date.
    pub(super) fn update(&mut self, synapses: &Synapses) {
        synapses.update(&mut self.currents, &self.words, self.known_changes);
        self.known_changes = synapses.changes();
    }

    /// The current of a pattern when last brought up to date.
    pub(super) fn current(&self, place: usize) -> i64 {
        self.currents[place]
    }

    /// The first error at `place` (at most 7) or later.
    pub(super) fn first_error(&self, place: usize) -> Option<usize> {
        let above =
            (0..8).fold(0, |above, place| above | u8::from(self.currents[place] >= self.bounds[place]) << place);
        let errors = (above ^ self.targets) >> place << place;
        (errors != 0).then(|| errors.trailing_zeros() as usize)
    }
}
