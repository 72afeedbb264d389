//! `microzone man`, which the list of commands does not show: it is for those who install the program.

use std::path::PathBuf;

use super::{Exit, Failure};

/// Write manual pages of all commands to a folder: microzone.1, microzone-run.1, …
#[derive(clap::Args)]
#[command(after_help = "Example:\n  microzone man ~/.local/share/man/man1   # then: man microzone-run")]
pub(super) struct Arguments {
    /// The folder; it is created if it does not exist
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// # Errors
/// The folder or a page cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let folder = &arguments.folder;
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(super::command(), folder));
    written.map_err(|error| Failure::new(Exit::Environment, format!("{}: {error}", folder.display())))?;
    Ok(Exit::Complete)
}
