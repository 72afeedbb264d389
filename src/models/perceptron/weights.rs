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
        // In units of the mean: 0, 0, 1, 3.
        assert_eq!(histogram(&weights, 5, 5.0), [0.0, 0.25, 0.0, 0.25, 0.0]);
        assert_eq!(histogram(&weights, 4, 2.0), [0.0, 0.0, 0.5, 0.0]);
    }
}
