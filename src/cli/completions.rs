//! `microzone completions`

use std::io::Write;

use clap_complete::Shell;

use super::{Exit, Failure, output};

/// Print what a shell needs to complete the commands
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  microzone completions bash > ~/.local/share/bash-completion/completions/microzone\n  \
    microzone completions fish > ~/.config/fish/completions/microzone.fish"
)]
pub(super) struct Arguments {
    /// The shell
    pub shell: Shell,
}

/// # Errors
/// Never fails by itself.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::command(), "microzone", &mut text);
    output::attempt(|| std::io::stdout().write_all(&text));
    Ok(Exit::Complete)
}
