use std::process::ExitCode;

fn main() -> ExitCode {
    microzone::cli::main()
}
