//! Ranks that say nothing any more, and what becomes of their tasks.

use std::time::Duration;

use super::rank::{Rank, SILENT, SILENT_WHEN_STOPPING};
use super::{LOOK_AT_RANKS, Leader, Stopping};
use crate::machine::coverage::reached;
use crate::machine::sabotage::{Defect, has};
use crate::schedule::Manner;
use crate::schedule::message::FALLEN_SILENT;

/// A task that has been in hand on so many ranks when they came to a standstill is given to no other one.
const MOST_STANDSTILLS: usize = 3;
/// Silent ranks whose journals are looked at in a second.
const MOST_ASKED_AFTER: usize = 4;

impl Leader<'_> {
    /// The ranks that do not answer, once the run is over.
    pub(in crate::schedule) fn lost(&self) -> Vec<usize> {
        (0..self.ranks.len()).filter(|rank| !self.ranks[*rank].account.finished).collect()
    }

    /// Whether a stopping run waits for a rank no longer. One that only takes leave too late is waited for, but not for
    /// ever.
    pub(super) fn is_lost(&self, rank: &Rank) -> bool {
        let now = self.awake.when_last_seen();
        if has(Defect::StandstillIgnored) {
            return false;
        }
        self.stopping.as_ref().is_some_and(|Stopping { since, draining }| {
            let grace = if draining.is_some() { self.rules.grace } else { Duration::ZERO };
            let late = now.saturating_sub(since.saturating_add(grace));
            rank.is_silent(now, SILENT)
                || (late > SILENT_WHEN_STOPPING && rank.is_silent(now, SILENT_WHEN_STOPPING))
                || late > self.rules.grace.saturating_add(SILENT)
        })
    }

    /// Ranks that have been silent for some time, once for each silence, and only some at a time: their journals may
    /// say that they are dead, and to look there takes time.
    pub(in crate::schedule) fn fallen_silent(&mut self, now: Duration) -> Vec<usize> {
        let now = self.awake.at(now);
        if now.saturating_sub(self.looked_for_silence) < LOOK_AT_RANKS {
            return Vec::new();
        }
        self.looked_for_silence = now;
        let is_new = |rank: &Rank| !rank.is_asked_after && rank.is_silent(now, FALLEN_SILENT);
        let silent: Vec<usize> =
            (1..self.ranks.len()).filter(|rank| is_new(&self.ranks[*rank])).take(MOST_ASKED_AFTER).collect();
        silent.iter().for_each(|rank| self.ranks[*rank].is_asked_after = true);
        silent
    }

    /// A task has ended the process of a rank. What it was computing is left to a later run, which knows the culprit.
    pub(in crate::schedule) fn note_death(&mut self, rank: usize) {
        self.ranks[rank].is_dead = true;
    }

    /// Takes their tasks away from ranks that have come to a standstill. Rank 0 is here.
    pub(super) fn revoke_silent(&mut self, now: Duration) {
        for number in 1..self.ranks.len() {
            let rank = &mut self.ranks[number];
            if has(Defect::StandstillIgnored) || rank.in_hand() == 0 || !rank.is_silent(now, SILENT) {
                continue;
            }
            reached("a rank lost its tasks");
            self.given -= rank.in_hand();
            let (waiting, running) = rank.revoke();
            let is_dead = rank.is_dead;
            self.add(Manner::Together, waiting);
            if is_dead {
                self.stranded += running.len() as u64;
                continue;
            }
            for task in running {
                let standstills = self.standstills.entry(task.task).or_default();
                *standstills += 1;
                match *standstills {
                    1 => self.add(Manner::Late, vec![task]),
                    MOST_STANDSTILLS.. => self.stranded += 1,
                    _ => self.add(Manner::AloneOnRank, vec![task]),
                }
            }
        }
    }
}
