//! What the tests of several files share: Python, and other processes.

pub(crate) mod python;

use std::path::Path;
use std::process::Command;

use python::run;

/// Compares what `write` writes here with what it writes in another process, at another time, at another path, and
/// with other contents of fresh memory. The other process runs the very test that calls this, named `test`.
pub(crate) fn check_that_another_process_writes_the_same(test: &str, write: impl Fn(&Path)) {
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
