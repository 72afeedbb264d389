//! Python scripts, and what commands print.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command that runs a script of `tests/python`, or one whose path in the project is given, by a Python that has what
/// `tests/python/requirements.txt` lists.
pub(crate) fn python(script: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("MICROZONE_PYTHON").map_or_else(|| root.join(".python/bin/python"), PathBuf::from);
    let usable = Command::new(&python).args(["-c", "import h5netcdf, h5py, netCDF4, xarray"]).output();
    let usable = usable.is_ok_and(|output| output.status.success());
    assert!(usable, "{} is no Python with xarray, h5py and netCDF4: run `make python`", python.display());
    let mut command = Command::new(python);
    command.arg(if script.contains('/') { root.join(script) } else { root.join("tests/python").join(script) });
    command
}

/// What the command prints; it must succeed.
pub(crate) fn run(command: &mut Command) -> String {
    run_with_input(command, "")
}

/// What the command prints when it is given this text; it must succeed.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> String {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", piped.get_program()));
    // A child that fails before it reads closes the pipe; its own message then says more.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
