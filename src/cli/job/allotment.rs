//! How much of its time limit a start may use.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Settings;
use crate::cli::{Exit, Failure};
use crate::slurm::answer::moment;
use crate::slurm::job::JobId;
use crate::slurm::sbatch;

/// What is left of the time limit without the margin; none if there is no limit, or it is not known.
pub(super) fn seconds_left(settings: &Settings, job: &JobId) -> Result<Option<Duration>, Failure> {
    let asked = sbatch::squeue(&format!("--jobs={job}"), "%e", Duration::from_secs(20));
    let end = asked.ok().as_deref().and_then(moment);
    let told = || std::env::var("SLURM_JOB_END_TIME").ok().as_deref().and_then(moment);
    let Some(end) = end.or_else(told) else { return Ok(None) };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = Duration::from_secs(end).saturating_sub(now).saturating_sub(settings.margin);
    if left.is_zero() {
        let margin = humantime::format_duration(settings.margin);
        let what = format!("the time limit leaves no time besides the margin of {margin}; give a longer --time");
        return Err(Failure::new(Exit::Usage, what));
    }
    Ok(Some(left))
}
