//! When a run will have ended, as far as its past tells.

use std::collections::VecDeque;

/// The recent past is the last third of a run, and at least so many seconds.
const RECENT_SHARE: f64 = 1.0 / 3.0;
const LEAST_RECENT: f64 = 10.0;
/// So many marks are kept; beyond that every second one is given up.
const MOST_MARKS: usize = 256;

/// How far the run was at a moment.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    /// Seconds since the start.
    elapsed: f64,
    /// Of the expected cost of the run.
    fraction: f64,
    /// Tasks and cells.
    finished: u64,
}

/// How fast a run has been.
#[derive(Debug, Default)]
pub(super) struct Pace {
    marks: VecDeque<Mark>,
    now: Mark,
}

impl Pace {
    /// Notes how far the run is.
    pub(super) fn note(&mut self, elapsed: f64, fraction: f64, finished: u64) {
        self.now = Mark { elapsed, fraction, finished };
        let interval = (elapsed / MOST_MARKS as f64).max(1.0);
        if self.marks.back().is_none_or(|last| elapsed - last.elapsed >= interval) {
            self.marks.push_back(self.now);
        }
        if self.marks.len() > MOST_MARKS {
            let mut keeps = false;
            self.marks.retain(|_| {
                keeps = !keeps;
                keeps
            });
        }
    }

    /// The seconds that are left at the mean rate of the whole run; none before anything is finished.
    pub(super) fn left(&self) -> Option<f64> {
        left_after(Mark::default(), self.now)
    }

    /// The seconds that are left, at least and at most.
    ///
    /// Two rates, in expected cost per second, are taken for what is to come: the mean of the whole run, and that of
    /// its recent past (the last third, and at least 10 s). Each gives a time T = (1 - f) / rate, where f is the
    /// finished fraction. With n tasks behind a rate, its relative error is about 1/√n, as for events that are
    /// independent; n is that of the recent past, or of the whole run if nothing was finished recently. The band goes
    /// from the lesser T divided by 1 + 1/√n to the greater T times 1 + 1/√n. It says nothing of tasks that take longer
    /// than the catalogue expects them to in relation to those that are finished.
    pub(super) fn band(&self) -> Option<[f64; 2]> {
        let whole = self.left()?;
        let since = self.now.elapsed - (self.now.elapsed * RECENT_SHARE).max(LEAST_RECENT);
        let mark = self.marks.iter().rev().find(|mark| mark.elapsed <= since).copied().unwrap_or_default();
        let (recent, finished) = match left_after(mark, self.now) {
            Some(recent) => (recent, self.now.finished - mark.finished),
            None => (whole, self.now.finished),
        };
        let error = 1.0 + 1.0 / (finished.max(1) as f64).sqrt();
        Some([whole.min(recent) / error, whole.max(recent) * error])
    }
}

/// The seconds that are left at the rate between two marks.
fn left_after(before: Mark, now: Mark) -> Option<f64> {
    let advance = now.fraction - before.fraction;
    (advance > 0.0).then(|| (now.elapsed - before.elapsed) * (1.0 - now.fraction).max(0.0) / advance)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run that has the fraction of each second in turn, with a hundred tasks in all.
    fn after(fractions: impl IntoIterator<Item = f64>) -> Pace {
        let mut pace = Pace::default();
        for (second, fraction) in fractions.into_iter().enumerate() {
            pace.note((second + 1) as f64, fraction, (100.0 * fraction).round() as u64);
        }
        pace
    }

    #[test]
    fn the_band_of_a_steady_run_shrinks_with_the_number_of_tasks() {
        assert_eq!(after([]).band(), None);
        assert_eq!(after([0.0, 0.0]).band(), None);
        let [low, high] = after((1..=25).map(|second| f64::from(second) / 100.0)).band().unwrap();
        // 75 s are left, and 10 tasks stand behind that.
        let error = 1.0 + 1.0 / 10f64.sqrt();
        assert!((low - 75.0 / error).abs() < 1e-9 && (high - 75.0 * error).abs() < 1e-9, "{low} {high}");
        let [low, high] = after((1..=90).map(|second| f64::from(second) / 100.0)).band().unwrap();
        assert!((low..high).contains(&10.0) && high / low < 1.5, "{low} {high}");
    }

    #[test]
    fn the_band_has_the_recent_rate_and_that_of_the_whole_run() {
        // 30 s at 1 % per second, and 15 s at a tenth of that.
        let slow = (1..=15).map(|second| 0.3 + f64::from(second) / 1000.0);
        let pace = after((1..=30).map(|second| f64::from(second) / 100.0).chain(slow));
        let [low, high] = pace.band().unwrap();
        assert!(low < 97.0 && high > 685.0, "{low} {high}");
        assert!((pace.left().unwrap() - 45.0 * 0.685 / 0.315).abs() < 1e-9);
    }

    #[test]
    fn a_long_run_keeps_few_marks() {
        let mut pace = Pace::default();
        for second in 0..100_000 {
            pace.note(f64::from(second), f64::from(second) / 200_000.0, second as u64);
        }
        assert!(pace.marks.len() <= MOST_MARKS, "{}", pace.marks.len());
        let [low, high] = pace.band().unwrap();
        assert!(low > 95_000.0 && high < 105_000.0, "{low} {high}");
    }
}
