//! `microzone status`

mod axes;
mod groups;
mod overview;
mod print;
mod standing;
mod state;
mod times;
mod watch;

use std::path::{Path, PathBuf};

use overview::{Entry, Overview};
use print::Detail;
use standing::Standing;

use super::locate::{self, Place};
use super::open::Opened;
use super::{Exit, Failure};
use crate::store::Directory;
use crate::store::lease::{self, LivingRun, LivingState};
use crate::store::lock::Lock;

/// Report how far a sweep is: done, running, failed (with parameters and message), left, rate, ETA
///
/// Works on a live, dead or finished sweep, from any shell, and changes nothing. A sweep file stands for the directory
/// that `run` would use; a folder with several results directories is shown with one line per sweep. The ETA is a
/// band: it has the mean rate of the run, its recent rate, and the error of both.
///
/// `--watch` draws everything again every second, with a bar for each value of each axis and failures by their reason,
/// until nothing is left, or until Ctrl-C. Where the output is no terminal, it prints a block whenever something has
/// changed.
///
/// `--format json`: `state` is new, running, stopping, stalled, stopped, killed, complete, failed (nothing left, some
/// failed), damaged, pending (a Slurm job waits) or held (a Slurm job waits until it is released).
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  microzone status results/quickstart\n  \
    microzone status results/quickstart --watch\n  \
    microzone status sweeps/quickstart.toml      # the directory that `run` would use\n  \
    microzone status results                     # one line per sweep\n  \
    microzone status results/quickstart --format json\n  \
    microzone status results/quickstart --exit-code && microzone plot results/quickstart")]
pub(super) struct Arguments {
    /// The results directory, a file inside it, its sweep file, or a folder with several results directories
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Draw it again every second, until nothing is left
    #[arg(long)]
    watch: bool,
    /// Exit with 0 if the sweep is complete, 3 if it is complete with failed tasks, 5 if it is damaged, 75 if anything
    /// is left; of several sweeps, with the worst (5, 75, 3, 0)
    #[arg(long)]
    exit_code: bool,
    /// Show at most so many failed tasks, and as many that were in hand when a process was killed
    #[arg(long, value_name = "N", default_value = "20")]
    failures: usize,
    /// For people, or for programs (with --watch: one line whenever something has changed)
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Arguments {
    fn is_json(&self) -> bool {
        self.format == Format::Json
    }
}

/// # Errors
/// The directory has no sweep or cannot be read.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.watch {
        return watch::watch(arguments);
    }
    let view = View::look(arguments)?;
    say!("{}", view.render(arguments)?.trim_end_matches('\n'));
    Ok(view.exit(arguments.exit_code))
}

/// What there is to see at one moment.
enum View {
    One(Box<Standing>),
    Several(Overview),
}

impl View {
    /// # Errors
    /// The one sweep cannot be read. Of several, one that cannot be read is shown as such.
    fn look(arguments: &Arguments) -> Result<Self, Failure> {
        let most = arguments.failures;
        let one = |standing| Self::One(Box::new(standing));
        match locate::place(&arguments.dir)? {
            Place::Directory(root) => standing_of(&root, most).map(one),
            Place::Parent(roots) => {
                let sweeps = roots.iter().map(|root| Entry::new(root, standing_of(root, most))).collect();
                Ok(Self::Several(Overview { sweeps }))
            }
            Place::Sweep(sweep, directory) => {
                let living = living(&directory)?;
                let mut opened = Opened::of_sweep(sweep, directory)?;
                Standing::new(&mut opened, living.as_ref(), most).map(one)
            }
        }
    }

    /// # Errors
    /// There is no JSON for it, which is a defect.
    fn render(&self, arguments: &Arguments) -> Result<String, Failure> {
        match (self, arguments.format) {
            (Self::One(standing), Format::Text) => {
                let detail = if arguments.watch { Detail::Watched } else { Detail::Listed(arguments.failures) };
                Ok(print::text(standing, detail))
            }
            (Self::Several(overview), Format::Text) => Ok(overview.text()),
            (Self::One(standing), Format::Json) => json(standing, arguments.watch),
            (Self::Several(overview), Format::Json) => json(overview, arguments.watch),
        }
    }

    /// The code of the state, or else only whether it is damaged.
    fn exit(&self, of_state: bool) -> Exit {
        let exit = match self {
            Self::One(standing) => standing.state.exit(),
            Self::Several(overview) => overview.exit(),
        };
        if of_state || exit == Exit::Damaged { exit } else { Exit::Complete }
    }

    /// Whether nothing more happens by itself.
    fn is_final(&self) -> bool {
        match self {
            Self::One(standing) => standing.state.is_final(),
            Self::Several(overview) => overview.is_final(),
        }
    }

    /// What makes two views different, which times do not.
    fn key(&self) -> String {
        match self {
            Self::One(standing) => {
                let Standing { state, done, failed, left, running, theory, .. } = standing.as_ref();
                let silent = standing.live_run().map_or(0, |run| run.silent.len());
                format!("{} {done} {failed} {left} {running} {theory:?} {silent}", state.word())
            }
            Self::Several(overview) => overview.text(),
        }
    }
}

/// In one line, or for people too.
fn json(value: &impl serde::Serialize, is_line: bool) -> Result<String, Failure> {
    let text = if is_line { serde_json::to_string(value) } else { serde_json::to_string_pretty(value) };
    text.map_err(|error| Failure::new(Exit::Internal, error.to_string()))
}

fn standing_of(root: &Path, most_failures: usize) -> Result<Standing, Failure> {
    // First the lease, then the records: a run that ends in between is seen with its last records.
    let living = living(&Directory::new(root))?;
    let mut opened = Opened::read(root)?;
    Standing::new(&mut opened, living.as_ref(), most_failures)
}

/// The run that works in the directory now, if one does. Those up to version 0.2 have a lock and no lease.
fn living(directory: &Directory) -> Result<Option<LivingRun>, Failure> {
    let living = lease::living_run(&directory.runs())?;
    let of_lock = |holder| LivingRun { run: 0, holder, state: LivingState::Running, heartbeat: None };
    Ok(living.or_else(|| Lock::holder(&directory.lock_file()).map(of_lock)))
}
/// The lines about a run, and its record in JSON.
#[cfg(feature = "fuzzing")]
pub(super) fn show_record(record: crate::store::run_record::RunRecord) -> Result<String, serde_json::Error> {
    let mut page = print::Page::default();
    print::of_run(&mut page, &record);
    let mut json = Vec::new();
    times::run(&Some(record), &mut serde_json::Serializer::new(&mut json))?;
    Ok(page.0 + &String::from_utf8_lossy(&json))
}
