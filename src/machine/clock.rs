//! Clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use super::or_simulated;

/// A moment on a clock that never goes back and does not count while the machine sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Duration);

impl Moment {
    /// This moment.
    pub(crate) fn now() -> Self {
        or_simulated!(machine => Self(machine.now()));
        Self(read(ClockId::Monotonic))
    }

    /// The time since then.
    pub(crate) fn elapsed(self) -> Duration {
        Self::now().since(self)
    }

    /// The time from an earlier moment to this one; nothing if that one was later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment so much later; none if it lies beyond what clocks can tell.
    pub(crate) fn checked_add(self, time: Duration) -> Option<Self> {
        self.0.checked_add(time).map(Self)
    }
}

/// Since the boot, including the time that the machine slept.
pub(crate) fn since_boot() -> Duration {
    or_simulated!(machine => machine.now());
    read(ClockId::Boottime)
}

/// The time of day, for people.
pub(crate) fn today() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs_f64(since_1970().max(0.0))
}

/// Seconds since 1970.
pub(crate) fn since_1970() -> f64 {
    or_simulated!(machine => 1.8e9 + machine.now().as_secs_f64());
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
