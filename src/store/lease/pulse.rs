//! Whether a holder's own beats came often enough. Knows no clock.

use std::time::Duration;

/// A holder whose beats lay further apart has lost its lease: others may think it dead.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// When a holder last beat, on a clock that also counts while the machine sleeps, and why it lost its lease.
#[derive(Debug)]
pub(super) struct Pulse {
    last: Duration,
    /// Why the last attempt failed, if it did.
    trouble: Option<String>,
    lost: Option<String>,
}

impl Pulse {
    pub(super) fn new(now: Duration) -> Self {
        Self { last: now, trouble: None, lost: None }
    }

    /// Why the lease is lost at this time, if it is; once lost, it stays so.
    pub(super) fn lost_at(&mut self, now: Duration) -> Option<&str> {
        if self.lost.is_none() && now.saturating_sub(self.last) > LONGEST_PAUSE {
            let pause = now.saturating_sub(self.last).as_secs();
            self.lost = Some(match &self.trouble {
                Some(trouble) => format!("it could not be renewed for {pause} s ({trouble})"),
                None => format!("it was not renewed for {pause} s; this process or the disk stood still"),
            });
        }
        self.lost.as_deref()
    }

    pub(super) fn lose(&mut self, why: String) {
        self.lost.get_or_insert(why);
    }

    /// A beat that began at this time is on the disk.
    pub(super) fn beat(&mut self, began: Duration) {
        self.last = self.last.max(began);
        self.trouble = None;
    }

    pub(super) fn failed(&mut self, trouble: String) {
        self.trouble = Some(trouble);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_pause_of_more_than_30_s_loses_the_lease_for_good() {
        let mut pulse = Pulse::new(seconds(100));
        pulse.beat(seconds(101));
        assert_eq!(pulse.lost_at(seconds(131)), None);
        let why = pulse.lost_at(seconds(132)).unwrap().to_string();
        assert!(why.contains("not renewed for 31 s"), "{why}");
        pulse.beat(seconds(132));
        assert_eq!(pulse.lost_at(seconds(132)), Some(why.as_str()));
    }

    #[test]
    fn beats_that_fail_lose_it_after_30_s_and_one_that_succeeds_in_time_keeps_it() {
        let mut pulse = Pulse::new(seconds(0));
        (1..30).for_each(|_| pulse.failed("no room".into()));
        assert_eq!(pulse.lost_at(seconds(30)), None);
        pulse.beat(seconds(30));
        assert_eq!(pulse.lost_at(seconds(60)), None);
        pulse.failed("no room".into());
        assert!(pulse.lost_at(seconds(61)).unwrap().contains("no room"));
    }

    #[test]
    fn a_beat_counts_from_when_it_began() {
        let mut pulse = Pulse::new(seconds(0));
        pulse.beat(seconds(1));
        // It took 31 s.
        assert!(pulse.lost_at(seconds(32)).is_some());
    }

    #[test]
    fn the_first_reason_stays() {
        let mut pulse = Pulse::new(seconds(0));
        pulse.lose("the file is gone".into());
        pulse.lose("another".into());
        assert_eq!(pulse.lost_at(seconds(99)), Some("the file is gone"));
    }
}
