//! What ranks say to each other.
//!
//! A run has phases, and every message belongs to one of them; rank 0 opens each phase (`Setup`, `Begin`, `Close`,
//! `Goodbye`) when the one before is over on all ranks. So no message can arrive at a rank that does not wait for it.

use serde::{Deserialize, Serialize};

use super::Finished;
use crate::sweep::Verdict;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Message {
    /// A rank introduces itself to rank 0: its host, and the processors it may run on.
    Hello { host: String, processors: String },
    /// Rank 0 tells one rank how the run is set up; the verb that runs knows what the text means.
    Setup(String),
    /// A rank is ready to compute with this many threads, or cannot, for this reason.
    Ready(Result<u64, String>),
    /// Every rank is ready: ask for work.
    Begin,
    /// Rank 0 gives work.
    Tasks(Vec<u32>),
    /// Rank 0 has no more work; what is in hand is still wanted.
    NoMore,
    /// Stop: start nothing, finish what runs within the grace time.
    Drain,
    /// What a rank has done so far.
    Account(Account),
    /// What has become of tasks, if further ones may depend on it.
    Verdicts(Vec<(u32, Verdict)>),
    /// Every rank has stopped computing: make the outcomes durable.
    Close,
    /// A rank has made its outcomes durable, or failed to.
    Closed(Result<Usage, String>),
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

/// What a rank has done since the start of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub tasks: Finished,
    pub theory: Finished,
    /// Given to this rank but not started: the run stops, or the task did not fit the time left.
    pub skipped: u64,
    pub expected_finished: f64,
    pub measured: f64,
    /// Threads without work, if more tasks are wanted now.
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
