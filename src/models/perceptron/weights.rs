//! Statistics of a set of weights.

/// The fraction of weights that are exactly 0; NaN without weights.
pub fn silent_fraction(weights: &[f64]) -> f64 {
    weights.iter().filter(|&&weight| weight == 0.0).count() as f64 / weights.len() as f64
}

/// Variance over squared mean of all weights, silent ones included (dimensionless); 0 if all weights are 0, thus equal.
pub fn relative_variance(weights: &[f64]) -> f64 {
    let mean = mean(weights);
    if mean == 0.0 {
        return 0.0;
    }
    let variance = weights.iter().map(|weight| (weight - mean) * (weight - mean)).sum::<f64>() / weights.len() as f64;
    variance / (mean * mean)
}

/// The mean of ((w - mean) / standard deviation)^`order` over all weights, silent ones included: skewness for 3,
/// kurtosis for 4 (0 and 3 for a Gaussian). `None` if all weights are equal.
pub fn standardised_moment(weights: &[f64], order: i32) -> Option<f64> {
    let mean = mean(weights);
    let central = |order: i32| {
        let power = |weight: &f64| (0..order).map(|_| weight - mean).product::<f64>();
        weights.iter().map(power).sum::<f64>() / weights.len() as f64
    };
    let variance = central(2);
    (variance > 0.0).then(|| central(order) / libm::pow(variance, 0.5 * f64::from(order)))
}

/// Density of the non-silent weights over x = weight / mean of all weights, in `bins` equal bins on [0, `upper`).
///
/// A bin holds the number of its weights over (number of all weights × bin width), so the bins sum to the fraction of
/// non-silent weights below `upper` divided by the bin width, and compare with [`super::Theory::weight_density`].
pub fn histogram(weights: &[f64], bins: usize, upper: f64) -> Vec<f64> {
    let scale = bins as f64 / (upper * mean(weights));
    let one = bins as f64 / (upper * weights.len() as f64);
    let mut density = vec![0.0; bins];
    for &weight in weights.iter().filter(|&&weight| weight != 0.0) {
        if let Some(bin) = density.get_mut((weight * scale) as usize) {
            *bin += one;
        }
    }
    density
}

fn mean(weights: &[f64]) -> f64 {
    weights.iter().sum::<f64>() / weights.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_four_weights() {
        let weights = [0.0, 0.0, 1.0, 3.0];
        assert_eq!(silent_fraction(&weights), 0.5);
        assert_eq!(relative_variance(&weights), 1.5);
        // Less the mean: -1, -1, 0, 2, of variance 3/2; third powers -1, -1, 0, 8 and fourth powers 1, 1, 0, 16.
        let near = |value: Option<f64>, expected: f64| (value.unwrap() / expected - 1.0).abs() < 1e-14;
        assert!(near(standardised_moment(&weights, 3), 1.5 / 1.5_f64.powf(1.5)));
        assert!(near(standardised_moment(&weights, 4), 4.5 / 2.25));
        assert_eq!(standardised_moment(&[2.0, 2.0], 3), None);
        // In units of the mean: 0, 0, 1, 3.
        assert_eq!(histogram(&weights, 5, 5.0), [0.0, 0.25, 0.0, 0.25, 0.0]);
        assert_eq!(histogram(&weights, 4, 2.0), [0.0, 0.0, 0.5, 0.0]);
    }
}
