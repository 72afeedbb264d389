//! The state of a sweep in words.

use crate::store::run_record::RunRecord;

/// `not_done` counts the tasks without a result, `failed` those of them that failed.
pub(super) fn state(
    damaged: bool,
    holder: Option<&str>,
    latest: Option<&RunRecord>,
    not_done: usize,
    failed: usize,
) -> String {
    match (holder, latest) {
        _ if damaged => "damaged; `run --recompute-damaged` resumes".into(),
        (Some(holder), _) => format!("running ({holder})"),
        _ if not_done == 0 => "complete".into(),
        _ if not_done == failed => "complete with failed tasks; `run --retry-failed` tries them again".into(),
        (None, Some(run)) if run.state != "running" => format!("stopped ({}); the same command resumes", run.state),
        _ => "killed; the same command resumes".into(),
    }
}
