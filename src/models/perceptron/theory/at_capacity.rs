//! What the theory says: capacity, and the weights at capacity.

use super::expansion::Point;
use crate::models::gaussian;
use crate::models::perceptron::problem::WeightBound;

/// The change of b over which the slope of the shape is taken.
const SHAPE_STEP: f64 = 1e-4;

/// The predictions of the theory of large N for a problem at capacity.
///
/// Standard errors are 0 where a value is exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theory {
    /// α_c, patterns per input.
    pub capacity: f64,
    /// Its standard error.
    pub capacity_standard_error: f64,
    /// Φ(-b), the fraction of weights that are exactly 0.
    pub silent_fraction: f64,
    /// Its standard error.
    pub silent_fraction_standard_error: f64,
    /// Variance of all weights over their squared mean, r(b)² - 1.
    pub weight_variance: f64,
    /// Its standard error.
    pub weight_variance_standard_error: f64,
    /// b: the weights are distributed as (b + z)₊ with z a standard normal value.
    pub weight_offset: f64,
    /// Its standard error.
    pub weight_offset_standard_error: f64,
    /// m: the mean current less the threshold, in natural units.
    pub current_offset: f64,
    /// Its standard error.
    pub current_offset_standard_error: f64,
}

impl Theory {
    /// Without standard errors.
    pub(super) fn at(point: &Point, capacity: f64) -> Self {
        let spread = point.spread();
        Self {
            capacity,
            capacity_standard_error: 0.0,
            silent_fraction: gaussian::distribution(-point.weight_offset),
            silent_fraction_standard_error: 0.0,
            weight_variance: spread * spread - 1.0,
            weight_variance_standard_error: 0.0,
            weight_offset: point.weight_offset,
            weight_offset_standard_error: 0.0,
            current_offset: point.current_offset,
            current_offset_standard_error: 0.0,
        }
    }

    /// With the relative standard error of the capacity and those of b and m; the others follow from that of b.
    pub(super) fn with_errors(self, relative_capacity: f64, weight_offset: f64, current_offset: f64) -> Self {
        let point = Point { current_offset: self.current_offset, weight_offset: self.weight_offset, bistability: 0.0 };
        Self {
            capacity_standard_error: relative_capacity * self.capacity,
            silent_fraction_standard_error: gaussian::density(self.weight_offset) * weight_offset,
            weight_variance_standard_error: 2.0 * point.spread() * point.spread_slope().abs() * weight_offset,
            weight_offset_standard_error: weight_offset,
            current_offset_standard_error: current_offset,
            ..self
        }
    }

    /// How it changes with that bound on weights: without one the capacity is twice as large, and the weights are a
    /// Gaussian whose scale has no limit: b → ∞, and m follows the scale.
    pub(super) fn with_weight_bound(self, bound: WeightBound) -> Self {
        match bound {
            WeightBound::NonNegative => self,
            WeightBound::None => Self {
                capacity: 2.0 * self.capacity,
                capacity_standard_error: 2.0 * self.capacity_standard_error,
                silent_fraction: 0.0,
                silent_fraction_standard_error: 0.0,
                weight_variance: f64::INFINITY,
                weight_variance_standard_error: 0.0,
                weight_offset: f64::INFINITY,
                weight_offset_standard_error: 0.0,
                current_offset: f64::NAN,
                current_offset_standard_error: f64::NAN,
            },
        }
    }

    /// Skewness and kurtosis of all weights, silent ones included: those of (b + z)₊; 0 and 3 for b → ∞.
    pub fn weight_shape(&self) -> [f64; 2] {
        shape(self.weight_offset)
    }

    /// Their standard errors, to first order.
    pub fn weight_shape_standard_errors(&self) -> [f64; 2] {
        let (above, below) = (shape(self.weight_offset + SHAPE_STEP), shape(self.weight_offset - SHAPE_STEP));
        std::array::from_fn(|i| ((above[i] - below[i]) / (2.0 * SHAPE_STEP)).abs() * self.weight_offset_standard_error)
    }

    /// Density of the non-silent weights at `weight` > 0, in units of the mean of all weights:
    /// G1(b) φ(G1(b) x - b). Its integral is 1 - Φ(-b).
    pub fn weight_density(&self, weight: f64) -> f64 {
        let mean = gaussian::rectified_mean(self.weight_offset);
        mean * gaussian::density(mean * weight - self.weight_offset)
    }

    /// The fraction of all weights that are at least `low` ≥ 0, not silent, and less than `high`, in units of the mean
    /// of all weights, and its standard error: Φ(G1(b) high - b) - Φ(G1(b) low - b).
    pub fn weights_between(&self, low: f64, high: f64) -> (f64, f64) {
        let (b, mean) = (self.weight_offset, gaussian::rectified_mean(self.weight_offset));
        // Both from above, so that the tail keeps its digits.
        let above = |weight: f64| gaussian::distribution(b - mean * weight);
        let slope = |weight: f64| gaussian::density(b - mean * weight) * (1.0 - gaussian::distribution(b) * weight);
        let error = (slope(low) - slope(high)).abs() * self.weight_offset_standard_error;
        (above(low) - above(high), error)
    }
}

fn shape(weight_offset: f64) -> [f64; 2] {
    if weight_offset == f64::INFINITY {
        return [0.0, 3.0];
    }
    let [_, mean, square, cube, fourth] = gaussian::rectified_moments(weight_offset);
    let variance = square - mean * mean;
    let third = cube - 3.0 * mean * square + 2.0 * mean * mean * mean;
    let fourth = fourth - 4.0 * mean * cube + 6.0 * mean * mean * square - 3.0 * mean * mean * mean * mean;
    [third / (variance * variance.sqrt()), fourth / (variance * variance)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_goes_from_half_a_gaussian_to_a_gaussian() {
        // Half of the weights 0 and the others half a Gaussian: E z₊ = 1/√2π, E z₊² = 1/2, E z₊³ = 2/√2π, E z₊⁴ = 3/2.
        let mean = 1.0 / (2.0 * std::f64::consts::PI).sqrt();
        let variance = 0.5 - mean * mean;
        let third = 2.0 * mean - 1.5 * mean + 2.0 * mean * mean * mean;
        assert!((shape(0.0)[0] - third / variance.powf(1.5)).abs() < 1e-12);
        let far = shape(8.0);
        assert!(far[0].abs() < 1e-9 && (far[1] - 3.0).abs() < 1e-9, "{far:?}");
        assert_eq!(shape(f64::INFINITY), [0.0, 3.0]);
    }
}
