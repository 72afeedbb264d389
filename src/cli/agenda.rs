//! What is left to compute of a sweep: its theory, and its tasks, which are known from the start or, with a precision,
//! are added by verdicts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;

use super::item::Item;
use crate::experiment::TaskFailure;
use crate::results::Found;
use crate::schedule::{Manner, Pending, Tasks};
use crate::store::run_record::TheoryCounts;
use crate::sweep::{Demand, Identities, Sweep, Task, Verdict};

/// Which failures are computed again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Retry {
    /// All of them.
    pub(super) failed: bool,
    /// What a task may take now: one that failed at a lower limit is computed again.
    pub(super) task_time_limit: Option<Duration>,
}

impl Retry {
    fn is_retried(self, failure: &TaskFailure) -> bool {
        let is_longer = |earlier: Duration| self.task_time_limit.is_none_or(|now| now > earlier);
        self.failed || failure.time_limit().is_some_and(is_longer)
    }
}

/// What the records in the directory of a sweep leave to do.
pub(super) struct Agenda {
    sweep: Arc<Sweep>,
    /// How to compute what was in hand when earlier processes were killed.
    suspects: HashMap<u32, Manner>,
    demand: Option<Demand>,
    /// What is to be computed at once. Tasks in their order, then theory cells.
    pub(super) pending: Vec<Pending>,
    /// Where the theory stands.
    pub(super) theory: TheoryCounts,
}

impl Agenda {
    /// Some failures count as not computed.
    pub(super) fn new(sweep: &Arc<Sweep>, identities: &Identities, found: &Found, retry: Retry) -> Self {
        let demand = sweep.precision.map(|precision| {
            let is_retried = |task| found.failure(task).is_some_and(|failure| retry.is_retried(failure));
            Demand::new(sweep, precision, |task| found.verdict(task).filter(|_| !is_retried(task)))
        });
        let mut pending = match &demand {
            None => found.missing(|failure| retry.is_retried(failure)).map(|task| with_cost(sweep, task)).collect(),
            Some(demand) => with_costs(sweep, demand.pending()),
        };
        let (cells, theory) = found.theory.missing(|failure| retry.is_retried(failure));
        pending.extend(cells.into_iter().map(|cell| {
            let seconds = found.theory.cells.cost(cell).seconds as f32;
            Pending { seconds, task: Item::Theory(cell).number(sweep) }
        }));
        let suspects = suspects(sweep, identities, found);
        Self { sweep: Arc::clone(sweep), suspects, demand, pending, theory }
    }

    /// Takes what is to be computed at once, apart from it what was in hand when earlier processes were killed.
    pub(super) fn take(&mut self) -> Tasks {
        let pending = std::mem::take(&mut self.pending);
        self.sorted(pending)
    }

    fn sorted(&self, pending: Vec<Pending>) -> Tasks {
        if self.suspects.is_empty() {
            return Tasks { all: pending, suspects: BTreeMap::new() };
        }
        let mut tasks = Tasks::default();
        for task in pending {
            match self.suspects.get(&task.task) {
                None => tasks.all.push(task),
                Some(manner) => tasks.suspects.entry(*manner).or_default().push(task),
            }
        }
        tasks
    }

    /// Leaves only a part of what is to be computed; theory cells outside it do not belong to this run.
    pub(super) fn restrict(&mut self, part: Vec<Pending>) {
        let cells = |pending: &[Pending]| {
            pending.iter().filter(|task| matches!(Item::of(task.task, &self.sweep), Item::Theory(_))).count() as u64
        };
        self.theory.cells -= cells(&self.pending) - cells(&part);
        self.pending = part;
    }

    /// The number of tasks that are left, including those that verdicts have added so far.
    pub(super) fn left(&self) -> u64 {
        self.pending.len() as u64 - self.theory.left()
    }

    /// The tasks that the verdict on one calls for.
    pub(super) fn after(&mut self, task: u32, verdict: Verdict) -> Tasks {
        let Item::Task(task) = Item::of(task, &self.sweep) else { return Tasks::default() };
        let called_for = self.demand.as_mut().map(|demand| demand.decide(task, verdict));
        self.sorted(with_costs(&self.sweep, called_for.unwrap_or_default()))
    }

    /// The number of tasks of the sweep, including those that verdicts have added so far.
    pub(super) fn tasks(&self) -> u64 {
        self.demand.as_ref().map_or(self.sweep.tasks() as u64, Demand::tasks)
    }

    /// How many more tasks verdicts may add, and their expected seconds.
    pub(super) fn reserve(&self) -> (u64, f64) {
        let of_points = self.demand.iter().flat_map(Demand::reserve).enumerate().filter(|(_, count)| *count > 0);
        of_points.fold((0, 0.0), |(tasks, seconds), (point, count)| {
            let of_one = self.sweep.expected_seconds(self.sweep.task(point, 0));
            (tasks + u64::from(count), seconds + of_one * f64::from(count))
        })
    }
}

/// How to compute each task or cell that was in hand when an earlier process was killed.
fn suspects(sweep: &Arc<Sweep>, identities: &Identities, found: &Found) -> HashMap<u32, Manner> {
    let suspects = found.suspects();
    if suspects.is_empty() {
        return HashMap::new();
    }
    let cells = &found.theory.cells;
    let deaths = |number| {
        let item = Item::of(number, sweep).name(identities, cells);
        Some((number, manner(suspects.deaths(&item)?)))
    };
    let numbers = 0..(sweep.tasks() + cells.len()) as u32;
    numbers.into_par_iter().filter_map(deaths).collect()
}

/// How to compute what may have caused this many deaths. One death leaves many suspects, most of whom are innocent:
/// they stay side by side.
fn manner(deaths: usize) -> Manner {
    match deaths {
        0 | 1 => Manner::Late,
        2 => Manner::AloneOnRank,
        _ => Manner::AloneInRun,
    }
}

fn with_costs(sweep: &Sweep, tasks: Vec<Task>) -> Vec<Pending> {
    tasks.into_iter().map(|task| with_cost(sweep, task)).collect()
}

fn with_cost(sweep: &Sweep, task: Task) -> Pending {
    Pending { seconds: sweep.expected_seconds(task) as f32, task: task.0 }
}
