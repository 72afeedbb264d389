//! The state of a sweep in words.

use crate::store::lease::{LivingRun, LivingState};
use crate::store::run_record::{self, RunRecord};

/// The tasks without a result.
#[derive(Clone, Copy)]
pub(super) struct NotDone {
    /// All of them.
    pub(super) all: usize,
    /// Those that failed.
    pub(super) failed: usize,
    /// Those that failed and may come to another end.
    pub(super) may_differ: usize,
}

/// For people, and as `state` for programs.
pub(super) fn state(
    damaged: bool,
    living: Option<&LivingRun>,
    latest: Option<&RunRecord>,
    not_done: NotDone,
) -> String {
    match (living, latest) {
        _ if damaged => "damaged; `run --recompute-damaged` resumes".into(),
        (Some(LivingRun { holder, state, .. }), _) => match state {
            LivingState::Running => format!("running ({holder})"),
            LivingState::Stopped => format!("stalled ({holder}, which is suspended)"),
            LivingState::Stalled => format!("stalled ({holder}, which has given no sign of life for 3 s)"),
        },
        _ if not_done.all == 0 => "complete".into(),
        _ if not_done.all == not_done.failed => match (not_done.may_differ, not_done.failed) {
            (0, _) => "complete with failed tasks, which would fail again".into(),
            (all, failed) if all == failed => {
                "complete with failed tasks; `run --retry-failed` tries them again".into()
            }
            (some, _) => format!("complete with failed tasks; `run --retry-failed` may help {some} of them"),
        },
        (None, Some(run)) if run.state != run_record::RUNNING => {
            format!("stopped ({}); the same command resumes", run.state)
        }
        _ => "killed; the same command resumes".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_try_is_offered_where_it_may_help() {
        let state = |all, failed, may_differ| state(false, None, None, NotDone { all, failed, may_differ });
        assert_eq!(state(0, 0, 0), "complete");
        assert_eq!(state(3, 3, 0), "complete with failed tasks, which would fail again");
        assert_eq!(state(3, 3, 3), "complete with failed tasks; `run --retry-failed` tries them again");
        assert_eq!(state(3, 3, 1), "complete with failed tasks; `run --retry-failed` may help 1 of them");
        assert_eq!(state(4, 3, 3), "killed; the same command resumes");
    }
}
