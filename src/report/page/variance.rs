//! How much of the variance between points each axis accounts for.

use crate::results::Results;
use crate::sweep::Streams;
use crate::sweep::statistics::is_rounding;

/// The shares of the variance between the means of all points.
///
/// With means y over a grid of M points, ȳ their mean, and ȳ_i the mean over the points at position i of an axis of L
/// positions, the share of the axis is (M / L) Σ_i (ȳ_i - ȳ)² / Σ (y - ȳ)²: its main effect in a balanced analysis of
/// variance with one observation per cell. What the axes leave is that of their combinations, noise included.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shares {
    /// The standard deviation of the means, over M - 1.
    pub(super) deviation: f64,
    /// Of each axis in grid order; an axis with one position has none.
    pub(super) axes: Vec<(usize, f64)>,
    /// Of the combinations of axes; 0 for a single axis.
    pub(super) rest: f64,
    /// The share that noise alone would give, (1 - 1/M) Σ σ² / Σ (y - ȳ)² with σ the standard errors; `None` if one of
    /// them is not known, and where points share their random numbers, because their errors are not independent.
    pub(super) noise: Option<f64>,
}

/// The shares of a scalar with these means and standard errors at all points; `None` if a mean is not known, or all are
/// equal.
pub(super) fn shares(results: &Results, means: &[f64], errors: &[f64]) -> Option<Shares> {
    let count = means.len() as f64;
    if means.len() < 2 || means.iter().any(|mean| !mean.is_finite()) {
        return None;
    }
    let mean = means.iter().sum::<f64>() / count;
    let total: f64 = means.iter().map(|value| (value - mean) * (value - mean)).sum();
    if is_rounding(total.sqrt(), mean) {
        return None;
    }
    let sweep = results.sweep;
    let share = |axis: usize, length: usize| {
        let mut sums = vec![0.0; length];
        for (point, value) in means.iter().enumerate() {
            sums[sweep.indices(point)[axis]] += value - mean;
        }
        sums.iter().map(|sum| sum * sum).sum::<f64>() * length as f64 / count / total
    };
    let lengths = sweep.axes.iter().map(|axis| axis.len()).enumerate().filter(|(_, length)| *length > 1);
    let axes: Vec<(usize, f64)> = lengths.map(|(axis, length)| (axis, share(axis, length))).collect();
    let rest = if axes.len() > 1 { 1.0 - axes.iter().map(|(_, share)| share).sum::<f64>() } else { 0.0 };
    let noise = (1.0 - 1.0 / count) * errors.iter().map(|error| error * error).sum::<f64>() / total;
    let has_noise = sweep.streams == Streams::Independent && noise.is_finite();
    Some(Shares { deviation: (total / (count - 1.0)).sqrt(), axes, rest, noise: has_noise.then_some(noise) })
}
