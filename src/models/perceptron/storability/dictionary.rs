//! The simplex method in whole numbers of any length.

use std::cmp::Reverse;
use std::mem::{replace, take};

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

/// A linear program, max of an objective over variables ≥ 0, at one of its vertices: the basic variables, and the
/// objective, are affine functions of the other variables, which are 0 there.
///
/// Every row is a function times `scale`. Its entries are minors of the first dictionary, so that no division leaves a
/// remainder, and the numbers grow no longer than determinants do (Edmonds, J Res Natl Bur Stand B 71:241, 1967).
#[derive(Clone, Debug)]
pub(super) struct Dictionary {
    /// The basic variables in their order, and the objective last: coefficients of the others, and the constant last.
    rows: Vec<Vec<BigInt>>,
    scale: BigInt,
    basic: Vec<usize>,
    others: Vec<usize>,
}

impl Dictionary {
    /// The first dictionary, with scale 1. Variables have numbers. The constants of basic variables must not be
    /// negative.
    pub(super) fn new(basic: Vec<usize>, others: Vec<usize>, rows: Vec<Vec<BigInt>>) -> Self {
        debug_assert!(rows.len() == basic.len() + 1 && rows.iter().all(|row| row.len() == others.len() + 1));
        Self { rows, scale: BigInt::one(), basic, others }
    }

    /// What the other numbers have to be divided by; positive.
    pub(super) fn scale(&self) -> &BigInt {
        &self.scale
    }

    /// The objective here, times the scale.
    pub(super) fn objective(&self) -> &BigInt {
        &self.rows[self.basic.len()][self.others.len()]
    }

    /// The basic variables with their values times the scale.
    pub(super) fn values(&self) -> impl Iterator<Item = (usize, &BigInt)> {
        self.basic.iter().zip(&self.rows).map(|(&variable, row)| (variable, &row[self.others.len()]))
    }

    /// The other variables with the change of the objective as each of them grows, times the scale.
    pub(super) fn slopes(&self) -> impl Iterator<Item = (usize, &BigInt)> {
        self.others.iter().copied().zip(&self.rows[self.basic.len()])
    }

    /// Goes to an optimal vertex; `None` if the objective has no bound.
    ///
    /// Takes the steepest ascent (Dantzig). After as many exchanges without ascent as there are other variables, it
    /// takes the first until there is one again; so it comes to an end (Bland, Math Oper Res 2:103, 1977).
    pub(super) fn maximise(mut self) -> Option<Self> {
        let mut standing = 0;
        while let Some(column) = self.ascent(standing < self.others.len()) {
            let row = self.first_bound(column)?;
            standing = if self.rows[row][self.others.len()].is_zero() { standing + 1 } else { 0 };
            self.exchange(row, column);
        }
        Some(self)
    }

    /// A variable with which the objective grows.
    fn ascent(&self, steepest: bool) -> Option<usize> {
        let slopes = &self.rows[self.basic.len()];
        let candidates = (0..self.others.len()).filter(|&column| slopes[column].is_positive());
        let first = |column: usize| Reverse(self.others[column]);
        if steepest {
            candidates.max_by_key(|&column| (&slopes[column], first(column)))
        } else {
            candidates.max_by_key(|&column| first(column))
        }
    }

    /// The basic variable that is the first to fall to 0 when another grows.
    fn first_bound(&self, column: usize) -> Option<usize> {
        let constant = self.others.len();
        (0..self.basic.len()).filter(|&row| self.rows[row][column].is_negative()).min_by(|&a, &b| {
            let (row, other) = (&self.rows[a], &self.rows[b]);
            // Both coefficients are negative, hence the order.
            let order = (&other[constant] * &row[column]).cmp(&(&row[constant] * &other[column]));
            order.then(self.basic[a].cmp(&self.basic[b]))
        })
    }

    fn exchange(&mut self, row: usize, column: usize) {
        let mut leaving = take(&mut self.rows[row]);
        let pivot = take(&mut leaving[column]);
        for other in self.rows.iter_mut().filter(|other| !other.is_empty()) {
            let factor = take(&mut other[column]);
            for (entry, beside) in other.iter_mut().zip(&leaving) {
                if !entry.is_zero() {
                    *entry *= &pivot;
                }
                if !factor.is_zero() && !beside.is_zero() {
                    *entry -= &factor * beside;
                }
                if !entry.is_zero() {
                    *entry /= &self.scale;
                }
            }
            other[column] = factor;
        }
        leaving.iter_mut().for_each(negate);
        leaving[column] = replace(&mut self.scale, pivot);
        self.rows[row] = leaving;
        if self.scale.is_negative() {
            negate(&mut self.scale);
            self.rows.iter_mut().flatten().for_each(negate);
        }
        std::mem::swap(&mut self.basic[row], &mut self.others[column]);
    }
}

fn negate(number: &mut BigInt) {
    *number = -take(number);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Beale 1955, times 100: the steepest ascent alone goes round in a circle.
    #[test]
    fn comes_to_an_end_where_the_steepest_ascent_does_not() {
        let rows = [[-25, 6000, 4, -900, 0], [-25, 4500, 1, -150, 0], [0, 0, -1, 0, 1], [75, -15000, 2, -600, 0]];
        let rows = rows.iter().map(|row| row.iter().copied().map(BigInt::from).collect()).collect();
        let optimum = Dictionary::new(vec![1, 2, 3], vec![4, 5, 6, 7], rows).maximise().unwrap();
        assert_eq!(*optimum.objective(), optimum.scale() * 5);
        assert!(optimum.slopes().all(|(_, slope)| !slope.is_positive()));
        assert!(optimum.values().all(|(_, value)| !value.is_negative()));
    }

    #[test]
    fn an_objective_without_bound_has_no_optimum() {
        let rows = [[1, 3], [2, 0]].map(|row| row.map(BigInt::from).to_vec()).to_vec();
        assert!(Dictionary::new(vec![0], vec![1], rows).maximise().is_none());
    }
}
