//! What one computing thread has in hand, for others to look at.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A task is slow if it takes this many times as long as expected.
const SLOW: f64 = 10.0;
/// And no less than this.
const LEAST_SLOW: Duration = Duration::from_secs(2);

/// A task is ended once, by its own thread or by another.
#[derive(Default)]
pub(super) struct Seat(Mutex<Option<Taken>>);

struct Taken {
    task: u32,
    since: Instant,
    /// After this long the task is slow.
    slow_after: Duration,
}

impl Seat {
    /// A task has been started that is expected to take this many seconds.
    pub(super) fn take(&self, task: u32, since: Instant, expected: f64) {
        let slow_after = Duration::try_from_secs_f64(SLOW * expected).unwrap_or(Duration::MAX).max(LEAST_SLOW);
        *self.lock() = Some(Taken { task, since, slow_after });
    }

    /// The task has been computed; whether it had not been ended before.
    pub(super) fn leave(&self) -> bool {
        self.lock().take().is_some()
    }

    /// Ends the task from outside if it has taken longer than this.
    pub(super) fn leave_after(&self, limit: Duration) -> Option<u32> {
        self.lock().take_if(|taken| taken.since.elapsed() > limit).map(|taken| taken.task)
    }

    /// The task, if it takes much longer than expected.
    pub(super) fn slow_task(&self) -> Option<u32> {
        self.lock().as_ref().filter(|taken| taken.since.elapsed() > taken.slow_after).map(|taken| taken.task)
    }

    /// The task with its start.
    pub(super) fn in_hand(&self) -> Option<(u32, Instant)> {
        self.lock().as_ref().map(|taken| (taken.task, taken.since))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_ends_once() {
        let seat = Seat::default();
        let begun = |ago: u64| Instant::now().checked_sub(Duration::from_secs(ago)).unwrap();
        assert!(!seat.leave());
        seat.take(7, begun(10), 0.1);
        assert_eq!(seat.slow_task(), Some(7));
        assert_eq!(seat.in_hand().map(|(task, _)| task), Some(7));
        assert_eq!(seat.leave_after(Duration::from_secs(11)), None);
        assert_eq!(seat.leave_after(Duration::from_secs(9)), Some(7));
        assert_eq!(seat.leave_after(Duration::from_secs(9)), None);
        assert!(!seat.leave(), "too late");
        seat.take(8, begun(10), 2.0);
        assert_eq!(seat.slow_task(), None, "ten times two seconds are not over");
        assert!(seat.leave());
    }
}
