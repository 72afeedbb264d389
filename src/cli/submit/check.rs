//! What is checked before anything is sent or written.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Arguments;
use super::plan::Needs;
use crate::cli::agenda::{Agenda, Retry};
use crate::cli::plan::forecast::Forecast;
use crate::cli::publication;
use crate::cli::results_directory::results_directory_below;
use crate::cli::size::Size;
use crate::cli::{Exit, Failure, sweep_file};
use crate::results::Found;
use crate::slurm::profile::Profile;
use crate::slurm::queue::{self, JobState};

use crate::store::lease::{self, LivingState};
use crate::store::run_record::{self, RunRecord};
use crate::store::{Contents, Directory};
use crate::sweep::{Identities, Sweep};

/// A sweep that may be sent.
pub(super) struct Checked {
    pub(super) sweep: Arc<Sweep>,
    /// With an absolute path.
    pub(super) directory: Directory,
    /// Those that Slurm knows of this directory.
    pub(super) jobs: Vec<JobState>,
    pub(super) needs: Needs,
    is_complete: bool,
}

impl Checked {
    /// How the verb ends if nothing is left to compute or to write.
    pub(super) fn nothing_left(&self) -> Option<Exit> {
        self.is_complete.then_some(Exit::Complete)
    }
}

/// # Errors
/// The sweep is bad, the directory is another sweep's or damaged, or a run that is not a job works there.
pub(super) fn check(arguments: &Arguments, path: &Path, profile: &Profile) -> Result<Checked, Failure> {
    let sweep = Arc::new(sweep_file::read(path, &arguments.settings)?);
    Size::of(&sweep).check(&sweep)?;
    let folder = Path::new(profile.scratch.as_deref().unwrap_or("results"));
    let found = results_directory_below(folder, arguments.out.as_deref(), path, &sweep)?;
    let root = std::path::absolute(found.root())
        .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", found.root().display())))?;
    let directory = Directory::new(root);
    directory.check_owner(&sweep)?;
    let contents = Contents::read(&directory)?.undamaged()?;
    let identities = Identities::new(&sweep);
    let found = Found::new(&sweep, &identities, &contents)?;
    let agenda = Agenda::new(&sweep, &identities, &found, Retry::default());
    let is_complete = agenda.pending.is_empty()
        && publication::up_to_date(&directory, &sweep, &found.digest()).is_some()
        && directory.is_claimed(&sweep)?;
    let forecast = Forecast::new(&sweep, &agenda, directory.root(), 1, 1);
    let needs = Needs {
        seconds: forecast.seconds.most,
        longest_task_seconds: forecast.longest_task_seconds,
        bytes_per_thread: forecast.bytes_per_thread,
        merging_bytes: forecast.size.memory_bytes,
        calibration: run_record::latest(&directory.runs())?.and_then(|run| calibration(&run, forecast.seconds.least)),
    };
    let jobs = match queue::jobs_of(directory.root(), Duration::from_secs(10)) {
        Ok(jobs) => jobs,
        // The script can be looked at anywhere.
        Err(_) if arguments.dry_run => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    check_free(&directory, &jobs)?;
    Ok(Checked { sweep, directory, jobs, needs, is_complete })
}

/// Whether only a job of the directory itself works in it.
fn check_free(directory: &Directory, jobs: &[JobState]) -> Result<(), Failure> {
    if jobs.iter().any(JobState::may_run) {
        return Ok(());
    }
    match lease::living_run(&directory.runs())?.filter(|run| run.state != LivingState::Stalled) {
        Some(run) => {
            let what = format!(
                "{}: a run that is not a Slurm job is working here: {}; wait for it or stop it, then submit again",
                directory.root().display(),
                run.holder
            );
            Err(Failure::new(Exit::Environment, what))
        }
        None => Ok(()),
    }
}

/// Measured over expected time, from the last run, if that was long enough to tell. `seconds_left` are those expected
/// for all that the run has left.
fn calibration(run: &RunRecord, seconds_left: f64) -> Option<f64> {
    const LEAST_TASKS: u64 = 10;
    const LEAST_SECONDS: f64 = 10.0;
    let elapsed = run.end.unwrap_or(run.updated) - run.start;
    let is_telling = run.tasks.done >= LEAST_TASKS && elapsed >= LEAST_SECONDS && (0.02..0.98).contains(&run.fraction);
    // The finished share of all that the run had is to the rest as the share is to what lacks.
    let expected = seconds_left * run.fraction / (1.0 - run.fraction);
    let measured = elapsed * run.threads as f64;
    (is_telling && expected > 0.0).then(|| (measured / expected).clamp(0.01, 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_took_twice_as_long_as_expected_calibrates_what_is_left() {
        let text = r#"{"run":1,"state":"stopped","version":"0","commit":"","features":[],"experiment":"null",
            "experiment_version":1,"command":[],"pid":1,"ranks":1,"threads":4,"hosts":[],"start":0.0,"updated":50.0,
            "end":50.0,"tasks":{"total":100,"before":0,"done":25,"failed":0,"in_hand":0},"fraction":0.25,"rate":0.5,
            "eta_seconds":null}"#;
        let run: RunRecord = serde_json::from_str(text).unwrap();
        // A quarter of 400 s took 4 threads 50 s.
        assert_eq!(calibration(&run, 300.0), Some(2.0));
        assert_eq!(calibration(&RunRecord { fraction: 1.0, ..run.clone() }, 0.0), None);
        assert_eq!(calibration(&RunRecord { end: Some(5.0), ..run }, 300.0), None);
    }
}
