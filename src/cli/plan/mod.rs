//! `microzone plan`

pub(super) mod forecast;
mod print;
mod simulation;

use std::path::PathBuf;
use std::sync::Arc;

use forecast::Forecast;

use super::agenda::{Agenda, Retry};
use super::results_directory::results_directory;
use super::size::Size;
use super::{Exit, Failure, machine, sweep_file};
use crate::results::Found;
use crate::store::Contents;
use crate::sweep::Identities;

/// Show what `run` would do: points, tasks, what is already done, expected cost and memory, share of each rank
///
/// Lists the fixed values with their units, first those that are not the catalogue's defaults. Expected times are the
/// catalogue's, for one current core; a run calibrates them as it proceeds.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone plan sweeps/quickstart.toml\n  \
    microzone plan sweeps/quickstart.toml --ranks 64 --threads 2\n  \
    microzone plan sweeps/quickstart.toml --simulate-ranks 16,256,4096 --threads 1\n  \
    microzone plan sweeps/quickstart.toml --set inputs=1000 --format json")]
pub(super) struct Arguments {
    /// The sweep file
    #[arg(value_name = "SWEEP.toml")]
    pub sweep: PathBuf,
    /// The results directory [default: results/<sweep name>, or $MICROZONE_RESULTS/<sweep name> if that is set, or the
    /// directory of a sweep.toml that is in one]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Plan for this many ranks
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub ranks: u32,
    /// Threads of each rank [default: the processors of this machine]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Change a value of [fixed] or [sweep], as `run` would (repeat the flag for more)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// For people, or in full precision for programs
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten, next_help_heading = "Simulation")]
    simulation: simulation::Request,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// # Errors
/// The sweep file is bad, or the directory belongs to another sweep or is damaged.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let sweep = Arc::new(sweep_file::read(&arguments.sweep, &arguments.settings)?);
    let directory = results_directory(arguments.out.as_deref(), &arguments.sweep, &sweep)?;
    // Before a place is made for every task.
    Size::of(&sweep).check(&sweep)?;
    directory.check_owner(&sweep)?;
    let contents = Contents::read(&directory)?.undamaged()?;
    let identities = Identities::new(&sweep);
    let found = Found::new(&sweep, &identities, &contents)?;
    let agenda = Agenda::new(&sweep, &identities, &found, Retry::default());
    let threads = arguments.threads.map_or_else(|| machine::threads(1), usize::from);
    let mut forecast = Forecast::new(&sweep, &agenda, directory.root(), arguments.ranks, threads);
    forecast.simulation = arguments.simulation.simulated(&agenda.pending, threads);
    match arguments.format {
        Format::Text => print::text(&forecast),
        Format::Json => {
            let text = serde_json::to_string_pretty(&forecast);
            say!("{}", text.map_err(|error| Failure::new(Exit::Internal, error.to_string()))?);
        }
    }
    Ok(Exit::Complete)
}
