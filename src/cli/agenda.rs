//! What is left to compute of a sweep: its theory, and its tasks, which are known from the start, or, with a precision,
//! as verdicts call for them.

use std::sync::Arc;

use super::item::Item;
use crate::results::Found;
use crate::schedule::Pending;
use crate::store::run_record::TheoryCounts;
use crate::sweep::{Demand, Sweep, Task, Verdict};

/// What the records in the directory of a sweep leave to do.
pub(super) struct Agenda {
    sweep: Arc<Sweep>,
    demand: Option<Demand>,
    /// Tasks in their order, then theory cells.
    pub(super) pending: Vec<Pending>,
    /// Where the theory stands.
    pub(super) theory: TheoryCounts,
}

impl Agenda {
    /// `retry_failed` counts what failed as not computed.
    pub(super) fn new(sweep: &Arc<Sweep>, found: &Found, retry_failed: bool) -> Self {
        let demand = sweep.precision.map(|precision| {
            let is_retried = |verdict: &Verdict| retry_failed && *verdict == Verdict::Failed;
            Demand::new(sweep, precision, |task| found.verdict(task).filter(|verdict| !is_retried(verdict)))
        });
        let mut pending = match &demand {
            None => found.missing(retry_failed).map(|task| with_cost(sweep, task)).collect(),
            Some(demand) => with_costs(sweep, demand.pending()),
        };
        let (cells, theory) = found.theory.missing(retry_failed);
        pending.extend(cells.into_iter().map(|cell| {
            let seconds = found.theory.cells.cost(cell).seconds as f32;
            Pending { seconds, task: Item::Theory(cell).number(sweep) }
        }));
        Self { sweep: Arc::clone(sweep), demand, pending, theory }
    }

    /// The number of tasks that are left, as far as verdicts have called for them.
    pub(super) fn left(&self) -> u64 {
        self.pending.len() as u64 - self.theory.left()
    }

    /// The tasks that the verdict on one calls for.
    pub(super) fn after(&mut self, task: u32, verdict: Verdict) -> Vec<Pending> {
        let Item::Task(task) = Item::of(task, &self.sweep) else { return Vec::new() };
        let called_for = self.demand.as_mut().map(|demand| demand.decide(task, verdict));
        with_costs(&self.sweep, called_for.unwrap_or_default())
    }

    /// The number of tasks that the sweep has, as far as verdicts have called for them.
    pub(super) fn tasks(&self) -> u64 {
        self.demand.as_ref().map_or(self.sweep.tasks() as u64, Demand::tasks)
    }

    /// How many tasks more verdicts may call for, and their expected seconds.
    pub(super) fn reserve(&self) -> (u64, f64) {
        let of_points = self.demand.iter().flat_map(Demand::reserve).enumerate().filter(|(_, count)| *count > 0);
        of_points.fold((0, 0.0), |(tasks, seconds), (point, count)| {
            let of_one = self.sweep.expected_seconds(self.sweep.task(point, 0));
            (tasks + u64::from(count), seconds + of_one * f64::from(count))
        })
    }
}

fn with_costs(sweep: &Sweep, tasks: Vec<Task>) -> Vec<Pending> {
    tasks.into_iter().map(|task| with_cost(sweep, task)).collect()
}

fn with_cost(sweep: &Sweep, task: Task) -> Pending {
    Pending { seconds: sweep.expected_seconds(task) as f32, task: task.0 }
}
