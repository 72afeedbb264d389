//! Time that a process has been awake.

use std::time::Duration;

/// Whoever looks at a clock this long after the last time has stood still in between.
const STANDSTILL: Duration = Duration::from_secs(1);

/// A clock that does not count while its owner stands still, so that whoever wakes up does not take the others for
/// dead: it has not heard them because it could not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Awake {
    last: Duration,
    awake: Duration,
}

impl Awake {
    pub(super) fn new(now: Duration) -> Self {
        Self { last: now, awake: now }
    }

    /// Notes that the owner is awake; the time on this clock.
    pub(super) fn at(&mut self, now: Duration) -> Duration {
        self.awake += now.saturating_sub(self.last).min(STANDSTILL);
        self.last = self.last.max(now);
        self.awake
    }

    /// The time on this clock when it was last looked at.
    pub(super) fn when_last_seen(&self) -> Duration {
        self.awake
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standstill_does_not_count() {
        let seconds = Duration::from_secs;
        let mut awake = Awake::new(seconds(10));
        assert_eq!(awake.at(seconds(10) + Duration::from_millis(500)), Duration::from_millis(10_500));
        assert_eq!(awake.at(seconds(100)), Duration::from_millis(11_500));
        assert_eq!(awake.at(seconds(99)), Duration::from_millis(11_500));
        assert_eq!(
            (awake.at(seconds(101)), awake.when_last_seen()),
            (Duration::from_millis(12_500), Duration::from_millis(12_500))
        );
    }
}
