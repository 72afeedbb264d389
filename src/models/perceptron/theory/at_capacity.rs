//! What the theory says: capacity, and the weights at capacity.

use super::expansion::Point;
use crate::models::gaussian;

/// What the theory of large N says of a problem at capacity.
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
