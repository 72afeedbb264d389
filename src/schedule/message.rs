//! What ranks say to each other.
//!
//! A run has phases, and rank 0 opens each of them (`Setup`, `Begin`, `Close`, `Goodbye`) when the one before is over
//! on all ranks that still answer. Whoever has nothing to say for a while says that it is there, so that both sides
//! know when the other has come to a standstill.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Finished;
use crate::sweep::Verdict;

/// Whoever has said nothing for this long gives a sign of life.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// After so long without a sign of life something is wrong with the other side: its journal may say that it is dead.
pub(super) const FALLEN_SILENT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Message {
    /// A rank introduces itself to rank 0: its host, and the processors it may run on.
    Hello { host: String, processors: String },
    /// How the run is set up, from rank 0 and passed on; the verb that runs knows what the text means.
    Setup(String),
    /// A rank is ready to compute with this many threads, or cannot, for this reason.
    Ready(Result<u64, String>),
    /// Every rank is ready: ask for work.
    Begin,
    /// Work from rank 0. `number` counts these messages to this rank, from 1.
    Tasks { number: u64, tasks: Vec<u32> },
    /// Start nothing more; finish what runs within the grace time. Either the run is to stop, or all is done.
    Stop,
    /// What a rank has done so far.
    Account(Account),
    /// Every rank has stopped computing: make the outcomes durable.
    Close,
    /// A rank has made its outcomes durable, or failed to.
    Closed(Result<Usage, String>),
    /// The sender is there, and has nothing else to say.
    Here,
    /// Rank 0 is done, or gives up: leave.
    Goodbye,
}

/// What a rank has used of its machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// The most memory that it ever had, in bytes.
    pub peak_memory: u64,
    /// On all processors together.
    pub cpu_seconds: f64,
}

/// A task with a time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Timed {
    pub task: u32,
    pub seconds: f64,
}

/// Counts that only grow. Times are whole nanoseconds, which add up exactly in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub tasks: Finished,
    pub theory: Finished,
    /// Given but not computed: the run stops, or the task did not fit the time left.
    pub skipped: u64,
    /// What the finished ones were expected to take.
    pub expected: u64,
    /// What they took.
    pub measured: u64,
}

impl Counts {
    /// What has been computed, of both kinds.
    pub(super) fn finished(&self) -> u64 {
        self.tasks.all() + self.theory.all()
    }

    /// What is not in hand any more.
    pub(super) fn settled(&self) -> u64 {
        self.finished() + self.skipped
    }

    /// Measured over expected time; 1 as long as nothing has been measured.
    pub(super) fn calibration(&self) -> f64 {
        if self.measured > 0 && self.expected > 0 { self.measured as f64 / self.expected as f64 } else { 1.0 }
    }

    /// Adds what has been counted since an earlier time.
    pub(super) fn add_since(&mut self, earlier: &Self, now: &Self) {
        let add = |sum: &mut u64, earlier: u64, now: u64| *sum += now.saturating_sub(earlier);
        add(&mut self.tasks.done, earlier.tasks.done, now.tasks.done);
        add(&mut self.tasks.failed, earlier.tasks.failed, now.tasks.failed);
        add(&mut self.theory.done, earlier.theory.done, now.theory.done);
        add(&mut self.theory.failed, earlier.theory.failed, now.theory.failed);
        add(&mut self.skipped, earlier.skipped, now.skipped);
        add(&mut self.expected, earlier.expected, now.expected);
        add(&mut self.measured, earlier.measured, now.measured);
    }
}

/// What a rank has done since the start of the run, with the verdicts since its last account.
///
/// One message has all of it, so that rank 0 knows exactly what a rank has left when it falls silent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    /// The first one is 1. One that is not new is a copy.
    pub number: u64,
    pub counts: Counts,
    /// How many tasks its threads have taken of those given, in their order.
    pub taken: u64,
    /// Those of them that are being computed.
    pub running: Vec<u32>,
    /// What has become of tasks, if further ones may depend on it.
    pub verdicts: Vec<(u32, Verdict)>,
    /// Threads without work, if more tasks are wanted now; 0 if one will be without work soon.
    pub wants: Option<u64>,
    /// Tasks that take much longer than expected.
    pub slow: Vec<u32>,
    /// What has been in hand for longest, with the time of its start since that of the rank's threads: it stays the
    /// same as long as the task is in hand.
    pub oldest: Option<Timed>,
    /// What took longest of all that has been computed.
    pub slowest: Option<Timed>,
    /// This rank has been told to stop by a signal that it received.
    pub interrupted: bool,
    /// Outcomes cannot be kept.
    pub broken: Option<String>,
    /// Nothing is in hand, or the grace time is over: the rank computes no more.
    pub finished: bool,
}
