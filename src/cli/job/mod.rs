//! `microzone job`, which is for job scripts: what happens at the start and at the end of each start of a job.

mod allotment;
mod begin;
mod end;
mod standing;
mod successor;

use std::path::PathBuf;
use std::time::Duration;

use super::{Exit, Failure, time};
use crate::slurm::job::JobId;

/// What a job script calls at its start and at its end
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone job begin results/quickstart --threads 8\n  \
    microzone job end results/quickstart --threads 8 --code 75\n\n\
    `microzone submit --dry-run` shows where a script calls them.")]
pub(super) struct Arguments {
    #[command(subcommand)]
    moment: Moment,
}

#[derive(clap::Subcommand)]
enum Moment {
    /// Record the start, wait for what a dead node has left, and print options for `microzone run`
    #[command(after_help = "Example:\n  microzone job begin results/quickstart --threads 8")]
    Begin(Settings),
    /// Check how complete the directory is, and end the job or start it again
    #[command(after_help = "Example:\n  microzone job end results/quickstart --threads 8 --code 75")]
    End {
        #[command(flatten)]
        settings: Settings,
        /// The exit code of the launcher
        #[arg(long, value_name = "N", allow_hyphen_values = true)]
        code: i32,
    },
}

/// What the script of a job knows.
#[derive(clap::Args)]
struct Settings {
    /// The results directory
    dir: PathBuf,
    /// Computing threads of each rank
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    threads: u32,
    /// Time kept free before the time limit
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = time::read)]
    margin: Duration,
    /// Time that tasks in hand have to finish
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = time::read)]
    grace: Duration,
    /// Start again at most this often
    #[arg(long, value_name = "N")]
    max_restarts: Option<usize>,
    /// The job may not go back to the queue: a new one takes its place
    #[arg(long)]
    no_requeue: bool,
    /// Several jobs share the sweep
    #[arg(long)]
    shares: bool,
    /// The script itself, for the job that takes its place
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
}

/// How often Slurm has restarted this job; none if it does not report it.
fn restarts() -> Option<usize> {
    let count = std::env::var("SLURM_RESTART_COUNT").unwrap_or_else(|_| "0".into());
    count.trim().parse().ok()
}

/// # Errors
/// This is not a job, or nothing can be computed in the directory.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    let job = JobId::of_variables(variable).ok_or_else(|| {
        Failure::new(Exit::Usage, "SLURM_JOB_ID is not set: `microzone job` is for the scripts of Slurm jobs")
    })?;
    match &arguments.moment {
        Moment::Begin(settings) => begin::begin(settings, &job),
        Moment::End { settings, code } => end::end(settings, &job, *code),
    }
}
