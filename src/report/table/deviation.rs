//! How far means are from their theory: one by one, and over all points of a table.

use crate::experiment::Estimate;
use crate::report::number;
use crate::sweep::Streams;
use crate::sweep::statistics::{is_known, mean_and_standard_error};

/// A measured mean with its theory. NaN means missing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    pub measured: Estimate,
    pub theory: Estimate,
}

/// The mean of |deviation| over points.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub(crate) struct MeanDeviation {
    /// How many points enter: those with a mean, a known error, and a theory.
    pub points: usize,
    pub value: f64,
    /// From the scatter over the points; NaN for one point, and where points share their random numbers, because they
    /// are not an independent sample then.
    pub standard_error: f64,
    /// What the value would be if the theory were exact: the mean of √(2/π) σᵢ / |theoryᵢ|, because the modulus of a
    /// Gaussian variate with standard deviation σ has the mean √(2/π) σ.
    pub expected_from_noise: f64,
}

impl MeanDeviation {
    /// `3.1 ± 1.1 %`; one decimal where no error is known.
    pub(crate) fn text(&self) -> String {
        let [value, error] = [self.value, self.standard_error].map(|part| 100.0 * part);
        if error.is_nan() {
            return format!("{} %", number::unsigned(value, 1));
        }
        format!("{} %", number::plus_minus(value, error))
    }

    /// What noise alone would give, with the decimals of [`MeanDeviation::text`].
    pub(crate) fn noise_text(&self) -> String {
        let [noise, error] = [self.expected_from_noise, self.standard_error].map(|part| 100.0 * part);
        if error.is_nan() {
            return format!("{} %", number::unsigned(noise, 1));
        }
        format!("{} %", number::to_the_error(noise, error))
    }
}

impl Comparison {
    /// (mean - theory) / theory; NaN for a theory of 0, to which nothing has a ratio.
    pub(crate) fn deviation(&self) -> f64 {
        let Self { measured, theory } = self;
        if theory.value == 0.0 { f64::NAN } else { (measured.value - theory.value) / theory.value }
    }

    /// (mean - theory) over the standard error of that difference; NaN if that is not known.
    pub(crate) fn in_errors(&self) -> f64 {
        (self.measured.value - self.theory.value) / self.error()
    }

    /// The standard error of the difference; NaN if it is not known.
    fn error(&self) -> f64 {
        let error = libm::hypot(self.measured.standard_error, self.theory.standard_error);
        let scale = self.measured.value.abs().max(self.theory.value.abs());
        if is_known(error, scale) { error } else { f64::NAN }
    }
}

/// Over all points that can be compared; `None` if there are none.
pub(crate) fn mean_deviation(comparisons: impl Iterator<Item = Comparison>, streams: Streams) -> Option<MeanDeviation> {
    let known = |one: &Comparison| one.deviation().is_finite() && !one.error().is_nan();
    let known: Vec<Comparison> = comparisons.filter(known).collect();
    let (value, standard_error) = mean_and_standard_error(|| known.iter().map(|one| one.deviation().abs()));
    let standard_error = if streams == Streams::Paired { f64::NAN } else { standard_error };
    let noise = |one: &Comparison| std::f64::consts::FRAC_2_PI.sqrt() * one.error() / one.theory.value.abs();
    let (expected_from_noise, _) = mean_and_standard_error(|| known.iter().map(noise));
    let points = known.len();
    (points > 0).then_some(MeanDeviation { points, value, standard_error, expected_from_noise })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(value: f64, standard_error: f64, theory: f64) -> Comparison {
        let estimate = |value, standard_error| Estimate { value, standard_error };
        Comparison { measured: estimate(value, standard_error), theory: estimate(theory, 0.0) }
    }

    #[test]
    fn nothing_has_a_ratio_to_a_theory_of_zero() {
        let point = comparison(0.01, 0.002, 0.0);
        assert!(point.deviation().is_nan() && (point.in_errors() - 5.0).abs() < 1e-12);
    }

    #[test]
    fn mean_deviation_of_known_points() {
        let points = [comparison(1.1, 0.1, 1.0), comparison(1.4, 0.1, 2.0), comparison(4.0, 0.8, -4.0)];
        let mean = mean_deviation(points.into_iter(), Streams::Independent).unwrap();
        // 0.1, 0.3 and 2: mean 0.8, s² = 1.09, and relative errors 0.1, 0.05, 0.2.
        assert_eq!(mean.points, 3);
        assert!((mean.value - 0.8).abs() < 1e-15, "{mean:?}");
        assert!((mean.standard_error - (1.09f64 / 3.0).sqrt()).abs() < 1e-15, "{mean:?}");
        let paired = mean_deviation(points.into_iter(), Streams::Paired).unwrap();
        assert!(paired.value == mean.value && paired.standard_error.is_nan(), "{paired:?}");
        assert!((mean.expected_from_noise - 0.7978845608028654 * 0.35 / 3.0).abs() < 1e-15, "{mean:?}");
    }

    #[test]
    fn points_that_cannot_be_compared_do_not_count() {
        let known = comparison(1.5, 0.1, 1.0);
        let unknown = [
            comparison(f64::NAN, f64::NAN, 1.0),
            comparison(1.0, f64::NAN, 1.0),
            comparison(1.0, 0.1, f64::NAN),
            comparison(1.0, 0.1, 0.0),
            comparison(1.5, 0.0, 1.0),
            comparison(1.5, 1e-17, 1.0),
        ];
        assert_eq!(mean_deviation(unknown.into_iter(), Streams::Independent), None);
        let mean = mean_deviation(unknown.into_iter().chain([known]), Streams::Independent).unwrap();
        assert_eq!((mean.points, mean.value), (1, 0.5));
        assert!(mean.standard_error.is_nan());
        assert!((mean.expected_from_noise - 0.1 * 0.7978845608028654).abs() < 1e-15, "{mean:?}");
    }

    /// Results of earlier versions have an error of 1e-17 for three replicates of 0.1, of which the deviation would be
    /// 1e14.
    #[test]
    fn rounding_is_no_error() {
        assert!(comparison(0.10000000000000002, 1e-17, 0.11).in_errors().is_nan());
        assert!((comparison(0.1, 1e-3, 0.11).in_errors() + 10.0).abs() < 1e-12);
    }
}
