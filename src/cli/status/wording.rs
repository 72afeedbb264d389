//! The state of a sweep in words.

use crate::store::lease::{LivingRun, LivingState};
use crate::store::run_record::{self, RunRecord};

/// What has no result.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NotDone {
    /// All tasks without one.
    pub(super) tasks: usize,
    /// Those that failed.
    pub(super) failed: usize,
    /// All theory cells without one.
    pub(super) cells: usize,
    /// Those that failed.
    pub(super) failed_cells: usize,
    /// What failed and may come to another end.
    pub(super) may_differ: usize,
}

impl NotDone {
    fn what_failed(&self) -> &'static str {
        match (self.failed, self.failed_cells) {
            (_, 0) => "failed tasks",
            (0, _) => "failed theory cells",
            _ => "failed tasks and theory cells",
        }
    }
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
        _ if not_done.tasks + not_done.cells == 0 => "complete".into(),
        _ if not_done.tasks == not_done.failed && not_done.cells == not_done.failed_cells => {
            let what = not_done.what_failed();
            match (not_done.may_differ, not_done.failed + not_done.failed_cells) {
                (0, _) => format!("complete with {what}, which would fail again"),
                (all, failed) if all == failed => {
                    format!("complete with {what}; `run --retry-failed` tries them again")
                }
                (some, _) => format!("complete with {what}; `run --retry-failed` may help {some} of them"),
            }
        }
        (None, Some(run)) if run.state == "complete" => "only theory is left; the same command computes it".into(),
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
        let of = |not_done| state(false, None, None, not_done);
        let state = |tasks, failed, may_differ| of(NotDone { tasks, failed, may_differ, ..NotDone::default() });
        assert_eq!(state(0, 0, 0), "complete");
        assert_eq!(state(3, 3, 0), "complete with failed tasks, which would fail again");
        assert_eq!(state(3, 3, 3), "complete with failed tasks; `run --retry-failed` tries them again");
        assert_eq!(state(3, 3, 1), "complete with failed tasks; `run --retry-failed` may help 1 of them");
        assert_eq!(state(4, 3, 3), "killed; the same command resumes");
        let theory = |cells, failed_cells| of(NotDone { cells, failed_cells, ..NotDone::default() });
        assert_eq!(theory(2, 2), "complete with failed theory cells, which would fail again");
        assert_eq!(theory(2, 1), "killed; the same command resumes");
    }
}
