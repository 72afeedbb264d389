//! How many replicates a point gets when a precision is asked for.
//!
//! A point begins with `replicates`. When the first n of them are all decided (done or failed), the standard error e of
//! the mean m of those that are done is looked at. If e ≤ r |m|, with r the relative error asked for, they are enough.
//! Else, because e falls like 1/√n, the point gets the n' ≥ n (e / r |m|)² replicates that this predicts, at least n +
//! 1 and at most 2n, and never more than the maximum. Fewer than two that are done predict nothing: the point gets 2n.
//! A run without a value (it diverged, or an optional observable is absent) counts as one that failed.
//!
//! So the number of replicates of a point is a pure function of its outcomes in the order of the replicates. It depends
//! neither on other points nor on when or where an outcome became known.
//!
//! Because a point stops when its spread looks small, the standard errors come out somewhat too small: the fewer
//! replicates it begins with, the more.

use super::Verdict;
use super::statistics::mean_and_standard_error;
use crate::experiment::{Observable, Outcome};

/// What `[precision]` in a sweep file says.
#[derive(Clone, Copy, Debug)]
pub struct Precision {
    /// The scalar observable whose mean is to be precise.
    pub observable: &'static Observable,
    /// Where its value stands among those of a task.
    pub offset: usize,
    /// Of the mean; in (0, 1).
    pub relative_error: f64,
    /// The most that a point may have.
    pub max_replicates: u32,
}

/// How many replicates a point has, and whether these are all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// How many it has, or calls for.
    pub replicates: u32,
    /// Whether these are all.
    pub target: Target,
}

/// Where a point stands, as `precision` in the results file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Target {
    /// Some of its replicates are not decided yet; more may follow.
    Open = 0,
    /// The precision is met.
    Met = 1,
    /// Not met, with as many replicates as there may be.
    NotMet = 2,
}

impl Target {
    /// The inverse of `as u8`.
    pub(crate) fn of_byte(byte: u8) -> Option<Self> {
        [Self::Open, Self::Met, Self::NotMet].into_iter().find(|target| *target as u8 == byte)
    }
}

impl Precision {
    /// The verdict on a task with this outcome.
    pub(crate) fn verdict(&self, outcome: &Outcome) -> Verdict {
        match outcome {
            Outcome::Done(values) => Verdict::Done(values.get(self.offset).copied().unwrap_or(f64::NAN)),
            Outcome::Failed(_) => Verdict::Failed,
        }
    }

    /// The replicates of a point that begins with `first`, given what is known of them.
    pub(crate) fn extent(&self, first: u32, known: impl Fn(u32) -> Option<Verdict>) -> Extent {
        let mut verdicts = Vec::new();
        let mut extent = Extent { replicates: first, target: Target::Open };
        while extent.target == Target::Open {
            for replicate in verdicts.len() as u32..extent.replicates {
                match known(replicate) {
                    Some(verdict) => verdicts.push(verdict),
                    None => return extent,
                }
            }
            extent = self.judge(&verdicts);
        }
        extent
    }

    /// Whether the first replicates of a point, all decided, are enough; if not, how many it gets.
    fn judge(&self, verdicts: &[Verdict]) -> Extent {
        let n = verdicts.len() as u32;
        let (mean, standard_error) = mean_and_standard_error(|| verdicts.iter().filter_map(Verdict::value));
        let wanted = self.relative_error * mean.abs();
        // What is not finite, as with fewer than two values, is not met.
        if wanted.is_finite() && standard_error <= wanted {
            return Extent { replicates: n, target: Target::Met };
        }
        if n >= self.max_replicates {
            return Extent { replicates: n, target: Target::NotMet };
        }
        let ratio = standard_error / wanted;
        let predicted = if ratio.is_nan() { u32::MAX } else { (f64::from(n) * ratio * ratio).ceil() as u32 };
        let replicates = predicted.clamp(n.saturating_add(1), n.saturating_mul(2)).min(self.max_replicates);
        Extent { replicates, target: Target::Open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static OBSERVABLE: Observable = Observable::scalar("x");

    fn precision(relative_error: f64, max_replicates: u32) -> Precision {
        Precision { observable: &OBSERVABLE, offset: 0, relative_error, max_replicates }
    }

    /// 10 ± 1 in turns: the standard error of n values is 1/√(n - 1) for even n.
    fn alternating(replicate: u32) -> Option<Verdict> {
        Some(Verdict::Done(if replicate.is_multiple_of(2) { 9.0 } else { 11.0 }))
    }

    #[test]
    fn replicates_follow_the_prediction_until_the_target_is_met() {
        let extent = |relative_error| precision(relative_error, 1000).extent(10, alternating);
        // The first ten have the error 1/3 of 10 and are enough for 3.34 %.
        assert_eq!(extent(0.0334), Extent { replicates: 10, target: Target::Met });
        // 3 %: 10 (1/3 / 0.3)² = 12.35 predicts 13, whose mean is 9.92 with the error 0.2878 (wanted: 0.2977).
        assert_eq!(extent(0.03), Extent { replicates: 13, target: Target::Met });
        // 1 %: 10 (1/3 / 0.1)² = 111.1 is cut to 20, 40, 80; then 80 / 79 / 0.01 = 101.27 predicts 102.
        assert_eq!(extent(0.01), Extent { replicates: 102, target: Target::Met });
        assert_eq!(precision(0.01, 50).extent(10, alternating), Extent { replicates: 50, target: Target::NotMet });
    }

    #[test]
    fn an_undecided_replicate_holds_its_point_and_later_ones_do_not_count() {
        for missing in 0..13 {
            let known = |replicate| alternating(replicate).filter(|_| replicate != missing);
            let replicates = if missing < 10 { 10 } else { 13 };
            assert_eq!(precision(0.03, 1000).extent(10, known), Extent { replicates, target: Target::Open });
        }
    }

    #[test]
    fn points_without_a_mean_end_at_the_maximum() {
        let signs = |replicate: u32| Some(Verdict::Done(if replicate.is_multiple_of(2) { -1.0 } else { 1.0 }));
        // Finite values whose mean is not.
        let infinite = |replicate: u32| Some(Verdict::Done(f64::MAX / f64::from(1 + replicate % 2)));
        let failed = |_| Some(Verdict::Failed);
        let diverged = |_| Some(Verdict::Done(f64::NAN));
        for known in [signs, infinite, failed, diverged] {
            assert_eq!(precision(0.1, 77).extent(10, known), Extent { replicates: 77, target: Target::NotMet });
        }
        let zeros = |_| Some(Verdict::Done(0.0));
        assert_eq!(precision(0.1, 77).extent(10, zeros), Extent { replicates: 10, target: Target::Met });
    }

    #[test]
    fn failed_and_diverged_replicates_count_as_tried_and_have_no_value() {
        for without in [Verdict::Failed, Verdict::Done(f64::NAN)] {
            let half = |replicate: u32| {
                if replicate.is_multiple_of(2) { Some(without) } else { alternating(replicate / 2) }
            };
            // Of 20 tried the ten that have a value have the error 1/3 of 10, as above.
            assert_eq!(precision(0.0334, 1000).extent(20, half), Extent { replicates: 20, target: Target::Met });
            // 20 (1/3 / 0.303)² = 24.2 predicts 25, of which twelve have a value.
            assert_eq!(precision(0.0303, 1000).extent(20, half), Extent { replicates: 25, target: Target::Met });
        }
    }
}
