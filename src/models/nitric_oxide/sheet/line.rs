//! Domains in a row: the one-dimensional factor of the sheet.

use std::f64::consts::PI;

/// What is at the ends of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boundary {
    /// No flux: beyond an end lies the mirror image of the row.
    Closed,
    /// The row continues at its other end.
    Periodic,
}

/// A row of domains, each of which exchanges with its two neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub domains: usize,
    pub boundary: Boundary,
}

impl Line {
    /// The domain that a position beyond an end stands for.
    pub(crate) fn fold(self, position: isize) -> usize {
        let domains = self.domains as isize;
        let folded = match self.boundary {
            Boundary::Periodic => position.rem_euclid(domains),
            Boundary::Closed => {
                let around = position.rem_euclid(2 * domains);
                if around < domains { around } else { 2 * domains - 1 - around }
            }
        };
        folded as usize
    }

    /// The eigenvalue of minus the second difference for a mode: 4 sin²(ω/2), with ω its phase advance a domain.
    pub(crate) fn eigenvalue(self, mode: usize) -> f64 {
        let (half_periods, _) = self.half_periods(mode);
        let sine = libm::sin(PI * half_periods as f64 / (2 * self.domains) as f64);
        4.0 * sine * sine
    }

    /// The orthonormal mode at a domain: cosines for closed ends, cosines and sines for a periodic row.
    ///
    /// The argument is reduced in whole numbers before the cosine is taken.
    pub(crate) fn mode(self, mode: usize, domain: usize) -> f64 {
        let (half_periods, is_sine) = self.half_periods(mode);
        let quarter_turns = if is_sine { 3 * self.domains } else { 0 };
        let position = match self.boundary {
            Boundary::Closed => 2 * domain + 1,
            Boundary::Periodic => 2 * domain,
        };
        // cos(π h p / 2N), for a sine a quarter of a turn earlier; a turn is 4N.
        let phase = (half_periods * position + quarter_turns) % (4 * self.domains);
        let cosine = libm::cos(PI * phase as f64 / (2 * self.domains) as f64);
        let is_alternating = self.boundary == Boundary::Periodic && half_periods == self.domains;
        let squared_norm = if half_periods == 0 || is_alternating { 1.0 } else { 2.0 };
        (squared_norm / self.domains as f64).sqrt() * cosine
    }

    /// All modes, one after the other, each over all domains.
    pub(crate) fn modes(self) -> Vec<f64> {
        let one = |mode| (0..self.domains).map(move |domain| self.mode(mode, domain));
        (0..self.domains).flat_map(one).collect()
    }

    /// How many half periods a mode has on the row, and whether it is a sine.
    fn half_periods(self, mode: usize) -> (usize, bool) {
        match self.boundary {
            Boundary::Closed => (mode, false),
            Boundary::Periodic => (2 * mode.div_ceil(2), mode > 0 && mode.is_multiple_of(2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [Line; 4] = [
        Line { domains: 54, boundary: Boundary::Closed },
        Line { domains: 54, boundary: Boundary::Periodic },
        Line { domains: 7, boundary: Boundary::Periodic },
        Line { domains: 1, boundary: Boundary::Closed },
    ];

    #[test]
    fn modes_are_orthonormal_eigenvectors_of_the_second_difference() {
        for line in LINES {
            for one in 0..line.domains {
                for other in 0..line.domains {
                    let product: f64 = (0..line.domains).map(|x| line.mode(one, x) * line.mode(other, x)).sum();
                    let expected = if one == other { 1.0 } else { 0.0 };
                    assert!((product - expected).abs() < 1e-13, "{line:?}: {one}, {other}: {product}");
                }
                for x in 0..line.domains as isize {
                    let at = |position| line.mode(one, line.fold(position));
                    let difference = 2.0 * at(x) - at(x - 1) - at(x + 1);
                    assert!((difference - line.eigenvalue(one) * at(x)).abs() < 1e-13, "{line:?}: {one} at {x}");
                }
            }
        }
    }

    #[test]
    fn positions_far_beyond_an_end_are_folded() {
        let closed = Line { domains: 3, boundary: Boundary::Closed };
        let folded: Vec<usize> = (-4..8).map(|position| closed.fold(position)).collect();
        assert_eq!(folded, [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1]);
        let periodic = Line { domains: 3, boundary: Boundary::Periodic };
        let folded: Vec<usize> = (-4..5).map(|position| periodic.fold(position)).collect();
        assert_eq!(folded, [2, 0, 1, 2, 0, 1, 2, 0, 1]);
    }
}
