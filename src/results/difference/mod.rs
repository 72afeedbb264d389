//! How two results of one experiment differ, value by value.

mod matching;
mod student;

pub(crate) use matching::{Matching, Pair, values};
pub(crate) use student::probability_beyond;

use super::{Results, Series, Status};
use crate::experiment::{Estimate, Kept, Observable};
use crate::sweep::statistics::mean_and_standard_error;

/// Differences beyond so many errors are counted, and compared with how many of them chance would give.
pub(crate) const MANY_ERRORS: f64 = 2.0;

/// One value at one point on both sides, or on one of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueDifference {
    /// The place in an array; 0 for a scalar.
    pub element: usize,
    /// What both sides have; NaN and 0 replicates where one has no such point.
    pub sides: [Side; 2],
    /// Whether the same replicates have a value on both sides, with the same bits.
    pub equal: bool,
    /// The second side less the first: the mean over paired replicates, or the difference of the means. NaN if it is
    /// not known.
    pub difference: Estimate,
    /// Of the standard error.
    pub degrees_of_freedom: f64,
}

/// What one side has of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub mean: Estimate,
    /// Replicates with a value, and those that have failed and are missing.
    pub n: usize,
    pub failed: usize,
    pub missing: usize,
}

/// All values of an observable together.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(crate) struct Tally {
    /// Values that both sides have, or one side at a common point.
    pub compared: usize,
    pub equal: usize,
    /// The largest difference in standard errors; `None` if no error is known.
    pub largest_in_errors: Option<f64>,
    /// Differences of which an error is known, the ones beyond [`MANY_ERRORS`], and how many of these chance would
    /// give.
    pub with_error: usize,
    pub beyond_two_errors: usize,
    pub expected_by_chance: f64,
}

impl ValueDifference {
    /// The difference in units of its standard error; NaN if that is not known, or 0.
    pub(crate) fn in_errors(&self) -> f64 {
        let Estimate { value, standard_error } = self.difference;
        if standard_error > 0.0 { value / standard_error } else { f64::NAN }
    }

    fn is_there(&self) -> bool {
        self.sides.iter().any(|side| side.n > 0)
    }
}

impl Tally {
    pub(crate) fn new(values: &[ValueDifference]) -> Self {
        let mut tally = Self::default();
        for value in values.iter().filter(|value| value.is_there()) {
            tally.compared += 1;
            tally.equal += usize::from(value.equal);
            let errors = value.in_errors().abs();
            if !value.equal && !errors.is_nan() {
                tally.with_error += 1;
                tally.largest_in_errors = Some(tally.largest_in_errors.unwrap_or(0.0).max(errors));
                tally.beyond_two_errors += usize::from(errors > MANY_ERRORS);
                tally.expected_by_chance += probability_beyond(MANY_ERRORS, value.degrees_of_freedom);
            }
        }
        tally
    }
}

/// The observables that both sides have, in the order of the catalogue.
pub(crate) fn common_observables(sides: [&Results; 2]) -> Vec<&'static Observable> {
    let of_both = |series: &&Series| find(sides[1], series.observable).is_some();
    sides[0].series.iter().filter(of_both).map(|series| series.observable).collect()
}

/// Every value of an observable at the points of one pair; the sides that have no such point have no values.
pub(crate) fn compare(
    sides: [&Results; 2],
    observable: &Observable,
    points: [Option<usize>; 2],
    paired: bool,
) -> Vec<ValueDifference> {
    let of_side = |side: usize| Some((sides[side], find(sides[side], observable)?, points[side]?));
    let known = [of_side(0), of_side(1)];
    let at = |element: usize| {
        let replicates = known.map(|side| {
            side.map_or(Vec::new(), |(results, series, point)| replicates(results, series, point, element))
        });
        let side = |index: usize| {
            let (mean, error) = mean_and_standard_error(|| present(&replicates[index]));
            let count = |status| known[index].map_or(0, |(results, _, point)| results.count_at(point, status));
            Side {
                mean: Estimate { value: mean, standard_error: error },
                n: present(&replicates[index]).count(),
                failed: count(Status::Failed),
                missing: count(Status::Missing),
            }
        };
        let sides = [side(0), side(1)];
        let (difference, degrees_of_freedom) =
            if paired { paired_difference(&replicates) } else { welch_difference(&sides) };
        ValueDifference { element, sides, equal: are_equal(&replicates), difference, degrees_of_freedom }
    };
    (0..observable.size()).map(at).collect()
}

fn find<'r>(results: &'r Results, observable: &Observable) -> Option<&'r Series> {
    results.series.iter().find(|series| series.observable.name() == observable.name())
}

/// The values of an element, one per replicate that keeps it; NaN where there is none.
fn replicates(results: &Results, series: &Series, point: usize, element: usize) -> Vec<f64> {
    let size = series.observable.size();
    let values = match series.observable.kept {
        Kept::EveryReplicate => results.values_at(series, point),
        Kept::FirstReplicate => &series.values[point * size..][..size],
    };
    values.iter().skip(element).step_by(size).copied().collect()
}

fn present(replicates: &[f64]) -> impl Iterator<Item = f64> {
    replicates.iter().copied().filter(|value| !value.is_nan())
}

/// Whether the same replicates have a value, with the same bits. A replicate that only one side asks for has none on
/// the other.
fn are_equal([left, right]: &[Vec<f64>; 2]) -> bool {
    let at =
        |values: &[f64], replicate: usize| values.get(replicate).filter(|value| !value.is_nan()).map(|v| v.to_bits());
    (0..left.len().max(right.len())).all(|replicate| at(left, replicate) == at(right, replicate))
}

/// The mean difference of replicates with the same random numbers.
fn paired_difference([left, right]: &[Vec<f64>; 2]) -> (Estimate, f64) {
    let differences: Vec<f64> = left.iter().zip(right).map(|(left, right)| right - left).collect();
    let (value, standard_error) = mean_and_standard_error(|| present(&differences));
    (Estimate { value, standard_error }, present(&differences).count() as f64 - 1.0)
}

/// The difference of two independent means, with the degrees of freedom of Welch and Satterthwaite.
fn welch_difference([left, right]: &[Side; 2]) -> (Estimate, f64) {
    let value = right.mean.value - left.mean.value;
    let variances = [left, right].map(|side| side.mean.standard_error * side.mean.standard_error);
    let total = variances[0] + variances[1];
    let shares =
        variances[0] * variances[0] / (left.n as f64 - 1.0) + variances[1] * variances[1] / (right.n as f64 - 1.0);
    (Estimate { value, standard_error: total.sqrt() }, total * total / shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(mean: f64, standard_error: f64, n: usize) -> Side {
        Side { mean: Estimate { value: mean, standard_error }, n, failed: 0, missing: 0 }
    }

    /// Welch 1947 for equal variances and numbers is the ordinary test; and by hand for 4/4 and 1/9.
    #[test]
    fn means_with_random_numbers_of_their_own_have_the_errors_of_both() {
        let (difference, degrees) = welch_difference(&[side(1.0, 0.3, 10), side(2.0, 0.4, 10)]);
        assert_eq!(difference.value, 1.0);
        assert!((difference.standard_error - 0.5).abs() < 1e-15);
        assert!((degrees - 0.0625 / (0.0081 / 9.0 + 0.0256 / 9.0)).abs() < 1e-12);
        let (_, degrees) = welch_difference(&[side(1.0, 0.3, 10), side(2.0, 0.3, 10)]);
        assert!((degrees - 18.0).abs() < 1e-12);
    }

    #[test]
    fn replicates_with_the_same_random_numbers_are_paired() {
        let replicates = [vec![1.0, 2.0, 4.0, f64::NAN, 9.0], vec![1.5, 2.5, 5.0, 7.0]];
        let (difference, degrees) = paired_difference(&replicates);
        assert!((difference.value - 2.0 / 3.0).abs() < 1e-15);
        assert!((difference.standard_error - 1.0 / 6.0).abs() < 1e-15);
        assert_eq!(degrees, 2.0);
    }

    #[test]
    fn equal_means_equal_bits_of_the_same_replicates() {
        let equal = |left: &[f64], right: &[f64]| are_equal(&[left.to_vec(), right.to_vec()]);
        assert!(equal(&[1.0, f64::NAN], &[1.0, -f64::NAN]));
        assert!(equal(&[1.0, f64::NAN], &[1.0]));
        assert!(!equal(&[1.0, 2.0], &[1.0]));
        assert!(!equal(&[1.0, 2.0], &[1.0, f64::NAN]));
        assert!(!equal(&[0.0], &[-0.0]));
        assert!(!equal(&[1.0], &[1.0 + f64::EPSILON]));
    }

    #[test]
    fn a_tally_counts_what_is_beyond_two_errors_and_what_chance_would_give() {
        let value = |value: f64, standard_error: f64, equal, n| ValueDifference {
            element: 0,
            sides: [side(1.0, 0.1, n), side(1.0, 0.1, n)],
            equal,
            difference: Estimate { value, standard_error },
            degrees_of_freedom: 2.0,
        };
        let values = [
            value(3.0, 1.0, false, 3),
            value(-0.5, 1.0, false, 3),
            value(1.0, f64::NAN, false, 1),
            value(1.0, 0.0, false, 3),
            value(0.0, 0.0, true, 3),
            value(f64::NAN, f64::NAN, true, 0),
        ];
        let tally = Tally::new(&values);
        assert_eq!((tally.compared, tally.equal, tally.with_error, tally.beyond_two_errors), (5, 1, 2, 1));
        assert_eq!(tally.largest_in_errors, Some(3.0));
        // Student's t with two degrees of freedom is beyond 2 with a probability of 1 - 2/√6.
        assert!((tally.expected_by_chance - 2.0 * (1.0 - 2.0 / 6.0f64.sqrt())).abs() < 1e-12, "{tally:?}");
        assert_eq!(Tally::new(&values[2..]).largest_in_errors, None);
    }
}
