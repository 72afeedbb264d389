//! Mean and standard error: of what is reported, and of what decides how many replicates there are.

/// Mean and its standard error, s/√n with s the sample standard deviation; summed in order, in two passes.
///
/// NaN for what cannot be known: the mean of no values, the error of fewer than two.
pub(crate) fn mean_and_standard_error<I: Iterator<Item = f64>>(values: impl Fn() -> I) -> (f64, f64) {
    let n = values().count() as f64;
    let mean = values().sum::<f64>() / n;
    let squares: f64 = values().map(|value| (value - mean) * (value - mean)).sum();
    let standard_error = if n > 1.0 { (squares / (n - 1.0) / n).sqrt() } else { f64::NAN };
    (if n > 0.0 { mean } else { f64::NAN }, standard_error)
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
}
