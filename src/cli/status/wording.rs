//! The state of a sweep in words.

use crate::store::lease::{LivingRun, LivingState};
use crate::store::run_record::{self, RunRecord};

/// `not_done` counts the tasks without a result, `failed` those of them that failed.
pub(super) fn state(
    damaged: bool,
    living: Option<&LivingRun>,
    latest: Option<&RunRecord>,
    not_done: usize,
    failed: usize,
) -> String {
    match (living, latest) {
        _ if damaged => "damaged; `run --recompute-damaged` resumes".into(),
        (Some(LivingRun { holder, state, .. }), _) => match state {
            LivingState::Running => format!("running ({holder})"),
            LivingState::Stopped => format!("stalled ({holder}, which is suspended)"),
            LivingState::Stalled => format!("stalled ({holder}, which has given no sign of life for 3 s)"),
        },
        _ if not_done == 0 => "complete".into(),
        _ if not_done == failed => "complete with failed tasks; `run --retry-failed` tries them again".into(),
        (None, Some(run)) if run.state != run_record::RUNNING => {
            format!("stopped ({}); the same command resumes", run.state)
        }
        _ => "killed; the same command resumes".into(),
    }
}
