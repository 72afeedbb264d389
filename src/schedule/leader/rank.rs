//! One rank as rank 0 sees it.

use std::collections::VecDeque;
use std::time::Duration;

use crate::schedule::Pending;
use crate::schedule::message::{Account, Counts};

/// A rank that has said nothing for so long has come to a standstill.
pub(super) const SILENT: Duration = Duration::from_secs(60);
/// And in this time once the run is to stop, which every rank acknowledges at once.
pub(super) const SILENT_WHEN_STOPPING: Duration = Duration::from_secs(10);

pub(super) struct Rank {
    pub(super) threads: u64,
    /// Tasks that its threads had not taken when it said something for the last time.
    waiting: VecDeque<Pending>,
    /// Tasks that they had taken and not finished.
    running: Vec<Pending>,
    /// Tasks given to it in all.
    given: u64,
    batches: u64,
    /// Without verdicts and wishes.
    pub(super) account: Account,
    /// It has asked for work, with this many idle threads, and has no answer yet.
    pub(super) asked: Option<u64>,
    /// When it said something for the last time, and when it was told something, on rank 0's clock of being awake.
    pub(super) heard: Duration,
    pub(super) told: Duration,
    /// Its tasks have gone to others; what it says of them counts no more.
    pub(super) is_revoked: bool,
    /// It has been asked after since it said something for the last time.
    pub(super) is_asked_after: bool,
    /// A task has ended its process.
    pub(super) is_dead: bool,
}

impl Rank {
    pub(super) fn new(threads: u64, now: Duration) -> Self {
        Self {
            threads,
            waiting: VecDeque::new(),
            running: Vec::new(),
            given: 0,
            batches: 0,
            account: Account { finished: threads == 0, ..Account::default() },
            asked: None,
            heard: now,
            told: now,
            is_revoked: false,
            is_asked_after: false,
            is_dead: false,
        }
    }

    /// It is given tasks; how often that has been done.
    pub(super) fn give(&mut self, tasks: &[Pending]) -> u64 {
        self.given += tasks.len() as u64;
        self.batches += 1;
        self.waiting.extend(tasks);
        self.batches
    }

    /// Takes in an account of this rank, which is not revoked; what has been counted before it.
    pub(super) fn take_in(&mut self, account: Account) -> Counts {
        let newly_taken = account.taken.saturating_sub(self.account.taken) as usize;
        self.running.extend(self.waiting.drain(..newly_taken.min(self.waiting.len())));
        let mut running = account.running.clone();
        running.sort_unstable();
        self.running.retain(|task| running.binary_search(&task.task).is_ok());
        std::mem::replace(&mut self.account, account).counts
    }

    /// Tasks given to it that it has neither finished nor passed over, as far as is known here.
    pub(super) fn in_hand(&self) -> u64 {
        if self.is_revoked { 0 } else { self.given.saturating_sub(self.account.counts.settled()) }
    }

    /// Tasks that its threads compute now, or are about to.
    pub(super) fn at_work(&self) -> u64 {
        self.in_hand().min(self.threads)
    }

    pub(super) fn is_silent(&self, now: Duration, limit: Duration) -> bool {
        !self.account.finished && (self.is_dead || now.saturating_sub(self.heard) > limit)
    }

    /// Takes back what it has left: what it had not begun, and what it was computing.
    pub(super) fn revoke(&mut self) -> (Vec<Pending>, Vec<Pending>) {
        self.is_revoked = true;
        self.asked = None;
        (std::mem::take(&mut self.waiting).into(), std::mem::take(&mut self.running))
    }
}
