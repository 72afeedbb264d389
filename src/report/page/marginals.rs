//! The means over all axes but one.

use super::points::{Points, estimate_text, is_complete};
use crate::sweep::Streams;
use crate::sweep::statistics::mean_and_standard_error;

/// Axes with more positions have no table of their own: the figure shows more than so many columns can.
const MOST_POSITIONS: usize = 16;

/// One axis by itself.
pub(super) struct Marginal {
    /// `decay k (1/s)`
    pub(super) label: String,
    /// Each position with the mean over all other axes; that is empty where a point of them is not complete.
    pub(super) rows: Vec<(String, String)>,
}

/// One table per axis, if there are several axes with several values.
pub(super) fn marginals(points: &Points) -> Vec<Marginal> {
    let axes = points.results.sweep.axes.iter().enumerate().filter(|(_, axis)| axis.len() > 1);
    let axes: Vec<(usize, usize)> = axes.map(|(place, axis)| (place, axis.len())).collect();
    if axes.len() < 2 || points.complete().next().is_none() {
        return Vec::new();
    }
    let shown = axes.into_iter().filter(|(_, length)| *length <= MOST_POSITIONS);
    let marginal = |(axis, length): (usize, usize)| {
        let mut members = vec![Vec::new(); length];
        for point in 0..points.rows().len() {
            members[points.results.sweep.indices(point)[axis]].push(point);
        }
        Marginal {
            label: points.axes[axis].label.clone(),
            rows: points.axes[axis]
                .values
                .iter()
                .cloned()
                .zip(members.iter().map(|members| mean_over(points, members)))
                .collect(),
        }
    };
    shown.map(marginal).collect()
}

/// The mean over some points with its standard error: that of independent means, or, where points share their random
/// numbers, that of the replicates of their mean.
fn mean_over(points: &Points, members: &[usize]) -> String {
    let rows: Vec<_> = members.iter().map(|point| &points.rows()[*point]).collect();
    if !rows.iter().all(|row| is_complete(row)) {
        return String::new();
    }
    let count = rows.len() as f64;
    let mean = rows.iter().map(|row| row.mean).sum::<f64>() / count;
    let error = match points.results.sweep.streams {
        Streams::Independent => {
            rows.iter().map(|row| row.standard_error * row.standard_error).sum::<f64>().sqrt() / count
        }
        Streams::Paired => {
            let values: Vec<Vec<f64>> = members
                .iter()
                .map(|point| points.results.replicates(points.series, *point, 0).collect::<Vec<f64>>())
                .collect();
            let replicates = values.iter().map(Vec::len).min().unwrap_or(0);
            let of_replicate = |replicate: usize| values.iter().map(|point| point[replicate]).sum::<f64>() / count;
            let means: Vec<f64> = (0..replicates).map(of_replicate).filter(|mean| !mean.is_nan()).collect();
            mean_and_standard_error(|| means.iter().copied()).1
        }
    };
    let fewest = rows.iter().map(|row| row.counts.n).min().unwrap_or(0);
    estimate_text(mean, error, fewest)
}
