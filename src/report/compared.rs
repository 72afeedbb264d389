//! Which points of a sweep cannot be distinguished from the best one.

use crate::experiment::Better;
use crate::results::difference::MeanDifference;
use crate::results::{Results, Series};
use crate::sweep::Streams;

/// Below this probability two points are distinguished; it is not corrected for the number of points.
const LEVEL: f64 = 0.05;

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
/// Points of which some replicates have no value are never the best: a mean over a selection is not the mean of the
/// point.
pub(crate) fn standings(results: &Results, series: &Series, points: &[usize], complete: &[bool]) -> Vec<Standing> {
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
    let points = [left, right];
    let replicates = points.map(|point| results.replicates(series, point, 0).collect());
    let is_paired = results.sweep.streams == Streams::Paired;
    MeanDifference::new(points.map(|point| series.estimate(point, 0)), &replicates, is_paired).probability()
}
