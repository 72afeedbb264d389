//! The commands: one file per verb, each a thin layer that joins the modules below.

/// Prints a line for people or programs to read; if it cannot be written, the verb does not succeed.
macro_rules! say {
    ($($line:tt)*) => {
        $crate::cli::output::line(format_args!($($line)*))
    };
}

/// Prints a line of news on standard error; a run does not stop if it cannot be written.
macro_rules! tell {
    ($($line:tt)*) => {
        $crate::cli::output::tell(format_args!($($line)*))
    };
}

/// Prints a line of news on standard error, unless a run is to be quiet.
macro_rules! news {
    ($($line:tt)*) => {
        if !$crate::cli::output::is_quiet() {
            tell!($($line)*);
        }
    };
}

mod agenda;
mod cancel;
mod completions;
mod crash;
mod diff;
mod doctor;
mod doctor_slurm;
mod exit;
mod experiments;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod init;
mod item;
mod job;
mod locate;
mod machine;
mod manual;
mod open;
mod output;
mod plan;
mod plot;
mod progress;
mod publication;
mod reduce;
mod report;
mod results_directory;
mod run;
mod signals;
mod size;
mod status;
mod submit;
mod suspects;
mod sweep_file;
mod table;
mod terminal;
mod theory;
mod threads;
mod time;
mod verify;
mod wrap;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

pub use exit::{Exit, Failure};

/// Large, exactly reproducible parameter sweeps of cerebellar-learning models.
#[derive(Parser)]
#[command(name = "microzone", version = env!("MICROZONE_VERSION"), propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 complete; 1 internal error; 2 usage or bad sweep file; 3 finished with failed tasks \
    (`diff`: there are differences); \
    4 the directory belongs to another sweep or follows other rules; 5 damaged store; 6 environment; 75 stopped early, \
    resumable.\n\n\
    Examples:\n  microzone run sweeps/quickstart.toml\n  \
    mpirun -n 4 microzone run sweeps/quickstart.toml --time-limit 2h\n  microzone table results/quickstart\n  \
    microzone init capacity > my-sweep.toml\n\n\
    `microzone man DIR` writes manual pages of all commands to a folder, `microzone completions SHELL` prints what a \
    shell needs to complete them."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

/// The command line as clap has it, for completions and manual pages.
fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

#[derive(Subcommand)]
enum Verb {
    Run(run::Arguments),
    Plan(plan::Arguments),
    Status(status::Arguments),
    Reduce(reduce::Arguments),
    Table(table::Arguments),
    Plot(plot::Arguments),
    Report(report::Arguments),
    Diff(diff::Arguments),
    Verify(verify::Arguments),
    Theory(theory::Arguments),
    Submit(submit::Arguments),
    Cancel(cancel::Arguments),
    Experiments(experiments::Arguments),
    Init(init::Arguments),
    Doctor(doctor::Arguments),
    Completions(completions::Arguments),
    #[command(hide = true)]
    Job(job::Arguments),
    #[command(hide = true)]
    Man(manual::Arguments),
}

/// Parses the command line, executes it, and returns the exit code.
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
        .with_writer(|| output::Errors)
        .without_time()
        .with_target(false)
        // It would report a full standard error on standard error, and panic.
        .log_internal_errors(false)
        .init();
    let exit = match Cli::try_parse() {
        // What has panicked has said so, and nothing of it is used again.
        Ok(Cli { verb }) => {
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| perform(verb)));
            or_tell(outcome.unwrap_or(Ok(Exit::Internal)))
        }
        Err(error) if error.use_stderr() => {
            // There is no reader, then.
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

/// Notes that there is no more memory; the caller ends the process, which has none for anything else.
pub fn note_out_of_memory() {
    crate::store::journal::death::note_out_of_memory();
}

/// Reports what went wrong, if anything did.
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
        Verb::Plot(arguments) => plot::run(&arguments),
        Verb::Report(arguments) => report::run(&arguments),
        Verb::Diff(arguments) => diff::run(&arguments),
        Verb::Verify(arguments) => verify::run(&arguments),
        Verb::Theory(arguments) => theory::run(&arguments),
        Verb::Submit(arguments) => submit::run(&arguments),
        Verb::Cancel(arguments) => cancel::run(&arguments),
        Verb::Job(arguments) => job::run(&arguments),
        Verb::Experiments(arguments) => experiments::run(&arguments),
        Verb::Init(arguments) => init::run(&arguments),
        Verb::Doctor(arguments) => doctor::run(&arguments),
        Verb::Completions(arguments) => completions::run(&arguments),
        Verb::Man(arguments) => manual::run(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_verb_has_examples() {
        let mut command = command();
        command.build();
        command.clone().debug_assert();
        let verbs: Vec<&clap::Command> = command.get_subcommands().filter(|verb| verb.get_name() != "help").collect();
        assert!(verbs.len() > 10);
        for verb in verbs {
            let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            let line = format!("  microzone {}", verb.get_name());
            assert!(after.starts_with("Example") && after.contains(&line), "{}: {after}", verb.get_name());
        }
    }

    #[test]
    fn settings_and_times_are_read_from_the_command_line() {
        let read = |arguments: &[&str]| Cli::try_parse_from([&["microzone"], arguments].concat());
        let Ok(Cli { verb: Verb::Run(run) }) = read(&["run", "a.toml", "--set", "inputs=2", "--set", "seed=7"]) else {
            panic!("not a run");
        };
        assert_eq!(run.settings, ["inputs=2", "seed=7"]);
        let limit = |text: &str| match read(&["run", "a.toml", "--time-limit", text]) {
            Ok(Cli { verb: Verb::Run(run) }) => Ok(run.time_limit.map(|limit| limit.as_secs())),
            Ok(_) => panic!("not a run"),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(limit("2:00:00"), Ok(Some(7200)));
        assert_eq!(limit("1-00:00:00"), Ok(Some(86_400)));
        assert!(limit("30").unwrap_err().contains("write 30m or 30s"));
        assert!(read(&["run", "a.toml", "--grace", "30"]).is_err_and(|error| error.to_string().contains("30s")));
    }
}
