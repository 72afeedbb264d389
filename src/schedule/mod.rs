//! Spreads tasks over ranks and threads: longest first, in batches that shrink towards the end.
//!
//! Knows numbers and expected seconds, nothing of models or files. Whether a number means a task or a theory cell, it
//! is called a task here; only counts distinguish the two kinds. Rank 0 leads and computes too; every rank has one
//! thread that talks (and sleeps between looks: a blocking wait burns a core) and a pool of threads that compute.
//!
//! What is decided is decided by state machines without clocks, threads or MPI: the leader and the follower
//! take in messages and the time, and return messages; the crew is what threads share. `drive/`, `pool.rs`,
//! `transport.rs`, `mpi.rs` and `launch.rs` connect them to the real world, `simulation/` to a virtual one.
//!
//! The list of tasks may be open-ended: verdicts add further tasks. Ranks then report the verdict on each task to rank
//! 0, and rank 0 asks the author of the list what follows. Ranks that find nothing to do wait until everything is done,
//! because others may come to a standstill, and their tasks need somebody to compute them.
//!
//! Tasks that may have been the death of an earlier process come after everything else (`Manner`). A task that takes
//! longer than it may is given up (`Pool::look`).

mod awake;
mod crew;
mod drive;
mod follower;
mod leader;
mod looks;
mod message;
mod pool;
mod queue;
mod roll_call;
pub mod simulation;
mod transport;

#[cfg(feature = "mpi")]
mod mpi;

pub(crate) mod launch;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use drive::{Led, Orphaned, Witness, follow, lead};
pub(crate) use follower::ORPHANED;
pub(crate) use leader::Tasks;
pub(crate) use message::{Message, Timed, Usage};
pub(crate) use pool::Pool;
pub(crate) use queue::Pending;
use roll_call::RollCall;
pub(crate) use transport::{Alone, Transport, ask, attended, passed_on_to};

use crate::sweep::Verdict;

/// What a computing thread does with a task number.
pub(crate) trait Work: Send + Sync {
    /// Expected seconds on one thread, before calibration by measured times.
    fn expected_seconds(&self, task: u32) -> f64;

    /// Computes the task and, if it `is_wanted` still, makes its outcome safe. That is asked once, before anything is
    /// kept; if the answer is no, there is no verdict.
    ///
    /// # Errors
    /// The outcome cannot be kept (a full disk, say), so that going on makes no sense.
    fn compute(&self, task: u32, is_wanted: &dyn Fn() -> bool) -> Option<Result<Verdict, String>>;

    /// Records that the task has taken longer than the limit.
    ///
    /// # Errors
    /// As [`Work::compute`].
    fn give_up(&self, task: u32, limit: Duration) -> Result<Verdict, String>;

    /// The meaning of a number.
    fn kind(&self, task: u32) -> Kind;

    /// Whether verdicts may call for further tasks, so that rank 0 has to hear them all.
    fn is_open_ended(&self) -> bool;
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A task of the sweep.
    Task,
    /// A cell of its theory.
    Theory,
}

/// How many of one kind have been computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub done: u64,
    pub failed: u64,
}

impl Finished {
    /// All of them.
    pub(crate) fn all(self) -> u64 {
        self.done + self.failed
    }
}

impl std::ops::Add for Finished {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { done: self.done + other.done, failed: self.failed + other.failed }
    }
}

/// When to stop before everything is done.
#[derive(Clone)]
pub(crate) struct Limits {
    /// How long tasks in hand may continue once the run is to stop.
    pub grace: Duration,
    /// Stop once this many tasks have failed.
    pub maximum_failures: Option<u64>,
    /// Set by a signal.
    pub interrupted: Arc<AtomicBool>,
}

/// How tasks are computed. Those that may be the death of their process come after everything else, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Manner {
    /// Side by side.
    Together,
    /// Side by side too, after all others.
    Late,
    /// With nothing else in hand on their rank.
    AloneOnRank,
    /// With nothing else in hand in the whole run.
    AloneInRun,
}

/// How a run came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ending {
    /// Every task has been computed.
    Complete,
    Interrupted,
    TimeLimit,
    TooManyFailures,
    /// Some tasks are given to no rank any more: one has ended the process of its rank, or several ranks that had it in
    /// hand have come to a standstill.
    Standstill,
    /// Outcomes could not be kept, for this reason.
    Broken(String),
}

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    /// Tasks and cells of this run, as far as they are known, and their expected seconds on one thread.
    pub total: u64,
    pub expected_total: f64,
    pub tasks: Finished,
    pub theory: Finished,
    /// Given to a rank and not finished.
    pub in_hand: u64,
    pub expected_finished: f64,
    /// Measured over expected seconds of the finished tasks.
    pub calibration: f64,
    pub threads: u64,
    /// Whether more tasks may be called for.
    pub may_grow: bool,
    /// Tasks that take more than ten times as long as expected, each with its rank.
    pub slow: Vec<(usize, u32)>,
    /// What has been in hand for longest, with its rank and its time in hand.
    pub oldest: Option<(usize, Timed)>,
    /// What took longest of all that has been computed, with its rank.
    pub slowest: Option<(usize, Timed)>,
    /// Ranks that have given no sign of life for a minute, each with how long; for 10 s while the run is stopping, or
    /// if a task has ended the process of the rank.
    pub silent: Vec<(usize, Duration)>,
    /// Why the run is stopping, if it is.
    pub draining: Option<Draining>,
}

/// A run that starts nothing more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draining {
    pub reason: Ending,
    /// Tasks that were being computed when it began.
    pub in_hand: u64,
}

#[cfg(test)]
mod tests;
