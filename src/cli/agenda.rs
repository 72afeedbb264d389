//! What is left to compute of a sweep: known from the start, or, with a precision, as verdicts call for it.

use std::sync::Arc;

use rayon::prelude::*;

use crate::experiment::Outcome;
use crate::results;
use crate::schedule::Pending;
use crate::store::Contents;
use crate::sweep::{Demand, Identities, Precision, Sweep, Task, Verdict};

/// Tasks looked up together.
const LOOK_UPS: usize = 1024;

/// The tasks of a sweep that the records in its directory leave to do. Public for `benches/dispatch.rs`.
pub struct Agenda {
    sweep: Arc<Sweep>,
    demand: Option<Demand>,
    /// In task order.
    pub pending: Vec<Pending>,
}

impl Agenda {
    /// `retry_failed` counts failed tasks as not computed.
    pub fn new(sweep: &Arc<Sweep>, identities: &Identities, contents: &Contents, retry_failed: bool) -> Self {
        let demand = sweep.precision.map(|precision| demand(contents, sweep, precision, identities, retry_failed));
        let pending = match &demand {
            None => pending(contents, sweep, identities, retry_failed),
            Some(demand) => with_costs(sweep, demand.pending()),
        };
        Self { sweep: Arc::clone(sweep), demand, pending }
    }

    /// The tasks that the verdict on one calls for.
    pub(super) fn after(&mut self, task: u32, verdict: Verdict) -> Vec<Pending> {
        let called_for = self.demand.as_mut().map(|demand| demand.decide(Task(task), verdict));
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

/// What a sweep with a precision still calls for.
fn demand(
    contents: &Contents,
    sweep: &Arc<Sweep>,
    precision: Precision,
    identities: &Identities,
    retry_failed: bool,
) -> Demand {
    let is_retried = |verdict: &Verdict| retry_failed && *verdict == Verdict::Failed;
    let known = |task| results::verdict(contents, precision, identities, task).filter(|verdict| !is_retried(verdict));
    Demand::new(sweep, precision, known)
}

/// The tasks of a sweep with a fixed number of replicates that have no outcome in the records.
fn pending(contents: &Contents, sweep: &Sweep, identities: &Identities, retry_failed: bool) -> Vec<Pending> {
    let is_pending = |digest: &[u8; 32]| match contents.outcomes.get(digest) {
        None => true,
        Some(Outcome::Failed(_)) => retry_failed,
        Some(Outcome::Done(_)) => false,
    };
    let pending_of = |tasks: Vec<u32>| {
        // First all digests, then all look-ups: their waits for memory overlap.
        let digests: Vec<[u8; 32]> = tasks.iter().map(|task| identities.digest(Task(*task))).collect();
        let pending: Vec<bool> = digests.iter().map(is_pending).collect();
        tasks.into_iter().zip(pending).filter_map(|(task, pending)| pending.then_some(task)).collect::<Vec<u32>>()
    };
    let tasks = (0..sweep.tasks() as u32).into_par_iter().chunks(LOOK_UPS).flat_map_iter(pending_of);
    tasks.map(|task| with_cost(sweep, Task(task))).collect()
}

fn with_costs(sweep: &Sweep, tasks: Vec<Task>) -> Vec<Pending> {
    tasks.into_iter().map(|task| with_cost(sweep, task)).collect()
}

fn with_cost(sweep: &Sweep, task: Task) -> Pending {
    Pending { seconds: sweep.expected_seconds(task) as f32, task: task.0 }
}
