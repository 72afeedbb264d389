//! What may go wrong, and how often.

use std::time::Duration;

use crate::random::RandomStream;

/// Something that happens to processes or to the whole machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    Kill(usize),
    Freeze(usize),
    Thaw(usize),
    /// A signal asks for a stop.
    Interrupt(usize),
    /// All processes end, and the disk has what was synced, and some of the rest.
    PowerCut,
}

/// The chances of each call to fail, and how slow calls are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rates {
    /// Any call to the disk.
    pub(crate) input_output_error: f64,
    /// A write, while the disk is full.
    pub(crate) no_space: f64,
    /// A sync fails, and the next one succeeds without the data.
    pub(crate) failed_sync: f64,
    pub(crate) failed_rename: f64,
    /// The process stands still in the middle of a call.
    pub(crate) standstill: f64,
    /// A write goes to another place, where it is well-formed.
    pub(crate) misdirected: f64,
    /// A page that was being written when the power went has a bad sector.
    pub(crate) bad_sectors: f64,
    /// The power is cut just after a file has been cut, before that is synced.
    pub(crate) cut_at_truncation: f64,
    /// A call takes up to this long.
    pub(crate) slow: f64,
    pub(crate) slowest: Duration,
    /// A message takes up to so long, and arrives twice.
    pub(crate) slow_message: f64,
    pub(crate) slowest_message: Duration,
    pub(crate) twice: f64,
    /// How long a thread sleeps that wants to sleep for a shorter time.
    pub(crate) least_sleep: Duration,
}

/// Thousands of histories of minutes are simulated; whoever looked every millisecond would take most of the time.
const USUAL_SLEEP: Duration = Duration::from_millis(60);

impl Rates {
    /// Nothing goes wrong.
    pub(crate) fn none() -> Self {
        Self {
            input_output_error: 0.0,
            no_space: 0.0,
            failed_sync: 0.0,
            failed_rename: 0.0,
            standstill: 0.0,
            misdirected: 0.0,
            bad_sectors: 0.0,
            cut_at_truncation: 0.0,
            slow: 0.0,
            slowest: Duration::ZERO,
            slow_message: 0.0,
            slowest_message: Duration::ZERO,
            twice: 0.0,
            least_sleep: USUAL_SLEEP,
        }
    }

    /// Each kind of fault is absent in half of the histories, and otherwise more or less frequent.
    pub(crate) fn drawn(random: &mut RandomStream) -> Self {
        let mut rate = |most: f64| if random.bernoulli(0.5) { 0.0 } else { most * random.uniform().powi(3) };
        Self {
            input_output_error: rate(0.02),
            no_space: rate(0.2),
            failed_sync: rate(0.05),
            failed_rename: rate(0.05),
            standstill: rate(0.03),
            misdirected: rate(0.01),
            bad_sectors: rate(1.0).cbrt(),
            cut_at_truncation: rate(1.0).cbrt(),
            slow: rate(0.05),
            slowest: Duration::from_secs_f64(rate(20.0)),
            slow_message: rate(0.2),
            slowest_message: Duration::from_secs_f64(rate(5.0)),
            twice: rate(0.1),
            least_sleep: USUAL_SLEEP,
        }
    }

    /// How long a call takes.
    pub(super) fn call_time(&self, random: &mut RandomStream) -> Duration {
        let usual = Duration::from_micros(20).mul_f64(random.uniform());
        if self.slow > 0.0 && random.bernoulli(self.slow) { self.slowest.mul_f64(random.uniform()) } else { usual }
    }

    /// How long a message takes.
    pub(super) fn message_time(&self, random: &mut RandomStream) -> Duration {
        let usual = Duration::from_micros(50).mul_f64(random.uniform());
        match self.slow_message > 0.0 && random.bernoulli(self.slow_message) {
            true => self.slowest_message.mul_f64(random.uniform()),
            false => usual,
        }
    }
}
