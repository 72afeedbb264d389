//! What a bound far below 0 costs.

use crate::models::gaussian;
use crate::models::perceptron::problem::CapacityProblem;

/// Far more than the offset b at the best weights is for any bound.
const LARGEST_OFFSET: f64 = 40.0;

/// Halvings of an interval that leave nothing of it.
const HALVINGS: usize = 100;

/// The share of the capacity of free weights that weights above [`CapacityProblem::lowest_weight`] lack, for many
/// inputs; 1/2 for w ≥ 0. Without margins; it depends on neither the correlations nor the coding of the outputs.
///
/// In units of the mean weight, ω = v - β with v = (1 + β) (b + z)₊ / G1(b) of mean 1 + β. The capacity is that of free
/// weights times the largest
///
///   (E ω z)² / E ω² = (Φ / G1)² / (G2 / G1² - 1 + (1 + β)^-2)   over b.
pub fn bound_cost(problem: &CapacityProblem) -> f64 {
    let bound = -problem.lowest_weight() / problem.mean_weight();
    let share = |b: f64| {
        let (below, mean, square) =
            (gaussian::distribution(b), gaussian::rectified_mean(b), gaussian::rectified_square(b));
        let inverse = 1.0 / (1.0 + bound);
        below * below / (square - mean * mean + mean * mean * inverse * inverse)
    };
    // There is one peak: thirds of the interval show on which side it is not.
    let (mut low, mut high) = (0.0, LARGEST_OFFSET);
    for _ in 0..2 * HALVINGS {
        let third = (high - low) / 3.0;
        if share(low + third) < share(high - third) {
            low += third;
        } else {
            high -= third;
        }
    }
    1.0 - share(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::perceptron::{CapacityParameters, WeightBound};

    fn cost(inputs: usize, input_coding: f64, weight_bound: WeightBound) -> f64 {
        let parameters = CapacityParameters { inputs, input_coding, weight_bound, ..CapacityParameters::default() };
        bound_cost(&CapacityProblem::new(parameters).unwrap())
    }

    #[test]
    fn half_of_the_capacity_for_weights_that_are_not_negative_and_next_to_nothing_far_below() {
        assert!((cost(1000, 0.5, WeightBound::NonNegative) - 0.5).abs() < 1e-9);
        // By scipy.optimize and scipy.stats.
        let expected = [(1000, 0.5, 2.2236e-4), (1024, 0.5, 2.1329e-4), (1000, 0.1, 3.4084e-3), (100, 0.5, 3.2841e-4)];
        for (inputs, coding, expected) in expected {
            let cost = cost(inputs, coding, WeightBound::None);
            assert!((cost / expected - 1.0).abs() < 1e-3, "{inputs} {coding}: {cost}");
        }
    }

    /// Weights max(-β, a + s z) of mean 1, by sums over z.
    #[test]
    fn no_scale_of_clipped_weights_does_better() {
        let parameters = CapacityParameters { weight_bound: WeightBound::None, ..CapacityParameters::default() };
        let problem = CapacityProblem::new(parameters).unwrap();
        let bound = -problem.lowest_weight() / problem.mean_weight();
        let best = (1..80).map(|tenth| f64::from(tenth) * 0.1).map(|b| {
            let step = 1e-3;
            let normal = |k: i32| -9.0 + (f64::from(k) + 0.5) * step;
            let mean: f64 = (0..18_000).map(|k| (b + normal(k)).max(0.0) * gaussian::density(normal(k)) * step).sum();
            let weight = |z: f64| (1.0 + bound) * (b + z).max(0.0) / mean - bound;
            let (mut with_noise, mut square) = (0.0, 0.0);
            for z in (0..18_000).map(normal) {
                with_noise += weight(z) * z * gaussian::density(z) * step;
                square += weight(z) * weight(z) * gaussian::density(z) * step;
            }
            with_noise * with_noise / square
        });
        let best = best.fold(0.0, f64::max);
        let share = 1.0 - bound_cost(&problem);
        assert!(best <= share + 1e-6 && best > share - 1e-4, "{best} {share}");
    }
}
