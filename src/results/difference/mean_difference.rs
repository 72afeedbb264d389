//! The difference of two means, with its error, and how probable it is by chance alone.

use super::student::probability_beyond;
use crate::experiment::Estimate;
use crate::sweep::statistics::{is_known, is_rounding, mean_and_standard_error};

/// The second of two means less the first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MeanDifference {
    /// NaN for what is not known.
    pub estimate: Estimate,
    /// Of the standard error.
    pub degrees_of_freedom: f64,
    /// The larger modulus of the two means, against which rounding is judged.
    scale: f64,
}

impl MeanDifference {
    /// From two means and the values behind them, by replicate, with NaN where there is none. If the same replicates
    /// have the same random numbers, they are `paired`: their differences are averaged.
    pub(crate) fn new(means: [Estimate; 2], replicates: &[Vec<f64>; 2], paired: bool) -> Self {
        let (estimate, degrees_of_freedom) = match paired {
            true => of_pairs(replicates),
            false => welch(means, [0, 1].map(|side| present(&replicates[side]).count())),
        };
        let scale = means[0].value.abs().max(means[1].value.abs());
        Self { estimate, degrees_of_freedom, scale }
    }

    /// The difference in units of its standard error; NaN if that is not known.
    pub(crate) fn in_errors(&self) -> f64 {
        let Estimate { value, standard_error } = self.estimate;
        if is_known(standard_error, self.scale) { value / standard_error } else { f64::NAN }
    }

    /// The probability of a difference of more than this many standard errors, by chance alone.
    pub(crate) fn probability_beyond(&self, errors: f64) -> f64 {
        probability_beyond(errors, self.degrees_of_freedom)
    }

    /// The probability that chance alone gives such a difference; `None` with fewer than two values. Where replicates
    /// are all equal, it is 1 for equal means and 0 for others.
    pub(crate) fn probability(&self) -> Option<f64> {
        let errors = self.in_errors().abs();
        if !errors.is_nan() {
            return Some(self.probability_beyond(errors));
        }
        let Estimate { value, standard_error } = self.estimate;
        standard_error.is_finite().then(|| if is_rounding(value, self.scale) { 1.0 } else { 0.0 })
    }
}

pub(super) fn present(replicates: &[f64]) -> impl Iterator<Item = f64> {
    replicates.iter().copied().filter(|value| !value.is_nan())
}

/// The mean difference of replicates with the same random numbers.
fn of_pairs([left, right]: &[Vec<f64>; 2]) -> (Estimate, f64) {
    let differences: Vec<f64> = left.iter().zip(right).map(|(left, right)| right - left).collect();
    let (value, standard_error) = mean_and_standard_error(|| present(&differences));
    (Estimate { value, standard_error }, present(&differences).count() as f64 - 1.0)
}

/// The difference of two independent means of this many values, with the degrees of freedom of Welch and Satterthwaite.
fn welch([left, right]: [Estimate; 2], n: [usize; 2]) -> (Estimate, f64) {
    let variances = [left, right].map(|mean| mean.standard_error * mean.standard_error);
    let total = variances[0] + variances[1];
    let share = |side: usize| variances[side] * variances[side] / (n[side] as f64 - 1.0);
    let estimate = Estimate { value: right.value - left.value, standard_error: total.sqrt() };
    (estimate, total * total / (share(0) + share(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(left: &[f64], right: &[f64], paired: bool) -> MeanDifference {
        let replicates = [left.to_vec(), right.to_vec()];
        let mean = |side: usize| {
            let (value, standard_error) = mean_and_standard_error(|| present(&replicates[side]));
            Estimate { value, standard_error }
        };
        MeanDifference::new([mean(0), mean(1)], &replicates, paired)
    }

    /// Welch 1947 for equal variances and numbers is the ordinary test; and by hand for 4/4 and 1/9.
    #[test]
    fn means_with_random_numbers_of_their_own_have_the_errors_of_both() {
        let mean = |value, standard_error| Estimate { value, standard_error };
        let (difference, degrees) = welch([mean(1.0, 0.3), mean(2.0, 0.4)], [10, 10]);
        assert_eq!(difference.value, 1.0);
        assert!((difference.standard_error - 0.5).abs() < 1e-15);
        assert!((degrees - 0.0625 / (0.0081 / 9.0 + 0.0256 / 9.0)).abs() < 1e-12);
        let (_, degrees) = welch([mean(1.0, 0.3), mean(2.0, 0.3)], [10, 10]);
        assert!((degrees - 18.0).abs() < 1e-12);
    }

    #[test]
    fn replicates_with_the_same_random_numbers_are_paired() {
        let difference = of(&[1.0, 2.0, 4.0, f64::NAN, 9.0], &[1.5, 2.5, 5.0, 7.0], true);
        assert!((difference.estimate.value - 2.0 / 3.0).abs() < 1e-15);
        assert!((difference.estimate.standard_error - 1.0 / 6.0).abs() < 1e-15);
        assert_eq!(difference.degrees_of_freedom, 2.0);
        assert!((difference.in_errors() - 4.0).abs() < 1e-12);
        // Student's t with two degrees of freedom is beyond 4 with a probability of 1 - 4/√18.
        assert!((difference.probability().unwrap() - (1.0 - 4.0 / 18.0f64.sqrt())).abs() < 1e-12);
    }

    /// The standard error of three replicates of 0.1 is 1e-17.
    #[test]
    fn the_rounding_of_equal_replicates_is_not_an_error() {
        for paired in [false, true] {
            let different = of(&[0.1; 3], &[0.3, 0.3 + 1e-16, 0.3], paired);
            assert!(different.estimate.standard_error > 0.0, "{different:?}");
            assert!(different.in_errors().is_nan(), "{different:?}");
            assert_eq!(different.probability(), Some(0.0));
            assert_eq!(of(&[0.1; 3], &[0.1; 3], paired).probability(), Some(1.0));
            assert_eq!(of(&[0.1], &[0.3], paired).probability(), None);
        }
    }
}
