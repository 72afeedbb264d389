//! What follows when a job, or one start of it, has ended: a pure function of what is known.
//!
//! Launchers return numbers of signals as exit codes (an abort looks like 6), so that a code proves little: what counts
//! is what the directory holds.

use serde::{Deserialize, Serialize};

use super::answer::Phase;

/// Starts in a row that may add nothing.
pub(crate) const MOST_IDLE: usize = 3;

/// How far the directory is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Everything has an outcome, and the results are written.
    Complete { has_failures: bool },
    /// Others are working on everything that is left.
    WithOthers,
    /// Something is left to compute or to write.
    Left,
    /// Nothing can be computed here: it is damaged, or belongs to another sweep.
    Unusable { exit: u8, why: String },
}

/// How a start came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    Complete,
    /// The program has stopped in order, at a signal or before the limit of time.
    Drained,
    OutOfTime,
    Preempted,
    OutOfMemory,
    /// A process was killed, or ended for another reason.
    Crashed,
    Cancelled,
    /// The start has left no word: its node was lost, or Slurm has put the job back by itself.
    Lost,
}

/// What is known when the program of a start has ended.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) standing: Standing,
    /// The exit code of the launcher.
    pub(crate) code: i32,
    /// Whether records were added since the start.
    pub(crate) has_progress: bool,
    /// Starts in a row before this one that added nothing.
    pub(crate) idle_before: usize,
    pub(crate) tells_of_memory: bool,
    /// Of each rank.
    pub(crate) threads: u32,
    pub(crate) phase: Phase,
    /// By `microzone cancel`.
    pub(crate) is_cancelled: bool,
    pub(crate) may_requeue: bool,
    /// Where the job may not be requeued: whether its successor is in the queue already.
    pub(crate) has_successor: bool,
    pub(crate) restarts: usize,
    pub(crate) most_restarts: Option<usize>,
}

/// How the job comes to its next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Requeue,
    /// A new job, which waits for the end of this one.
    Successor,
    /// A new job, which is in the queue already.
    Waiting,
}

/// Why there is no further start although something is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    NoProgress,
    MostRestarts,
    /// The directory: its exit code.
    Directory(u8),
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The sweep is complete.
    Finish { has_failures: bool },
    /// A person has to look.
    Stop(Obstacle),
    /// A user or Slurm has decided already.
    Leave,
    /// The next start, with this many threads for each rank.
    Again { way: Way, threads: u32 },
}

/// Exit codes that the program itself ends with where it stops in order.
const STOPPED: i32 = 75;

impl Facts {
    /// How the start came to its end.
    pub(crate) fn cause(&self) -> Cause {
        match (&self.standing, self.phase) {
            (Standing::Complete { .. } | Standing::WithOthers, _) => Cause::Complete,
            _ if self.is_cancelled => Cause::Cancelled,
            (_, Phase::OutOfTime) => Cause::OutOfTime,
            (_, Phase::Preempted) => Cause::Preempted,
            (_, Phase::Ending) => Cause::Cancelled,
            (_, Phase::Requeued) => Cause::Lost,
            _ if self.tells_of_memory && self.code != STOPPED => Cause::OutOfMemory,
            _ if self.code == STOPPED => Cause::Drained,
            _ => Cause::Crashed,
        }
    }

    /// What follows.
    pub(crate) fn decide(&self) -> Decision {
        match &self.standing {
            Standing::Complete { has_failures } => return Decision::Finish { has_failures: *has_failures },
            Standing::Unusable { exit, .. } => return Decision::Stop(Obstacle::Directory(*exit)),
            Standing::WithOthers => return Decision::Finish { has_failures: false },
            Standing::Left => {}
        }
        let cause = self.cause();
        let goes_on_by_itself = cause == Cause::Lost && !self.has_successor;
        if cause == Cause::Cancelled || goes_on_by_itself {
            return Decision::Leave;
        }
        // What ran out of memory with several threads is not the same again with fewer.
        let fewer = cause == Cause::OutOfMemory && self.threads > 1;
        let threads = if fewer { self.threads / 2 } else { self.threads };
        if !self.has_progress && !fewer && self.idle_before + 1 >= MOST_IDLE {
            return Decision::Stop(Obstacle::NoProgress);
        }
        if self.most_restarts.is_some_and(|most| self.restarts >= most) {
            return Decision::Stop(Obstacle::MostRestarts);
        }
        let way = match (self.has_successor, self.may_requeue, self.phase) {
            (true, ..) => Way::Waiting,
            // A job that Slurm is ending cannot go back to the queue.
            (false, true, Phase::Running | Phase::Unknown) => Way::Requeue,
            (false, ..) => Way::Successor,
        };
        Decision::Again { way, threads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            standing: Standing::Left,
            code: 75,
            has_progress: true,
            idle_before: 0,
            tells_of_memory: false,
            threads: 8,
            phase: Phase::Running,
            is_cancelled: false,
            may_requeue: true,
            has_successor: false,
            restarts: 0,
            most_restarts: None,
        }
    }

    #[test]
    fn every_end_has_its_cause_and_what_follows() {
        let requeue = |threads| Decision::Again { way: Way::Requeue, threads };
        let successor = Decision::Again { way: Way::Successor, threads: 8 };
        let complete = |has_failures| Standing::Complete { has_failures };
        let unusable = Standing::Unusable { exit: 5, why: "damaged".into() };
        let no_progress = Decision::Stop(Obstacle::NoProgress);
        let table = [
            (facts(), Cause::Drained, requeue(8)),
            // The directory is asked, and not the code.
            (
                Facts { standing: complete(false), code: 137, ..facts() },
                Cause::Complete,
                Decision::Finish { has_failures: false },
            ),
            (
                Facts { standing: complete(true), code: 6, ..facts() },
                Cause::Complete,
                Decision::Finish { has_failures: true },
            ),
            (
                Facts { standing: complete(false), is_cancelled: true, ..facts() },
                Cause::Complete,
                Decision::Finish { has_failures: false },
            ),
            (
                Facts { standing: Standing::WithOthers, ..facts() },
                Cause::Complete,
                Decision::Finish { has_failures: false },
            ),
            (Facts { standing: unusable, ..facts() }, Cause::Drained, Decision::Stop(Obstacle::Directory(5))),
            (Facts { code: 0, ..facts() }, Cause::Crashed, requeue(8)),
            (Facts { code: 137, ..facts() }, Cause::Crashed, requeue(8)),
            (Facts { code: 134, ..facts() }, Cause::Crashed, requeue(8)),
            (Facts { code: 6, ..facts() }, Cause::Crashed, requeue(8)),
            // Three starts without progress are the end.
            (Facts { code: 6, has_progress: false, idle_before: 1, ..facts() }, Cause::Crashed, requeue(8)),
            (Facts { code: 6, has_progress: false, idle_before: 2, ..facts() }, Cause::Crashed, no_progress),
            (Facts { code: 75, has_progress: false, idle_before: 2, ..facts() }, Cause::Drained, no_progress),
            (Facts { code: 6, has_progress: true, idle_before: 2, ..facts() }, Cause::Crashed, requeue(8)),
            // Memory.
            (Facts { code: 137, tells_of_memory: true, ..facts() }, Cause::OutOfMemory, requeue(4)),
            (
                Facts { code: 6, tells_of_memory: true, has_progress: false, idle_before: 5, ..facts() },
                Cause::OutOfMemory,
                requeue(4),
            ),
            (Facts { code: 9, tells_of_memory: true, threads: 1, ..facts() }, Cause::OutOfMemory, requeue(1)),
            (
                Facts { code: 9, tells_of_memory: true, threads: 1, has_progress: false, idle_before: 2, ..facts() },
                Cause::OutOfMemory,
                no_progress,
            ),
            (Facts { code: 75, tells_of_memory: true, ..facts() }, Cause::Drained, requeue(8)),
            // What Slurm or a user has decided.
            (Facts { phase: Phase::Ending, ..facts() }, Cause::Cancelled, Decision::Leave),
            (Facts { is_cancelled: true, ..facts() }, Cause::Cancelled, Decision::Leave),
            (Facts { phase: Phase::Requeued, code: 143, ..facts() }, Cause::Lost, Decision::Leave),
            (
                Facts { phase: Phase::Requeued, may_requeue: false, has_successor: true, ..facts() },
                Cause::Lost,
                Decision::Again { way: Way::Waiting, threads: 8 },
            ),
            (Facts { phase: Phase::Unknown, ..facts() }, Cause::Drained, requeue(8)),
            (Facts { phase: Phase::OutOfTime, code: 143, ..facts() }, Cause::OutOfTime, successor),
            (Facts { phase: Phase::Preempted, ..facts() }, Cause::Preempted, successor),
            // Where nothing may be requeued.
            (Facts { may_requeue: false, ..facts() }, Cause::Drained, successor),
            (
                Facts { may_requeue: false, has_successor: true, ..facts() },
                Cause::Drained,
                Decision::Again { way: Way::Waiting, threads: 8 },
            ),
            (
                Facts { restarts: 5, most_restarts: Some(5), ..facts() },
                Cause::Drained,
                Decision::Stop(Obstacle::MostRestarts),
            ),
            (Facts { restarts: 4, most_restarts: Some(5), ..facts() }, Cause::Drained, requeue(8)),
        ];
        for (facts, cause, decision) in table {
            assert_eq!((facts.cause(), facts.decide()), (cause, decision), "{facts:?}");
        }
    }
}
