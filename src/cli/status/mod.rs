//! `microzone status`

mod print;
mod standing;
mod wording;

use std::path::PathBuf;

use standing::Standing;

use super::open::Opened;
use super::{Exit, Failure};
use crate::store::Directory;
use crate::store::lease::{self, LivingRun, LivingState};
use crate::store::lock::Lock;

/// Say how far a sweep is: done, running, failed (with parameters and message), left, rate, ETA
///
/// Works on a live, dead or finished sweep, from any shell, and changes nothing.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone status results/quickstart\n  watch microzone status results/quickstart")]
pub(super) struct Arguments {
    /// The results directory
    dir: PathBuf,
    /// Show at most so many failed tasks, and as many that were in hand when a process was killed
    #[arg(long, value_name = "N", default_value = "20")]
    failures: usize,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// # Errors
/// The directory has no sweep or cannot be read.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    // First the lease, then the records: a run that ends in between is seen with its last records.
    let living = living(&Directory::new(&arguments.dir))?;
    let mut opened = Opened::read(&arguments.dir)?;
    let standing = Standing::new(&mut opened, living.as_ref(), arguments.failures)?;
    match arguments.format {
        Format::Text => print::text(&standing, arguments.failures),
        Format::Json => {
            let text = serde_json::to_string_pretty(&standing);
            say!("{}", text.map_err(|error| Failure::new(Exit::Internal, error.to_string()))?);
        }
    }
    Ok(if standing.damage.is_empty() { Exit::Complete } else { Exit::Damaged })
}

/// The run that works in the directory now, if one does. Those up to version 0.2 have a lock and no lease.
fn living(directory: &Directory) -> Result<Option<LivingRun>, Failure> {
    let living = lease::living_run(&directory.runs())?;
    let of_lock = |holder| LivingRun { run: 0, holder, state: LivingState::Running };
    Ok(living.or_else(|| Lock::holder(&directory.lock_file()).map(of_lock)))
}
