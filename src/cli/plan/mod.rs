//! `microzone plan`

use std::path::PathBuf;
use std::sync::Arc;

use super::agenda::Agenda;
use super::progress::whole_seconds;
use super::results_directory::results_directory;
use super::{Exit, Failure, machine};
use crate::store::Contents;
use crate::sweep::{Identities, Precision, Sweep};

/// Say what `run` would do: points, tasks, what is done already, expected cost and memory, share of each rank
///
/// Expected times are the catalogue's for one core of today; a run calibrates them as it goes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone plan sweeps/quickstart.toml\n  \
    microzone plan sweeps/quickstart.toml --ranks 64 --threads 2")]
pub(super) struct Arguments {
    /// The sweep file
    #[arg(value_name = "SWEEP.toml")]
    pub sweep: PathBuf,
    /// The results directory [default: results/<sweep name>, or the directory of a sweep.toml that is in one]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Plan for so many ranks
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub ranks: u32,
    /// Threads of each rank [default: the processors of this machine]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

/// # Errors
/// The sweep file is bad, or the directory belongs to another sweep or is damaged.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let sweep = Arc::new(Sweep::read(&arguments.sweep)?);
    let directory = results_directory(arguments.out.as_deref(), &arguments.sweep, &sweep)?;
    directory.check_owner(&sweep)?;
    let contents = Contents::read(&directory)?.undamaged()?;
    let agenda = Agenda::new(&sweep, &Identities::new(&sweep), &contents, false);
    let pending = &agenda.pending;
    let (reserve, reserve_seconds) = agenda.reserve();
    let up_to = |text: String| if reserve > 0 { format!(" to {text}") } else { String::new() };
    let costs: Vec<_> = (0..sweep.points()).map(|point| sweep.cost(point)).collect();
    let memory = costs.iter().map(|cost| cost.bytes).fold(0.0, f64::max);
    let seconds = pending.iter().fold(0.0, |sum, task| sum + f64::from(task.seconds));
    let longest = pending.iter().map(|task| f64::from(task.seconds)).fold(0.0, f64::max);
    let threads = arguments.threads.map_or_else(|| machine::threads(1), usize::from);
    let workers = f64::from(arguments.ranks) * threads as f64;

    say!("sweep       {} (experiment {})", sweep.name, sweep.declaration().name);
    let axes: Vec<String> = sweep.axes.iter().map(|axis| format!("{} {}", axis.len(), axis.name())).collect();
    say!(
        "points      {}{}",
        sweep.points(),
        if axes.is_empty() { String::new() } else { format!(" = {}", axes.join(" x ")) }
    );
    let (tasks, left) = (agenda.tasks(), pending.len() as u64);
    say!("tasks       {tasks}{} ({})", up_to((tasks + reserve).to_string()), replicates(&sweep));
    say!("directory   {}", directory.root().display());
    say!("done        {}", tasks - left);
    say!("left        {left}{}", up_to((left + reserve).to_string()));
    let most = up_to(duration(seconds + reserve_seconds));
    say!("cost        {}{most} on one thread, the longest task {}", duration(seconds), duration(longest));
    say!("memory      {:.1} MB per thread", memory / 1e6);
    say!(
        "share       {:.0} tasks and {} for each of {} ranks with {threads} threads",
        left as f64 / f64::from(arguments.ranks),
        duration((seconds / workers).max(longest)),
        arguments.ranks
    );
    Ok(Exit::Complete)
}

fn replicates(sweep: &Sweep) -> String {
    match sweep.precision {
        None => format!("{} replicates per point", sweep.replicates),
        Some(Precision { observable, relative_error, max_replicates, .. }) => {
            let target = format!("until the error of {} is {relative_error} of its mean", observable.name());
            format!("{} to {max_replicates} replicates per point, {target}", sweep.replicates)
        }
    }
}

fn duration(seconds: f64) -> String {
    if seconds < 10.0 { format!("{seconds:.2}s") } else { whole_seconds(seconds) }
}
