//! The bracket of the longest storable prefix, and where to look next.

use crate::models::perceptron::problem::LARGEST_COUNT;

/// A prefix that was decided.
#[derive(Clone, Copy, Debug)]
struct End {
    patterns: usize,
    /// The estimate of its widest margin κ*, in units of θ; not finite where there is none.
    margin: f64,
}

/// The longest prefix known to be storable and the shortest known not to be.
///
/// κ*(P) falls with P and is positive for storable prefixes, so the answer is where it crosses 0. With one end known
/// the crossing is sought at the expected slope, with both by the rule of false position, and in the middle after
/// [`PATIENCE`] probes that did not halve the bracket.
#[derive(Clone, Debug)]
pub(super) struct Bracket {
    storable: Option<End>,
    refuted: Option<End>,
    guess: usize,
    /// The expected fall of κ* with every pattern, in units of θ.
    slope: f64,
    /// The least distance of the last probe from a single end; doubled every time.
    stride: usize,
    /// The width of the bracket when it was last halved, and the probes since.
    width: usize,
    probes: usize,
}

/// Probes by false position that may fail to halve the bracket.
const PATIENCE: usize = 3;

impl Bracket {
    /// Nothing is known; the search starts at `guess`.
    pub(super) fn new(guess: usize, slope: f64) -> Self {
        Self { storable: None, refuted: None, guess, slope, stride: 1, width: usize::MAX, probes: 0 }
    }

    /// The longest prefix known to be storable; 0 if none is.
    pub(super) fn stored(&self) -> usize {
        self.storable.map_or(0, |end| end.patterns)
    }

    /// The shortest prefix known not to be storable.
    pub(super) fn refuted(&self) -> Option<usize> {
        self.refuted.map(|end| end.patterns)
    }

    /// Whether the longest storable prefix is known.
    pub(super) fn is_closed(&self) -> bool {
        self.refuted() == Some(self.stored() + 1)
    }

    /// The first `patterns` patterns can be stored.
    pub(super) fn store(&mut self, patterns: usize, margin: f64) {
        self.storable = Some(End { patterns, margin });
    }

    /// The first `patterns` patterns cannot be stored.
    pub(super) fn refute(&mut self, patterns: usize, margin: f64) {
        self.refuted = Some(End { patterns, margin });
    }

    /// The next prefix to decide: inside the bracket, or beyond its only end.
    pub(super) fn next_probe(&mut self) -> usize {
        let probe = match (self.storable, self.refuted) {
            (None, None) => self.guess,
            (Some(storable), None) => storable.patterns + self.distance(storable),
            (None, Some(refuted)) => refuted.patterns.saturating_sub(self.distance(refuted)),
            (Some(storable), Some(refuted)) => {
                let width = refuted.patterns - storable.patterns;
                if 2 * width <= self.width {
                    (self.width, self.probes) = (width, 0);
                }
                self.probes += 1;
                let share = storable.margin / (storable.margin - refuted.margin);
                let is_useful = self.probes <= PATIENCE && share.is_finite();
                storable.patterns + (if is_useful { share } else { 0.5 } * width as f64).round() as usize
            }
        };
        probe.min(self.refuted().map_or(usize::MAX, |refuted| refuted - 1)).max(self.stored() + 1)
    }

    /// How far from a single end to look: where the crossing should be, and twice as far with every time it is not
    /// there.
    fn distance(&mut self, end: End) -> usize {
        let expected = self.stride as f64 * (end.margin / self.slope).abs();
        self.stride *= 2;
        // Casting takes what is not a number for 0.
        (expected as usize).clamp(self.stride, LARGEST_COUNT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of probes until the bracket closes on a prefix of `patterns`, where κ* is `margin(P)` without its
    /// sign.
    fn probes(patterns: usize, guess: usize, margin: impl Fn(f64) -> f64) -> usize {
        let mut bracket = Bracket::new(guess, 1e-3);
        let mut probes = 0;
        while !bracket.is_closed() {
            let probe = bracket.next_probe().min(LARGEST_COUNT);
            assert!(probe > bracket.stored() && bracket.refuted().is_none_or(|refuted| probe < refuted));
            let distance = (patterns as f64 + 0.5) - probe as f64;
            if distance > 0.0 {
                bracket.store(probe, margin(distance));
            } else {
                bracket.refute(probe, -margin(-distance));
            }
            probes += 1;
            assert!(probes < 100, "{bracket:?}");
        }
        assert_eq!(bracket.stored(), patterns);
        probes
    }

    #[test]
    fn closes_on_the_crossing_of_any_falling_function() {
        for patterns in [0, 1, 2, 17, 500, 1000, 1033, 5000] {
            for guess in [1, 900, 1000, 60_000] {
                for scale in [1e-6, 1e-3, 1.0] {
                    assert!(probes(patterns, guess, |distance| scale * distance) < 40);
                    assert!(probes(patterns, guess, |distance| scale * distance.powi(5)) < 60);
                    assert!(probes(patterns, guess, |distance| scale * distance.sqrt()) < 40);
                }
                assert!(probes(patterns, guess, |_| f64::NAN) < 40);
                assert!(probes(patterns, guess, |_| f64::INFINITY) < 40);
            }
        }
    }

    #[test]
    fn a_line_of_the_expected_slope_takes_a_few_probes() {
        for guess in [970, 999, 1000, 1040] {
            assert!(probes(1000, guess, |distance| 1e-3 * distance) <= 5, "{guess}");
        }
    }
}
