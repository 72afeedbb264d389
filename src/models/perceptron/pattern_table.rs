//! Binary patterns, each with its target and its threshold: what a perceptron has to store.

use super::problem::{LARGEST_COUNT, LARGEST_MARGIN, UNITS_PER_THRESHOLD};

/// Patterns of a number of inputs, in the order in which they come.
#[derive(Clone, Debug)]
pub struct PatternTable {
    inputs: usize,
    /// Input i of pattern μ is bit i % 64 of word μ · ⌈N/64⌉ + i / 64.
    words: Vec<u64>,
    targets: Vec<bool>,
    bounds: Vec<Bound>,
}

/// What the signed current of a pattern has to exceed, in whole units of 2⁻⁵² θ: pattern μ is stored when
/// s^μ Σ_i w_i ξ_i^μ is greater than this. A whole number is the definition, so that all arithmetic with it is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound(i64);

impl Bound {
    /// s^μ T for a threshold T of this pattern alone, in units of θ, rounded to a whole multiple of 2⁻⁵²; `None` unless
    /// 0 < T ≤ 64, which every exact sum can take.
    pub fn of_threshold(threshold: f64, target: bool) -> Option<Self> {
        (threshold > 0.0 && threshold <= LARGEST_MARGIN).then(|| {
            let units = (threshold * UNITS_PER_THRESHOLD as f64).round() as i64;
            Self(if target { units } else { -units })
        })
    }

    /// s^μ θ + τ^μ, with the margin τ^μ in units of 2⁻⁵² θ.
    pub(super) fn with_margin(target: bool, margin_units: i64) -> Self {
        Self(if target { UNITS_PER_THRESHOLD } else { -UNITS_PER_THRESHOLD } + margin_units)
    }

    /// The same for weights that are counted from `lowest` ≤ 0, a power of two thresholds, of a pattern with this many
    /// active inputs; together they must count at most 512 θ.
    pub(super) fn counted_from(self, lowest: f64, active_inputs: usize, target: bool) -> Self {
        let units = (-lowest * UNITS_PER_THRESHOLD as f64) as i64 * active_inputs as i64;
        Self(self.0 + if target { units } else { -units })
    }
}

/// Feed-forward inhibition in proportion to the number of active inputs, h = Σ_i (w_i - q) ξ_i: it raises the threshold
/// of a pattern with n active inputs to θ + n q. q is a whole multiple of 2⁻⁵² θ, as weights are, so that inhibition
/// and weights cancel exactly where they should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inhibition(i64);

impl Inhibition {
    /// Inhibition by q ≥ 0 per active input, in units of θ. `None` if the threshold of a pattern in which all the
    /// inputs are active exceeds 64 θ, because the exact sums take no more.
    pub fn new(per_input: f64, inputs: usize) -> Option<Self> {
        let is_possible = per_input >= 0.0 && 1.0 + per_input * inputs as f64 <= LARGEST_MARGIN;
        is_possible.then(|| Self((per_input * UNITS_PER_THRESHOLD as f64).round() as i64))
    }

    /// s^μ (θ + n q).
    pub fn bound(self, active_inputs: usize, target: bool) -> Bound {
        let units = UNITS_PER_THRESHOLD + active_inputs as i64 * self.0;
        Bound(if target { units } else { -units })
    }
}

impl PatternTable {
    /// No patterns yet.
    pub fn new(inputs: usize) -> Self {
        Self { inputs, words: Vec::new(), targets: Vec::new(), bounds: Vec::new() }
    }

    /// Adds a pattern. Input i is bit i % 64 of word i / 64; there are ⌈N/64⌉ words, and bits past N are 0.
    pub fn push(&mut self, words: &[u64], target: bool, bound: Bound) {
        debug_assert_eq!(words.len(), self.inputs.div_ceil(64));
        self.words.extend_from_slice(words);
        self.targets.push(target);
        self.bounds.push(bound);
    }

    /// N, the inputs of each pattern.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The first `patterns` patterns, or all if there are fewer.
    pub fn first(&self, patterns: usize) -> Prefix<'_> {
        Prefix { table: self, patterns: patterns.min(self.targets.len()) }
    }

    /// All patterns.
    pub fn all(&self) -> Prefix<'_> {
        self.first(self.targets.len())
    }
}

/// A sequence of patterns that is drawn as far as it is asked for.
pub trait PatternSource {
    /// The patterns drawn so far.
    fn table(&self) -> &PatternTable;

    /// Draws the next pattern.
    fn draw_pattern(&mut self);

    /// Patterns per input that can probably be stored. How good the guess is changes the cost of a search and nothing
    /// else.
    fn expected_capacity(&self) -> f64;

    /// How far the widest margin falls from no load to capacity, roughly, in units of θ. It is a guess, too.
    fn margin_scale(&self) -> f64;

    /// Draws what is missing of the first `patterns` patterns (at most 65536) and returns them.
    fn extend_to(&mut self, patterns: usize) -> Prefix<'_> {
        let patterns = patterns.min(LARGEST_COUNT);
        while self.table().targets.len() < patterns {
            self.draw_pattern();
        }
        self.table().first(patterns)
    }

    /// All patterns drawn so far.
    fn drawn(&self) -> Prefix<'_> {
        self.table().all()
    }
}

/// The first patterns of a sequence.
#[derive(Clone, Copy, Debug)]
pub struct Prefix<'a> {
    table: &'a PatternTable,
    patterns: usize,
}

impl<'a> Prefix<'a> {
    /// N, the inputs of each pattern.
    pub fn inputs(&self) -> usize {
        self.table.inputs
    }

    /// P, the number of patterns.
    pub fn patterns(&self) -> usize {
        self.patterns
    }

    /// The first `patterns` of these patterns, or all if there are fewer.
    pub fn first(&self, patterns: usize) -> Self {
        Self { table: self.table, patterns: patterns.min(self.patterns) }
    }

    /// The inputs of pattern `index`, 64 a word; input i is bit i % 64 of word i / 64, and bits past N are 0.
    pub fn words(&self, index: usize) -> &'a [u64] {
        let words_per_pattern = self.inputs().div_ceil(64);
        &self.table.words[index * words_per_pattern..][..words_per_pattern]
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
        self.table.targets[index]
    }

    /// Whether the target of pattern `index` differs from the one before.
    ///
    /// The first pattern counts as a stay: no state comes before it, and a cell that starts in the state its first
    /// target asks for adds no constraint that the sequence itself does not have.
    pub fn is_switch(&self, index: usize) -> bool {
        index > 0 && self.target(index) != self.target(index - 1)
    }

    /// What s^μ Σ_i w_i ξ_i^μ has to exceed, in units of 2⁻⁵² θ.
    pub(super) fn threshold_units(&self, index: usize) -> i64 {
        self.table.bounds[index].0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_whole_multiples_with_the_sign_of_the_target() {
        assert_eq!(Bound::of_threshold(1.5, true), Some(Bound(3 << 51)));
        assert_eq!(Bound::of_threshold(1.5, false), Some(Bound(-3 << 51)));
        assert_eq!(Bound::of_threshold(64.0, true), Some(Bound(1 << 58)));
        for threshold in [0.0, -1.0, 64.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Bound::of_threshold(threshold, true), None, "{threshold}");
        }
        // The same threshold for both targets, to the last unit: a pair of equal patterns contradicts itself.
        let bounds = [true, false].map(|target| Bound::of_threshold(1.0 + 0.1 / 0.3, target).unwrap());
        assert_eq!(bounds[0].0, -bounds[1].0);
    }

    #[test]
    fn inhibition_is_the_same_for_every_active_input() {
        let inhibition = Inhibition::new(0.1 / 3.0, 1000).unwrap();
        let at = |active| inhibition.bound(active, true).0;
        assert_eq!((at(0), at(7) - at(6)), (1 << 52, at(1000) - at(999)));
        assert_eq!(inhibition.bound(7, false).0, -at(7));
        for (per_input, inputs) in [(-0.1, 1), (f64::NAN, 1), (63.1, 1), (0.1, 631)] {
            assert_eq!(Inhibition::new(per_input, inputs), None, "{per_input} {inputs}");
        }
        assert!(Inhibition::new(63.0, 1).is_some() && Inhibition::new(0.0, 65_536).is_some());
    }

    #[test]
    fn patterns_are_as_they_were_pushed() {
        let mut table = PatternTable::new(70);
        table.push(&[1 << 63, 0b10_0001], true, Bound::with_margin(true, 0));
        table.push(&[0, 0], false, Bound::with_margin(false, 7));
        let prefix = table.first(9);
        assert_eq!((prefix.patterns(), prefix.first(1).patterns(), prefix.inputs()), (2, 1, 70));
        assert_eq!(prefix.active_inputs(0).collect::<Vec<_>>(), [63, 64, 69]);
        assert!(prefix.input(0, 69) && !prefix.input(0, 68) && prefix.active_inputs(1).next().is_none());
        assert!(prefix.target(0) && !prefix.is_switch(0) && prefix.is_switch(1));
        assert_eq!(prefix.threshold_units(1), 7 - (1 << 52));
    }
}
