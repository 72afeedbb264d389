//! How two results of one experiment differ, value by value.

mod matching;
mod mean_difference;
mod student;

pub(crate) use matching::{Matching, Pair};
pub(crate) use mean_difference::MeanDifference;

use mean_difference::present;

use super::{Results, Status};
use crate::experiment::{Estimate, Observable};
use crate::sweep::statistics::mean_and_standard_error;

/// Differences beyond this many errors are counted, and compared with the number that chance would give.
pub(crate) const MANY_ERRORS: f64 = 2.0;

/// One value at one point on both sides, or on one of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueDifference {
    /// The place in an array; 0 for a scalar.
    pub element: usize,
    /// What both sides have; NaN and 0 replicates where one has no such point.
    pub sides: [Side; 2],
    /// Whether the same replicates have a value on both sides, with the same bits, and equally many have failed and are
    /// missing.
    pub equal: bool,
    pub difference: MeanDifference,
}

/// What one side has of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub mean: Estimate,
    /// Of the replicates that keep the observable, those with a value, and those that have failed and are missing.
    pub n: usize,
    pub failed: usize,
    pub missing: usize,
}

/// All values of an observable together.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(crate) struct Tally {
    /// Values that a side has at a common point, or of which more replicates have failed or are missing on one side.
    pub compared: usize,
    pub equal: usize,
    /// Values that both sides have.
    #[serde(skip)]
    pub on_both_sides: usize,
    /// The largest difference in standard errors; `None` if no error is known.
    pub largest_in_errors: Option<f64>,
    /// Differences of which an error is known, the ones beyond [`MANY_ERRORS`], and how many of these chance would
    /// give.
    pub with_error: usize,
    pub beyond_two_errors: usize,
    pub expected_by_chance: f64,
}

impl ValueDifference {
    fn is_compared(&self) -> bool {
        !self.equal || self.sides.iter().any(|side| side.n > 0)
    }
}

impl Tally {
    /// With one more value.
    pub(crate) fn with(mut self, value: ValueDifference) -> Self {
        if !value.is_compared() {
            return self;
        }
        self.compared += 1;
        self.equal += usize::from(value.equal);
        self.on_both_sides += usize::from(value.sides.iter().all(|side| side.n > 0));
        let errors = value.difference.in_errors().abs();
        if !value.equal && !errors.is_nan() {
            self.with_error += 1;
            self.largest_in_errors = Some(self.largest_in_errors.unwrap_or(0.0).max(errors));
            self.beyond_two_errors += usize::from(errors > MANY_ERRORS);
            self.expected_by_chance += value.difference.probability_beyond(MANY_ERRORS);
        }
        self
    }
}

/// The observables that both sides have, in the order of the catalogue.
pub(crate) fn common_observables(sides: [&Results; 2]) -> Vec<&'static Observable> {
    let observables = sides[0].series.iter().map(|series| series.observable);
    observables.filter(|observable| sides[1].series_of(observable.name()).is_some()).collect()
}

/// Every value of an observable at the points of one pair; the sides that have no such point have no values.
pub(crate) fn compare(
    sides: [&Results; 2],
    observable: &Observable,
    points: [Option<usize>; 2],
    paired: bool,
) -> Vec<ValueDifference> {
    let of_side = |side: usize| Some((sides[side], sides[side].series_of(observable.name())?, points[side]?));
    let known = [of_side(0), of_side(1)];
    let at = |element: usize| {
        let replicates = known.map(|side| {
            side.map_or(Vec::new(), |(results, series, point)| results.replicates(series, point, element).collect())
        });
        let side = |index: usize| {
            let (value, standard_error) = mean_and_standard_error(|| present(&replicates[index]));
            let count =
                |status| known[index].map_or(0, |(results, _, point)| results.count_at(observable, point, status));
            Side {
                mean: Estimate { value, standard_error },
                n: present(&replicates[index]).count(),
                failed: count(Status::Failed),
                missing: count(Status::Missing),
            }
        };
        let sides = [side(0), side(1)];
        let [a, b] = sides.map(|side| (side.failed, side.missing));
        let difference = MeanDifference::new(sides.map(|side| side.mean), &replicates, paired);
        ValueDifference { element, sides, equal: a == b && are_equal(&replicates), difference }
    };
    (0..observable.size()).map(at).collect()
}

/// Whether the same replicates have a value, with the same bits. A replicate that only one side asks for has none on
/// the other.
fn are_equal([left, right]: &[Vec<f64>; 2]) -> bool {
    let at =
        |values: &[f64], replicate: usize| values.get(replicate).filter(|value| !value.is_nan()).map(|v| v.to_bits());
    (0..left.len().max(right.len())).all(|replicate| at(left, replicate) == at(right, replicate))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::experiment::{Outcome, TaskFailure};
    use crate::store::Contents;
    use crate::sweep::{Identities, Sweep};

    fn side(n: usize) -> Side {
        Side { mean: Estimate { value: 1.0, standard_error: 0.1 }, n, failed: 0, missing: 0 }
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

    /// The value of each replicate at each point, or `None` for a failed one; points behind the last are missing.
    fn compared(experiment: &str, sides: [&[&[Option<f64>]]; 2], observable: &str) -> Vec<Vec<ValueDifference>> {
        let text =
            format!("[sweep]\nname = \"sides\"\nexperiment = {experiment:?}\nreplicates = 2\n[grid]\nindex = [1, 2]\n");
        let sweep = Arc::new(Sweep::parse(Path::new("sides.toml"), text).unwrap());
        let identities = Identities::new(&sweep);
        let results = sides.map(|points| {
            let mut contents = Contents::default();
            let replicates = |(point, values): (usize, &&[Option<f64>])| {
                values.iter().enumerate().map(move |(replicate, value)| (point, replicate as u32, *value)).collect()
            };
            for (point, replicate, value) in points.iter().enumerate().flat_map(|point| -> Vec<_> { replicates(point) })
            {
                let width = sweep.declaration().kept_width(replicate);
                let failed = || Outcome::Failed(TaskFailure::model("no"));
                let outcome = value.map_or_else(failed, |value| Outcome::Done(vec![value; width]));
                contents.insert(identities.digest(sweep.task(point, replicate)), outcome);
            }
            Results::merge(&sweep, &identities, &contents).unwrap()
        });
        let observable = sweep.declaration().observable(observable).unwrap();
        (0..2).map(|point| compare([&results[0], &results[1]], observable, [Some(point); 2], true)).collect()
    }

    #[test]
    fn what_failed_on_one_side_and_is_missing_on_the_other_is_not_equal() {
        let values: &[Option<f64>] = &[Some(1.0), Some(2.0)];
        let points = compared("null", [&[values, &[None, None]], &[values]], "value");
        assert_eq!([points[0][0].equal, points[1][0].equal], [true, false]);
        let [a, b] = points[1][0].sides.map(|side| (side.n, side.failed, side.missing));
        assert_eq!([a, b], [(0, 2, 0), (0, 0, 2)]);
        let tally = points.concat().into_iter().fold(Tally::default(), Tally::with);
        assert_eq!((tally.compared, tally.equal, tally.on_both_sides), (2, 1, 1));
        // The same failures on both sides are equal, and no values.
        let points = compared("null", [&[values, &[None, None]], &[values, &[None, None]]], "value");
        let tally = points.concat().into_iter().fold(Tally::default(), Tally::with);
        assert_eq!((tally.compared, tally.equal), (1, 1));
    }

    #[test]
    fn what_only_first_replicates_keep_has_only_their_failures() {
        let points = compared("probe", [&[&[Some(0.0), None]], &[&[None, Some(0.0)]]], "path");
        let [a, b] = points[0][3].sides.map(|side| (side.n, side.failed, side.missing));
        assert_eq!([a, b], [(1, 0, 0), (0, 1, 0)]);
        assert_eq!(points[1][0].sides.map(|side| side.missing), [1, 1]);
    }

    #[test]
    fn a_tally_counts_what_is_beyond_two_errors_and_what_chance_would_give() {
        // From a mean without an error, and one of three values, which leave two degrees of freedom.
        let value = |value: f64, standard_error: f64, equal, n| {
            let means = [(0.0, 0.0), (value, standard_error)];
            let means = means.map(|(value, standard_error)| Estimate { value, standard_error });
            let difference = MeanDifference::new(means, &[vec![0.0; 3], vec![value; 3]], false);
            ValueDifference { element: 0, sides: [side(n), side(n)], equal, difference }
        };
        let values = [
            value(3.0, 1.0, false, 3),
            value(-0.5, 1.0, false, 3),
            value(1.0, f64::NAN, false, 1),
            value(1.0, 0.0, false, 3),
            value(0.0, 0.0, true, 3),
            value(f64::NAN, f64::NAN, true, 0),
            value(f64::NAN, f64::NAN, false, 0),
        ];
        let tally = |values: &[ValueDifference]| values.iter().copied().fold(Tally::default(), Tally::with);
        let without_errors = tally(&values[2..]);
        let tally = tally(&values);
        assert_eq!((tally.compared, tally.equal, tally.on_both_sides), (6, 1, 5));
        assert_eq!((tally.with_error, tally.beyond_two_errors), (2, 1));
        assert_eq!(tally.largest_in_errors, Some(3.0));
        // Student's t with two degrees of freedom is beyond 2 with a probability of 1 - 2/√6.
        assert!((tally.expected_by_chance - 2.0 * (1.0 - 2.0 / 6.0f64.sqrt())).abs() < 1e-12, "{tally:?}");
        assert_eq!(without_errors.largest_in_errors, None);
    }
}
