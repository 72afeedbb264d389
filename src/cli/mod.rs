//! The commands: one file per verb, each a thin join of the modules below.

/// Prints a line for people or programs to read; if it cannot be written, the verb does not succeed.
macro_rules! say {
    ($($line:tt)*) => {
        $crate::cli::output::line(format_args!($($line)*))
    };
}

/// Prints a line of news beside the output; a run does not stop because nobody listens.
macro_rules! tell {
    ($($line:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($line)*);
    }};
}

mod agenda;
mod diff;
mod doctor;
mod exit;
mod experiments;
mod machine;
mod open;
mod output;
mod plan;
mod progress;
mod publication;
mod reduce;
mod relayed_terminal;
mod results_directory;
mod run;
mod signals;
mod status;
mod table;
mod theory;
mod threads;
mod verify;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

pub use agenda::Agenda;
pub use exit::{Exit, Failure};

/// Large, exactly reproducible parameter sweeps of cerebellar-learning models.
#[derive(Parser)]
#[command(name = "microzone", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 complete; 1 internal error; 2 usage or bad sweep file; 3 finished with failed tasks \
    (`diff`: there are differences); \
    4 the directory belongs to another sweep or follows other rules; 5 damaged store; 6 environment; 75 stopped early, \
    resumable.\n\n\
    Examples:\n  microzone run sweeps/quickstart.toml\n  \
    mpirun -n 4 microzone run sweeps/quickstart.toml --time-limit 2h\n  microzone table results/quickstart"
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Run(run::Arguments),
    Plan(plan::Arguments),
    Status(status::Arguments),
    Reduce(reduce::Arguments),
    Table(table::Arguments),
    Diff(diff::Arguments),
    Verify(verify::Arguments),
    Theory(theory::Arguments),
    Experiments(experiments::Arguments),
    Doctor(doctor::Arguments),
}

/// Parses the command line, does what it says, and returns the exit code.
pub fn main() -> ExitCode {
    // Leases and checksums guard the files; where there is no flock, HDF5 would refuse to open them.
    // SAFETY: no other thread has been started yet.
    unsafe { std::env::set_var("HDF5_USE_FILE_LOCKING", "FALSE") };
    signals::hold();
    signals::ignore_file_size_limit();
    // How much of its inside the program logs: error, warn, info, debug, trace.
    let level = std::env::var("MICROZONE_LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::WARN);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .without_time()
        .with_target(false)
        // It would tell of a full standard error on standard error, and panic.
        .log_internal_errors(false)
        .init();
    let exit = match Cli::try_parse() {
        // What has panicked has said so, and nothing of it is used again.
        Ok(Cli { verb }) => {
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| perform(verb)));
            or_tell(outcome.unwrap_or(Ok(Exit::Internal)))
        }
        Err(error) if error.use_stderr() => {
            // Nobody listens, then.
            let _ = error.print();
            Exit::Usage
        }
        // `--help` or `--version`.
        Err(text) => {
            output::attempt(|| text.print());
            Exit::Complete
        }
    };
    let closed = or_tell(output::close().map(|()| exit));
    ExitCode::from(if exit == Exit::Complete { closed } else { exit } as u8)
}

/// Says what went wrong, if anything did.
fn or_tell(outcome: Result<Exit, Failure>) -> Exit {
    outcome.unwrap_or_else(|failure| {
        tell!("microzone: {failure}");
        failure.exit
    })
}

fn perform(verb: Verb) -> Result<Exit, Failure> {
    // A run handles them.
    if !matches!(verb, Verb::Run(_)) {
        signals::release();
    }
    threads::start()?;
    match verb {
        Verb::Run(arguments) => run::run(&arguments),
        Verb::Plan(arguments) => plan::run(&arguments),
        Verb::Status(arguments) => status::run(&arguments),
        Verb::Reduce(arguments) => reduce::run(&arguments),
        Verb::Table(arguments) => table::run(&arguments),
        Verb::Diff(arguments) => diff::run(&arguments),
        Verb::Verify(arguments) => verify::run(&arguments),
        Verb::Theory(arguments) => theory::run(&arguments),
        Verb::Experiments(arguments) => experiments::run(&arguments),
        Verb::Doctor(arguments) => doctor::run(&arguments),
    }
}
