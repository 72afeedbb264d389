//! Mean and standard error: of what is reported, and of what decides how many replicates there are.

/// Mean and its standard error, s/√n with s the sample standard deviation; summed in order, in two passes.
///
/// Values that are all equal are their own mean, and the error is exactly 0, where sums would leave some rounding. NaN
/// for what cannot be known: the mean of no values, the error of fewer than two.
pub(crate) fn mean_and_standard_error<I: Iterator<Item = f64>>(values: impl Fn() -> I) -> (f64, f64) {
    let n = values().count() as f64;
    if let Some(first) = values().next()
        && n > 1.0
        && values().all(|value| value == first)
    {
        return (first, 0.0);
    }
    let mean = values().sum::<f64>() / n;
    let squares: f64 = values().map(|value| (value - mean) * (value - mean)).sum();
    let standard_error = if n > 1.0 { (squares / (n - 1.0) / n).sqrt() } else { f64::NAN };
    (if n > 0.0 { mean } else { f64::NAN }, standard_error)
}

/// Below this fraction of values, their error or their difference is what rounding leaves of equal ones.
const ROUNDING: f64 = 1e-12;

/// Whether a standard error of a value of this size is known. One of 0, from replicates that are all equal, says
/// nothing about the true error, and neither does what rounding leaves of it.
pub(crate) fn is_known(standard_error: f64, scale: f64) -> bool {
    standard_error.is_finite() && standard_error > ROUNDING * scale.abs()
}

/// Whether a difference of values of this size may be rounding.
pub(crate) fn is_rounding(difference: f64, scale: f64) -> bool {
    difference.abs() <= ROUNDING * scale.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_standard_error_of_a_known_sample() {
        let sample = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        let (mean, error) = mean_and_standard_error(|| sample.iter().copied());
        assert_eq!(mean, 5.0);
        assert!((error - (32.0f64 / 7.0 / 8.0).sqrt()).abs() < 1e-15);
        assert!(mean_and_standard_error(|| [1.0].into_iter()).1.is_nan());
        assert!(mean_and_standard_error(|| [].into_iter()).0.is_nan());
    }

    #[test]
    fn equal_replicates_have_no_known_error() {
        // Their sum over 3 is 0.10000000000000002.
        assert_eq!(mean_and_standard_error(|| [0.1, 0.1, 0.1].into_iter()), (0.1, 0.0));
        assert!(!is_known(0.0, 0.1) && !is_known(1e-17, 0.1));
        assert!(is_known(1e-9, 0.1) && is_known(1e-300, 0.0) && is_known(1e-9, -0.1));
        for unknown in [0.0, f64::NAN, f64::INFINITY] {
            assert!(!is_known(unknown, 0.0), "{unknown}");
        }
    }
}
