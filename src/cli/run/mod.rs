//! `microzone run`: joins schedule and store.

mod claim;
mod closing;
mod conclusion;
mod follow;
mod lead;
mod only;
mod opening;
mod ranks;
mod reuse;
mod share;
#[cfg(test)]
mod simulation;
mod work;

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use share::Share;

use super::{Exit, Failure, crash, or_tell, output, signals, time};
use crate::machine::clock::Moment;
use crate::schedule::launch::{self, Launch};
use crate::schedule::{Limits, Transport};

/// Compute what is missing of a sweep; the same command resumes
///
/// Under mpirun or srun all ranks work together (if built with `--features mpi`). SIGINT, SIGTERM and SIGUSR1 stop the
/// run after the tasks in hand; a second SIGINT stops it at once. Nothing that was finished a second ago is ever lost.
/// The first one is answered at once with what the run waits for. `microzone status DIR --watch` shows the same run
/// from another shell. MICROZONE_PROGRESS=bar shows the bar where the terminal cannot be seen (under mpirun; COLUMNS
/// has its width then), =lines never shows it.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone run sweeps/quickstart.toml\n  \
    mpirun -n 4 microzone run sweeps/quickstart.toml --out results/a\n  \
    microzone run sweeps/quickstart.toml --time-limit 2h --grace 1m\n  \
    microzone run sweeps/quickstart.toml --retry-failed\n  \
    microzone run sweeps/quickstart.toml --task-time-limit 10m\n  \
    microzone run results/quickstart/sweep.toml   # resumes in that directory\n  \
    microzone run sweeps/quickstart.toml --set inputs=400 --set seed=7 --out results/larger\n  \
    microzone run sweeps/quickstart.toml --share 2/8\n  \
    microzone run renamed.toml --reuse results/quickstart\n  \
    microzone run sweeps/quickstart.toml --quiet --time-limit 1-00:00:00\n  \
    microzone run sweeps/quickstart.toml --only \"bistability=1, output_correlation=0.4, replicate=3\"")]
pub(super) struct Arguments {
    /// The sweep file
    #[arg(value_name = "SWEEP.toml")]
    pub sweep: PathBuf,
    /// The results directory [default: results/<sweep name>, or $MICROZONE_RESULTS/<sweep name> if that is set, or the
    /// directory of a sweep.toml that is in one]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Computing threads of each rank [default: the processors it may use, shared among the ranks of a host]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Start no task that is not expected to end within this time from now: 90s, 10m, 2h, 1h30m, 2:00:00, 1-00:00:00
    #[arg(long, value_name = "TIME", value_parser = time::read)]
    pub time_limit: Option<Duration>,
    /// Fail a task that takes longer than this, and go on without it; a run with a larger limit or none tries it again
    #[arg(long, value_name = "TIME", value_parser = time::read)]
    pub task_time_limit: Option<Duration>,
    /// How long tasks in hand may go on after a signal, or beyond the time limit
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = time::read)]
    pub grace: Duration,
    /// Stop once this many tasks of this run have failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_failures: Option<u64>,
    /// Compute one task in the foreground, print its values, and record nothing (for a debugger): a value for each axis
    #[arg(long, value_name = "NAME=VALUE, …", conflicts_with_all = ["out", "threads", "time_limit",
        "task_time_limit", "grace", "max_failures", "retry_failed", "recompute_damaged", "reuse"])]
    pub only: Option<String>,
    /// Change a value of [fixed] or [sweep]; the directory keeps the changed file (repeat the flag for more)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// Print errors only: no progress, no news
    #[arg(long)]
    pub quiet: bool,
    /// Compute tasks again that failed before; it helps where a process died or ran out of time
    #[arg(long)]
    pub retry_failed: bool,
    /// Compute the second of eight shares of the sweep beside other runs in this directory, and then what others have
    /// left over (for jobs that know nothing of each other; whoever finds nothing left merges the results)
    #[arg(long, value_name = "K/N", conflicts_with_all = ["only", "max_failures", "retry_failed",
        "recompute_damaged"])]
    pub share: Option<Share>,
    /// Take what another directory has of this sweep, by the identity of each task, after checking it: that of a sweep
    /// with another name, more values or more replicates, for example (repeat the flag for more)
    #[arg(long, value_name = "DIR")]
    pub reuse: Vec<PathBuf>,
    /// Move damaged files of the store aside, and compute again what they held
    #[arg(long)]
    pub recompute_damaged: bool,
}

impl Arguments {
    fn limits(&self, interrupted: &Arc<AtomicBool>) -> Limits {
        Limits { grace: self.grace, maximum_failures: self.max_failures, interrupted: Arc::clone(interrupted) }
    }
}

/// What rank 0 tells all ranks before the work begins. Its paths are bytes, which need not be text.
#[derive(serde::Serialize, serde::Deserialize)]
struct Setup {
    sweep_path: OsString,
    sweep_text: String,
    root: OsString,
    run: u32,
    /// For each rank, how many ranks share its processors.
    sharers: Vec<usize>,
    seconds_left: Option<f64>,
}

impl Setup {
    /// How many ranks share the processors of a rank.
    fn sharers_of(&self, rank: usize) -> usize {
        self.sharers.get(rank).copied().unwrap_or(1)
    }

    /// When no further task starts, on this rank's clock; none if it lies beyond what clocks can tell.
    fn deadline(&self) -> Option<Moment> {
        Moment::now().checked_add(Duration::try_from_secs_f64(self.seconds_left?).ok()?)
    }
}

/// # Errors
/// The sweep, the directory or the environment is not fit to run.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let started = Moment::now();
    if arguments.quiet {
        output::be_quiet();
    }
    if let Some(text) = &arguments.only {
        signals::release();
        return only::run(arguments, text);
    }
    let interrupted = signals::install()?;
    let transport = signals::kept(|| Launch::detect(|name| std::env::var(name).ok()).connect())?;
    // After MPI, which has handlers of its own.
    crash::install()?;
    // Rank 0 speaks for all.
    if transport.rank() > 0 {
        output::be_quiet();
    }
    let part = AssertUnwindSafe(|| take_part(arguments, &*transport, &interrupted, started));
    // The others would wait for ever for a rank that has panicked.
    let left = panic::catch_unwind(part).unwrap_or_else(|_| transport.abort(Exit::Internal as i32));
    if left.without_some {
        // MPI would wait for them.
        transport.abort(or_tell(left.outcome) as i32);
    }
    launch::leave(transport, interrupted.load(Ordering::SeqCst));
    left.outcome
}

/// What one rank does.
fn take_part(arguments: &Arguments, transport: &dyn Transport, interrupted: &Arc<AtomicBool>, started: Moment) -> Left {
    match transport.rank() {
        0 => lead::run(arguments, transport, interrupted, started),
        _ => Left::in_order(follow::run(arguments, transport, interrupted)),
    }
}

/// How a rank leaves.
struct Left {
    outcome: Result<Exit, Failure>,
    /// Some ranks no longer answer.
    without_some: bool,
}

impl Left {
    fn in_order(outcome: Result<Exit, Failure>) -> Self {
        Self { outcome, without_some: false }
    }
}
