//! What is left to compute of a sweep: known from the start, or, with a precision, as outcomes call for it.

use std::sync::Arc;

use crate::schedule::Verdict;
use crate::store::Contents;
use crate::sweep::{Demand, Identities, Sweep, Task, Trial};

/// The tasks of a sweep that the records in its directory leave to do.
pub struct Agenda {
    sweep: Arc<Sweep>,
    demand: Option<Demand>,
    /// Expected seconds and task.
    pub pending: Vec<(f32, u32)>,
}

impl Agenda {
    pub fn new(sweep: &Arc<Sweep>, identities: &Identities, contents: &Contents, retry_failed: bool) -> Self {
        let demand = sweep.precision.map(|precision| contents.demand(sweep, precision, identities, retry_failed));
        let pending = match &demand {
            None => contents.pending(sweep, identities, retry_failed),
            Some(demand) => with_costs(sweep, demand.pending()),
        };
        Self { sweep: Arc::clone(sweep), demand, pending }
    }

    /// The tasks that the verdict on one calls for.
    pub fn after(&mut self, task: u32, verdict: Verdict) -> Vec<(f32, u32)> {
        let trial = match verdict {
            Verdict::Done(value) => Trial::Value(value),
            Verdict::Failed => Trial::Failed,
        };
        let called_for = self.demand.as_mut().map(|demand| demand.decide(Task(task), trial));
        with_costs(&self.sweep, called_for.unwrap_or_default())
    }

    /// The number of tasks that the sweep has, as far as outcomes have called for them.
    pub fn tasks(&self) -> u64 {
        self.demand.as_ref().map_or(self.sweep.tasks() as u64, Demand::tasks)
    }

    /// How many tasks more outcomes may call for, and their expected seconds.
    pub fn reserve(&self) -> (u64, f64) {
        let of_points = self.demand.iter().flat_map(Demand::reserve).enumerate().filter(|(_, count)| *count > 0);
        of_points.fold((0, 0.0), |(tasks, seconds), (point, count)| {
            let of_one = self.sweep.expected_seconds(self.sweep.task(point, 0));
            (tasks + u64::from(count), seconds + of_one * f64::from(count))
        })
    }
}

fn with_costs(sweep: &Sweep, tasks: Vec<Task>) -> Vec<(f32, u32)> {
    tasks.into_iter().map(|task| (sweep.expected_seconds(task) as f32, task.0)).collect()
}
