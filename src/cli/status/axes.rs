//! How far each value of each axis is.

use crate::results::{Results, Status};
use crate::sweep::Axis;

/// An axis with more values is not shown.
const MOST_VALUES: usize = 12;

/// The values of one axis.
#[derive(Debug, PartialEq, serde::Serialize)]
pub(super) struct AxisProgress {
    pub(super) name: String,
    pub(super) values: Vec<ValueProgress>,
}

/// All points with one value.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub(super) struct ValueProgress {
    /// As the sweep file has it; of an axis with several parameters, all of them.
    pub(super) value: String,
    pub(super) tasks: usize,
    pub(super) done: usize,
    pub(super) failed: usize,
}

/// Every axis with at least two values and at most twelve.
pub(super) fn axes(results: &Results) -> Vec<AxisProgress> {
    let axes = &results.sweep.axes;
    let mut found: Vec<Vec<ValueProgress>> = axes.iter().map(values).collect();
    if found.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    for point in 0..results.sweep.points() {
        let [mut tasks, mut done, mut failed] = [0; 3];
        for status in results.status_at(point) {
            tasks += usize::from(*status != Status::NotNeeded);
            done += usize::from(*status == Status::Done);
            failed += usize::from(*status == Status::Failed);
        }
        for (values, index) in found.iter_mut().zip(results.sweep.indices(point)) {
            if let Some(value) = values.get_mut(index) {
                value.tasks += tasks;
                value.done += done;
                value.failed += failed;
            }
        }
    }
    let named = axes.iter().zip(found).filter(|(_, values)| !values.is_empty());
    named.map(|(axis, values)| AxisProgress { name: axis.name(), values }).collect()
}

/// The values of an axis before anything is counted; none if it is not shown.
fn values(axis: &Axis) -> Vec<ValueProgress> {
    if !(2..=MOST_VALUES).contains(&axis.len()) {
        return Vec::new();
    }
    let written =
        |point: &[crate::experiment::Value]| point.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    axis.points().map(|point| ValueProgress { value: written(point), ..ValueProgress::default() }).collect()
}
