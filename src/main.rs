//! Parses the command line and does what it says: see [`microzone::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    microzone::cli::main()
}
