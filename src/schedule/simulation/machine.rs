//! A virtual machine, and the tasks that it computes.

use std::time::Duration;

use crate::schedule::LOOK_INTERVAL;

/// What the kernel adds to a sleep.
const SLEEP_OVERHEAD: Duration = Duration::from_micros(60);
/// Between two looks of a rank that has nothing to do.
pub(super) const LOOK: Duration = LOOK_INTERVAL.saturating_add(SLEEP_OVERHEAD);
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
    /// One rank with one thread; a usual cluster network; what `benches/leader.rs` has measured for a message.
    fn default() -> Self {
        Self {
            ranks: 1,
            threads: 1,
            latency: Duration::from_micros(20),
            bandwidth: 1e9,
            message_cost: Duration::from_micros(4),
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

/// When whoever fell asleep at one time looks for the first time from another one on.
pub(super) fn looked(asleep: Duration, from: Duration) -> Duration {
    let looks = from.saturating_sub(asleep).as_nanos().div_ceil(LOOK.as_nanos());
    asleep + Duration::from_nanos((looks * LOOK.as_nanos()) as u64)
}
