//! Which points of a heat map cannot be distinguished from the best one.

use super::measured::replicates;
use crate::experiment::Better;
use crate::results::difference::probability_beyond;
use crate::results::{Results, Series};
use crate::sweep::Streams;
use crate::sweep::statistics::mean_and_standard_error;

/// Below this probability two points are distinguished; it is not corrected for the number of points.
const LEVEL: f64 = 0.05;
/// The share of the means below which a difference or its scatter is what rounding leaves.
const ROUNDING: f64 = 1e-12;

/// How a point compares with the best one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has the best mean of all points.
    Best,
    /// Its difference from the best may be chance.
    NotDistinguished,
    /// Its difference from the best is more than chance gives in 95 of 100 cases.
    Distinguished,
    /// Nothing can be said: there are fewer than two replicates, some have no value, or no value is better than
    /// another.
    NotTested,
}

/// How each of these points stands; all are [`Standing::NotTested`] if no value is better than another.
///
/// Points of which some replicates have no value are never the best: a mean over a selection is no mean of the point.
pub(super) fn standings(results: &Results, series: &Series, points: &[usize], complete: &[bool]) -> Vec<Standing> {
    let Some(better) = series.observable.better else { return vec![Standing::NotTested; points.len()] };
    let cost = |point: usize| match better {
        Better::Less => series.mean[point],
        Better::More => -series.mean[point],
    };
    let eligible = (0..points.len()).filter(|place| complete[*place] && !series.mean[points[*place]].is_nan());
    let Some(best) = eligible.min_by(|left, right| cost(points[*left]).total_cmp(&cost(points[*right]))) else {
        return vec![Standing::NotTested; points.len()];
    };
    let standing = |place: usize| match place {
        _ if place == best => Standing::Best,
        _ if !complete[place] => Standing::NotTested,
        _ => match probability(results, series, points[place], points[best]) {
            Some(probability) if probability >= LEVEL => Standing::NotDistinguished,
            Some(_) => Standing::Distinguished,
            None => Standing::NotTested,
        },
    };
    (0..points.len()).map(standing).collect()
}

/// The probability that chance alone makes two means differ by as much: Student's t of the paired differences where the
/// streams are paired, and Welch's t otherwise. None with fewer than two values.
fn probability(results: &Results, series: &Series, left: usize, right: usize) -> Option<f64> {
    let (difference, error, freedom) = match results.sweep.streams {
        Streams::Paired => paired(results, series, left, right)?,
        Streams::Independent => unpaired(results, series, left, right)?,
    };
    let rounding = ROUNDING * series.mean[left].abs().max(series.mean[right].abs());
    if error <= rounding {
        return Some(f64::from(u8::from(difference.abs() <= rounding)));
    }
    Some(probability_beyond((difference / error).abs(), freedom))
}

fn paired(results: &Results, series: &Series, left: usize, right: usize) -> Option<(f64, f64, f64)> {
    let right: Vec<(usize, f64)> = replicates(results, series, right, 0).collect();
    let other = |replicate: usize| right.iter().find(|(own, _)| *own == replicate).map(|(_, value)| *value);
    let pairs = replicates(results, series, left, 0).filter_map(|(replicate, value)| Some(value - other(replicate)?));
    let differences: Vec<f64> = pairs.collect();
    let (mean, error) = mean_and_standard_error(|| differences.iter().copied());
    (differences.len() > 1).then_some((mean, error, differences.len() as f64 - 1.0))
}

fn unpaired(results: &Results, series: &Series, left: usize, right: usize) -> Option<(f64, f64, f64)> {
    let squared = |number: f64| number * number;
    let estimate = |point: usize| (series.mean[point], squared(series.standard_error[point]));
    let ((left_mean, left_variance), (right_mean, right_variance)) = (estimate(left), estimate(right));
    let count = |point: usize| replicates(results, series, point, 0).count() as f64;
    let variance = left_variance + right_variance;
    let terms = squared(left_variance) / (count(left) - 1.0) + squared(right_variance) / (count(right) - 1.0);
    let freedom = if terms > 0.0 { squared(variance) / terms } else { 1.0 };
    (!variance.is_nan()).then(|| (left_mean - right_mean, variance.sqrt(), freedom))
}
