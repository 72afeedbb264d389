//! Where a run stands, gathered from all ranks.

use std::time::Duration;

use super::Leader;
use super::rank::{Rank, SILENT, SILENT_WHEN_STOPPING};
use crate::schedule::message::Timed;
use crate::schedule::{Pending, Progress};

impl Leader<'_> {
    /// Looks at every rank, so that it is for reports and not for messages.
    pub(in crate::schedule) fn progress(&self, now: Duration) -> Progress {
        Progress {
            total: self.total,
            expected_total: self.expected_total,
            tasks: self.counts.tasks,
            theory: self.counts.theory,
            in_hand: self.in_hand(),
            expected_finished: Duration::from_nanos(self.counts.expected).as_secs_f64(),
            calibration: self.counts.calibration(),
            threads: self.threads,
            may_grow: self.may_grow(),
            slow: self.slow(),
            oldest: self.oldest(now),
            slowest: self.slowest(),
            silent: self.silent(),
            draining: self.draining().cloned(),
        }
    }

    /// What has not entered the queue yet.
    pub(super) fn held_back(&self) -> impl Iterator<Item = &Pending> {
        self.later.values().flatten()
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Rank)> {
        self.ranks.iter().enumerate()
    }

    /// Pools begin at the same time, but for what it takes to set ranks up.
    fn oldest(&self, now: Duration) -> Option<(usize, Timed)> {
        let of_rank = |(number, rank): (usize, &Rank)| Some((number, rank.account.oldest?));
        let oldest = self.numbered().filter(|(_, rank)| !rank.is_revoked).filter_map(of_rank);
        let (rank, Timed { task, seconds }) = oldest.min_by(|(_, a), (_, b)| a.seconds.total_cmp(&b.seconds))?;
        Some((rank, Timed { task, seconds: (now.as_secs_f64() - seconds).max(0.0) }))
    }

    fn slowest(&self) -> Option<(usize, Timed)> {
        let of_rank = |(number, rank): (usize, &Rank)| Some((number, rank.account.slowest?));
        self.numbered().filter_map(of_rank).max_by(|(_, a), (_, b)| a.seconds.total_cmp(&b.seconds))
    }

    /// Rank 0 is here, and one that has finished says no more.
    fn silent(&self) -> Vec<(usize, Duration)> {
        let now = self.awake.when_last_seen();
        let limit = if self.is_stopping() { SILENT_WHEN_STOPPING } else { SILENT };
        let silent = self.numbered().skip(1).filter(|(_, rank)| rank.is_silent(now, limit));
        silent.map(|(number, rank)| (number, now.saturating_sub(rank.heard))).collect()
    }

    fn slow(&self) -> Vec<(usize, u32)> {
        let of_rank =
            |(number, rank): (usize, &Rank)| rank.account.slow.iter().map(|task| (number, *task)).collect::<Vec<_>>();
        self.numbered().filter(|(_, rank)| !rank.is_revoked).flat_map(of_rank).collect()
    }
}
