//! What a run would do, as data.

use std::path::Path;
use std::sync::Arc;

use super::simulation::Entry;
use crate::cli::agenda::Agenda;
use crate::cli::size::Size;
use crate::experiment::{Parameter, Unit, Value};
use crate::schedule::Pending;
use crate::store::run_record::TheoryCounts;
use crate::sweep::{Axis, Precision, Sweep, TheoryCells};

/// What pending tasks and cells are expected to take.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::cli) struct Expected {
    /// On one thread.
    pub(in crate::cli) seconds: f64,
    /// Of the longest one.
    pub(in crate::cli) longest: f64,
}

impl Expected {
    pub(in crate::cli) fn of(pending: &[Pending]) -> Self {
        let seconds = || pending.iter().map(|task| f64::from(task.seconds));
        // The `sum` of nothing is -0.
        Self { seconds: seconds().fold(0.0, |sum, one| sum + one), longest: seconds().fold(0.0, f64::max) }
    }

    /// On so many threads.
    pub(in crate::cli) fn on(self, threads: f64) -> f64 {
        (self.seconds / threads).max(self.longest)
    }
}

#[derive(serde::Serialize)]
pub(in crate::cli) struct Forecast {
    pub(super) sweep: String,
    pub(super) title: Option<String>,
    pub(super) experiment: &'static str,
    pub(super) directory: String,
    pub(super) points: usize,
    pub(super) axes: Vec<AxisEntry>,
    /// Of every point; with a precision, those that it begins with.
    pub(super) replicates: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) precision: Option<PrecisionEntry>,
    /// What is on no axis.
    pub(super) fixed: Vec<FixedEntry>,
    pub(super) tasks: Span<u64>,
    pub(super) done: u64,
    pub(super) left: Span<u64>,
    pub(super) theory: TheoryCounts,
    /// On one thread, theory included.
    pub(in crate::cli) seconds: Span<f64>,
    pub(super) theory_seconds: f64,
    pub(in crate::cli) longest_task_seconds: f64,
    pub(in crate::cli) bytes_per_thread: f64,
    pub(in crate::cli) size: Size,
    pub(super) ranks: u32,
    pub(super) threads_per_rank: usize,
    pub(super) tasks_per_rank: f64,
    pub(super) seconds_per_rank: f64,
    /// Of each number of ranks that was asked for; none if nothing is left to compute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) simulation: Option<Vec<Entry>>,
}

/// What is sure, and what a precision may call for.
#[derive(Clone, Copy, serde::Serialize)]
pub(in crate::cli) struct Span<T> {
    pub(in crate::cli) least: T,
    pub(in crate::cli) most: T,
}

#[derive(serde::Serialize)]
pub(super) struct AxisEntry {
    pub(super) name: String,
    pub(super) length: usize,
    pub(super) parameters: Vec<&'static str>,
}

#[derive(serde::Serialize)]
pub(super) struct PrecisionEntry {
    pub(super) observable: &'static str,
    pub(super) relative_error: f64,
    pub(super) max_replicates: u32,
}

/// A value with its default, as the catalogue has them.
#[derive(serde::Serialize)]
pub(super) struct FixedEntry {
    pub(super) name: &'static str,
    pub(super) value: serde_json::Value,
    pub(super) unit: &'static str,
    pub(super) default: serde_json::Value,
    pub(super) is_default: bool,
    #[serde(skip)]
    pub(super) written: String,
    #[serde(skip)]
    pub(super) written_default: String,
}

impl Forecast {
    pub(in crate::cli) fn new(
        sweep: &Arc<Sweep>,
        agenda: &Agenda,
        directory: &Path,
        ranks: u32,
        threads: usize,
    ) -> Self {
        let pending = &agenda.pending;
        let (reserve, reserve_seconds) = agenda.reserve();
        let cells = TheoryCells::new(sweep);
        let of_tasks = (0..sweep.points()).map(|point| sweep.cost(point).bytes);
        let bytes = of_tasks.chain((0..cells.len()).map(|cell| cells.cost(cell).bytes)).fold(0.0, f64::max);
        let (tasks, left) = (agenda.tasks(), agenda.left());
        let expected = Expected::of(pending);
        let Expected { seconds, longest } = expected;
        let theory_seconds = Expected::of(&pending[left as usize..]).seconds;
        Self {
            sweep: sweep.name.clone(),
            title: sweep.title.clone(),
            experiment: sweep.declaration().name,
            directory: directory.display().to_string(),
            points: sweep.points(),
            axes: sweep.axes.iter().map(AxisEntry::of).collect(),
            replicates: sweep.replicates,
            precision: sweep.precision.as_ref().map(PrecisionEntry::of),
            fixed: fixed(sweep),
            tasks: Span { least: tasks, most: tasks + reserve },
            done: tasks - left,
            left: Span { least: left, most: left + reserve },
            theory: agenda.theory,
            theory_seconds,
            seconds: Span { least: seconds, most: seconds + reserve_seconds },
            longest_task_seconds: longest,
            bytes_per_thread: bytes,
            size: Size::of(sweep),
            ranks,
            threads_per_rank: threads,
            tasks_per_rank: left as f64 / f64::from(ranks),
            seconds_per_rank: expected.on(f64::from(ranks) * threads as f64),
            simulation: None,
        }
    }
}

fn fixed(sweep: &Sweep) -> Vec<FixedEntry> {
    let swept = sweep.swept();
    let declared = sweep.declaration().parameters.iter().zip(sweep.base.iter());
    let still = declared.filter(|(parameter, _)| !swept.contains(&parameter.name()));
    still.map(|(parameter, (_, value))| FixedEntry::of(parameter, value)).collect()
}

impl AxisEntry {
    fn of(axis: &Axis) -> Self {
        Self { name: axis.name(), length: axis.len(), parameters: axis.names.clone() }
    }
}

impl PrecisionEntry {
    fn of(precision: &Precision) -> Self {
        let Precision { observable, relative_error, max_replicates, .. } = *precision;
        Self { observable: observable.name(), relative_error, max_replicates }
    }
}

impl FixedEntry {
    fn of(parameter: &Parameter, value: Value) -> Self {
        let Unit { written: unit, .. } = parameter.quantity.unit;
        Self {
            name: parameter.name(),
            value: value.json(),
            unit,
            default: parameter.default.json(),
            is_default: value.key() == parameter.default.key(),
            written: value.to_string(),
            written_default: parameter.default.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_left_takes_no_time_and_not_less() {
        let Expected { seconds, longest } = Expected::of(&[]);
        assert!([seconds, longest].iter().all(|time| *time == 0.0 && time.is_sign_positive()));
    }
}
