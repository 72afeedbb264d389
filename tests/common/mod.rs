//! What the tests of several files share: Python, and other processes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command that runs this script of `tests/python` by a Python that has what its `requirements.txt` lists.
pub fn python(script: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("MICROZONE_PYTHON").map_or_else(|| root.join(".python/bin/python"), PathBuf::from);
    let usable = Command::new(&python).args(["-c", "import h5netcdf, h5py, netCDF4, xarray"]).output();
    let usable = usable.is_ok_and(|output| output.status.success());
    assert!(usable, "{} is no Python with xarray, h5py and netCDF4: run `make python`", python.display());
    let mut command = Command::new(python);
    command.arg(root.join("tests/python").join(script));
    command
}

/// What the command prints; it must succeed.
pub fn run(command: &mut Command) -> String {
    run_with_input(command, "")
}

/// What the command prints when it is given this text; it must succeed.
pub fn run_with_input(command: &mut Command, input: &str) -> String {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", piped.get_program()));
    // A child that fails before it reads closes the pipe; its own message then tells more.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Compares what `write` writes here with what it writes in another process, at another time, at another path, and
/// with other contents of fresh memory. The other process runs the very test that calls this, named `test`.
pub fn check_that_another_process_writes_the_same(test: &str, write: impl Fn(&Path)) {
    const WRITE_TO: &str = "MICROZONE_TEST_WRITE_TO";
    if let Some(path) = std::env::var_os(WRITE_TO) {
        return write(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here.h5"), folder.path().join("a longer name.nc"));
    write(&here);
    // Time stamps in HDF5 count seconds.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let mut other = Command::new(std::env::current_exe().unwrap());
    run(other.args(["--exact", test]).env(WRITE_TO, &there).env("MALLOC_PERTURB_", "165"));
    let (here, there) = (std::fs::read(here).unwrap(), std::fs::read(there).unwrap());
    assert!(here == there, "first difference at {:?}", here.iter().zip(&there).position(|(a, b)| a != b));
}
