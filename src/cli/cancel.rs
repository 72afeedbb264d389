//! `microzone cancel`

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Exit, Failure, locate, time};
use crate::slurm::job::JobId;
use crate::slurm::queue::{self, JobState};
use crate::slurm::{record, sbatch};
use crate::store::{Directory, StoreError};
use crate::wording::counted;

/// End the Slurm jobs of a directory for good, and wait until they have ended
///
/// Nothing that was computed is lost; `microzone submit` continues later.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  microzone cancel results/quickstart")]
pub(super) struct Arguments {
    /// The results directory, its sweep file, or a file inside it
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// How long to wait for the end of the jobs
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = time::read)]
    patience: Duration,
}

const LOOK_INTERVAL: Duration = Duration::from_millis(500);
const OF_SLURM: Duration = Duration::from_secs(20);

/// # Errors
/// Slurm does not answer, or a job does not end.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let root = locate::directory(&arguments.dir)?;
    let directory = Directory::new(&root);
    if !root.is_dir() {
        let what = "there is no such directory";
        return Err(StoreError::NoSweep { path: root, what: what.into() }.into());
    }
    let root = root.display();
    let began = Instant::now();
    let mut cancelled: BTreeSet<JobId> = BTreeSet::new();
    loop {
        let left = unfinished(&directory)?;
        let new: Vec<JobId> = left.iter().map(|job| job.id.clone()).filter(|job| !cancelled.contains(job)).collect();
        if left.is_empty() {
            match cancelled.len() {
                0 => say!("{root}: there is no job of this directory"),
                count => say!("{root}: {} ended for good", counted(count, "job")),
            }
            return Ok(Exit::Complete);
        }
        if !new.is_empty() {
            // First the marks: a job that ends now reads its own.
            for job in &new {
                record::mark_cancelled(&directory, job)?;
            }
            sbatch::cancel(&new)?;
            cancelled.extend(new);
        }
        if began.elapsed() > arguments.patience {
            let jobs: Vec<String> = left.iter().map(|job| job.id.to_string()).collect();
            let what = format!("{root}: not ended yet: job {}; `squeue` shows why", jobs.join(", "));
            return Err(Failure::new(Exit::Environment, what));
        }
        std::thread::sleep(LOOK_INTERVAL);
    }
}

/// The jobs of the directory that wait, run or are about to end: those with its name, and those recorded there.
fn unfinished(directory: &Directory) -> Result<Vec<JobState>, Failure> {
    let all_noted = record::jobs(directory)?;
    let mut jobs = match queue::jobs_of(directory.root(), OF_SLURM) {
        // Every job notes itself in its directory.
        Err(error) if all_noted.is_empty() => {
            tell!("microzone: no job is recorded in this directory, and Slurm cannot be asked: {error}");
            Vec::new()
        }
        jobs => jobs?,
    };
    for noted in all_noted {
        if !jobs.iter().any(|job| job.id.belongs_to(&noted)) {
            jobs.extend(queue::jobs_of_number(&noted, OF_SLURM)?);
        }
    }
    jobs.retain(JobState::is_unfinished);
    Ok(jobs)
}
