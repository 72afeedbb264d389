//! Extrapolation to infinite size: a line through the means at several sizes N.
//!
//! mᵢ = a + b xᵢ by weighted least squares, with x = 1/N or N^(-2/3) and weights wᵢ = 1/eᵢ², eᵢ the standard error of
//! mᵢ. With W = Σ wᵢ, x̄ = Σ wᵢ xᵢ / W and V = Σ wᵢ (xᵢ - x̄)², the value at x = 0 is a = m̄ - b x̄ with b = Σ wᵢ (xᵢ -
//! x̄) mᵢ / V, and its variance is 1/W + x̄²/V. χ² = Σ wᵢ (mᵢ - a - b xᵢ)² has n - 2 degrees of freedom; far above 1
//! for each, the line is not the law.

use crate::sweep::statistics::is_known;

/// The mean at one size, over replicates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub size: f64,
    pub mean: f64,
    pub standard_error: f64,
}

/// How the mean depends on the size N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Law {
    /// a + b/N
    Inverse,
    /// a + b N^(-2/3)
    TwoThirds,
}

/// The value at infinite size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    pub value: f64,
    pub standard_error: f64,
    /// χ² for each degree of freedom.
    pub chi_squared: f64,
}

/// Fewer sizes leave no degree of freedom that could contradict the line.
pub(crate) const FEWEST_SIZES: usize = 3;

impl Law {
    pub(crate) const ALL: [Law; 2] = [Law::Inverse, Law::TwoThirds];

    /// The name for people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Law::Inverse => "1/N",
            Law::TwoThirds => "N^(-2/3)",
        }
    }

    /// The name for programs.
    pub(super) fn key(self) -> &'static str {
        match self {
            Law::Inverse => "inverse",
            Law::TwoThirds => "two_thirds",
        }
    }

    fn abscissa(self, size: f64) -> f64 {
        match self {
            Law::Inverse => 1.0 / size,
            Law::TwoThirds => libm::pow(size, -2.0 / 3.0),
        }
    }
}

/// The sizes that have a weight: those with a mean and a known standard error. An error of zero would outweigh all
/// others.
pub(crate) fn usable(measured: &[Measured]) -> Vec<Measured> {
    measured.iter().filter(|point| is_known(point.standard_error, point.mean)).copied().collect()
}

/// The fit of a law to the usable ones of these sizes; `None` if they are fewer than [`FEWEST_SIZES`].
pub(crate) fn extrapolate(measured: &[Measured], law: Law) -> Option<Fit> {
    let points = usable(measured);
    if points.len() < FEWEST_SIZES {
        return None;
    }
    let sum = |term: &dyn Fn(&Measured, f64, f64) -> f64| -> f64 {
        let weight = |point: &Measured| 1.0 / (point.standard_error * point.standard_error);
        points.iter().map(|point| term(point, weight(point), law.abscissa(point.size))).sum()
    };
    let total = sum(&|_, w, _| w);
    let centre = sum(&|_, w, x| w * x) / total;
    let mean = sum(&|point, w, _| w * point.mean) / total;
    let spread = sum(&|_, w, x| w * (x - centre) * (x - centre));
    let slope = sum(&|point, w, x| w * (x - centre) * (point.mean - mean)) / spread;
    let value = mean - slope * centre;
    let standard_error = (1.0 / total + centre * centre / spread).sqrt();
    let chi_squared = sum(&|point, w, x| {
        let residual = point.mean - value - slope * x;
        w * residual * residual
    });
    let fit = Fit { value, standard_error, chi_squared: chi_squared / (points.len() - 2) as f64 };
    // Errors of 1e-200 or 1e200 have no weights.
    (fit.value.is_finite() && fit.standard_error.is_finite() && fit.chi_squared.is_finite()).then_some(fit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomStream;

    const SIZES: [f64; 4] = [100.0, 200.0, 400.0, 800.0];

    fn measured(mean: impl Fn(f64) -> f64, error: impl Fn(f64) -> f64) -> Vec<Measured> {
        SIZES.iter().map(|&size| Measured { size, mean: mean(size), standard_error: error(size) }).collect()
    }

    #[test]
    fn a_line_is_recovered() {
        for law in Law::ALL {
            let line = measured(|size| 2.0 - 7.0 * law.abscissa(size), |size| 1.0 / size);
            let fit = extrapolate(&line, law).unwrap();
            assert!((fit.value - 2.0).abs() < 1e-13 && fit.chi_squared < 1e-20, "{fit:?}");
        }
        assert!((Law::TwoThirds.abscissa(1000.0) - 0.01).abs() < 1e-17);
        // The other law does not fit: the line curves by many errors.
        let line = measured(|size| 2.0 - 7.0 / size, |_| 1e-4);
        assert!(extrapolate(&line, Law::TwoThirds).unwrap().chi_squared > 100.0);
    }

    /// x = 1, 2, 3 with weights 1, 4, 1 and means 1, 2, 4, by hand: W = 6, x̄ = 2, m̄ = 13/6, V = 2, b = 3/2, a = -5/6;
    /// the variance is 1/6 + 4/2; the residuals are 1/3, -1/6, 1/3, so that χ² = 1/9 + 4/36 + 1/9.
    #[test]
    fn value_error_and_chi_squared_are_those_of_the_textbook() {
        let point = |x: f64, mean, standard_error| Measured { size: 1.0 / x, mean, standard_error };
        let points = [point(1.0, 1.0, 1.0), point(2.0, 2.0, 0.5), point(3.0, 4.0, 1.0)];
        let fit = extrapolate(&points, Law::Inverse).unwrap();
        assert!((fit.value + 5.0 / 6.0).abs() < 1e-14, "{fit:?}");
        assert!((fit.standard_error - (13.0f64 / 6.0).sqrt()).abs() < 1e-14, "{fit:?}");
        assert!((fit.chi_squared - 1.0 / 3.0).abs() < 1e-14, "{fit:?}");
    }

    #[test]
    fn noisy_lines_scatter_by_the_error_that_the_fit_tells() {
        let mut stream = RandomStream::from_seed([7; 32]);
        // The sum of twelve uniform variates, less 6, has variance 1.
        let mut gaussian = || (0..12).map(|_| stream.uniform()).sum::<f64>() - 6.0;
        let (mut squares, mut chi_squared) = (0.0, 0.0);
        let rounds = 4000;
        for _ in 0..rounds {
            let mut points = measured(|size| 1.0 + 3.0 / size, |size| 0.3 / size.sqrt());
            points.iter_mut().for_each(|point| point.mean += point.standard_error * gaussian());
            let fit = extrapolate(&points, Law::Inverse).unwrap();
            squares += ((fit.value - 1.0) / fit.standard_error).powi(2) / f64::from(rounds);
            chi_squared += fit.chi_squared / f64::from(rounds);
        }
        // Standard errors of these means: sqrt(2 / 4000) = 0.022 and sqrt(1 / 4000) = 0.016.
        assert!((squares - 1.0).abs() < 0.09 && (chi_squared - 1.0).abs() < 0.065, "{squares}, {chi_squared}");
    }

    #[test]
    fn sizes_without_a_weight_are_left_out() {
        let line = measured(|size| 2.0 - 7.0 / size, |_| 0.01);
        for (mean, standard_error) in
            [(9.0, 0.0), (9.0, f64::NAN), (9.0, 1e-15), (f64::NAN, f64::NAN), (9.0, f64::INFINITY)]
        {
            let mut points = line.clone();
            points.push(Measured { size: 1600.0, mean, standard_error });
            assert_eq!(extrapolate(&points, Law::Inverse), extrapolate(&line, Law::Inverse));
            points[0].standard_error = 0.0;
            assert!(extrapolate(&points, Law::Inverse).is_some());
            points[1].standard_error = 0.0;
            assert_eq!(extrapolate(&points, Law::Inverse), None, "two sizes are left");
        }
        assert_eq!(extrapolate(&measured(|_| 0.0, |_| 1e-200), Law::Inverse), None, "weights beyond all numbers");
    }
}
