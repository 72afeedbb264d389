//! A virtual machine, and the tasks that it computes.

use std::time::Duration;

use crate::schedule::looks::{LONGEST, SHORTEST, pause};

/// What the kernel adds to a sleep.
const SLEEP_OVERHEAD: Duration = Duration::from_micros(60);
/// Between two looks while there are news.
pub(super) const LOOK: Duration = SHORTEST.saturating_add(SLEEP_OVERHEAD);

/// A virtual machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// The number of ranks.
    pub ranks: usize,
    /// Computing threads of each rank.
    pub threads: usize,
    /// From one rank to another.
    pub latency: Duration,
    /// Bytes per second, from one rank to another.
    pub bandwidth: f64,
    /// What it takes rank 0 to hear a message, or to send one.
    pub message_cost: Duration,
}

impl Default for Machine {
    /// One rank with one thread; a usual cluster network; what `benches/leader.rs` has measured for a message of
    /// 8 ranks.
    fn default() -> Self {
        Self {
            ranks: 1,
            threads: 1,
            latency: Duration::from_micros(20),
            bandwidth: 1e9,
            message_cost: Duration::from_micros(8),
        }
    }
}

/// A task of a simulation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VirtualTask {
    /// What the scheduler expects, in seconds on one thread.
    pub expected: f32,
    /// What it takes.
    pub seconds: f32,
}

/// When a thread that looked at one time, and had its last news at or before it, looks for the first time from another
/// time on.
pub(super) fn looked(last: Duration, news: Duration, from: Duration) -> Duration {
    let mut look = last;
    while look < from {
        let pause = pause(look.saturating_sub(news));
        let step = pause + SLEEP_OVERHEAD;
        // The longest pause is followed by others like it.
        let steps = if pause == LONGEST { (from - look).as_nanos().div_ceil(step.as_nanos()) as u32 } else { 1 };
        look += step * steps;
    }
    look
}
