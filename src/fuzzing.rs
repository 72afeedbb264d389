//! One function per kind of file that others may have written: it reads arbitrary bytes as that kind, and panics only
//! where the program has a defect. `fuzz/` and `tests/hostile.rs` call them; `scratch` is the path of a file for
//! readers that take paths.

use std::path::Path;

use crate::cli::fuzzing as shown;
use crate::results::{Lost, Results, Summary, sweep_text};
use crate::slurm::profile::Profile;
use crate::slurm::record::JobRecord;
use crate::store;
use crate::store::fuzzing::is_one_in;
use crate::sweep::{Identities, Sweep, SweepError, with_settings};

/// The longest sweep of which the identities of tasks are computed here.
const MOST_TASKS: usize = 10_000;

/// A journal, as it is and with whole checksums.
pub fn journal(bytes: &[u8], scratch: &Path) {
    store::fuzzing::journal(bytes, scratch);
}

/// A record of a journal or shard.
pub fn record(bytes: &[u8]) {
    store::fuzzing::record(bytes);
}

/// A shard, as it is and with a sound structure and any columns.
pub fn shard(bytes: &[u8], scratch: &Path) {
    store::fuzzing::shard(bytes, scratch);
}

/// A shard with a whole seal and any structure. HDF5 itself may crash.
pub fn sealed_shard(bytes: &[u8], scratch: &Path) {
    store::fuzzing::sealed_shard(bytes, scratch);
}

/// A `results.h5` that has its checksum. HDF5 itself may crash.
pub fn results(bytes: &[u8], scratch: &Path) {
    store::fuzzing::put(scratch, bytes);
    let _ = Summary::read(scratch);
    let Ok(text) = sweep_text(scratch) else { return };
    if let Ok(sweep) = Sweep::parse(scratch, text)
        && sweep.tasks() <= MOST_TASKS
    {
        let _ = Results::read(scratch, &sweep).and_then(|results| Lost::of(scratch, &results));
    }
}

/// The record of a run, and what `status` and `report` say of it.
pub fn run_record(bytes: &[u8]) {
    if let Some(record) = store::fuzzing::run_record(bytes) {
        shown::run_record(record);
    }
}

/// A lease.
pub fn lease(bytes: &[u8]) {
    store::lease::fuzzing::lease(bytes);
}

/// The checksums of a directory.
pub fn checksums(bytes: &[u8]) {
    store::fuzzing::checksums(bytes);
}

/// The rules of a directory.
pub fn rules(bytes: &[u8]) {
    std::str::from_utf8(bytes).into_iter().for_each(store::fuzzing::rules);
}

/// The record of a Slurm job.
pub fn job_record(bytes: &[u8]) {
    if let Ok(mut record) = serde_json::from_slice::<JobRecord>(bytes) {
        record.exercise();
    }
}

/// The profile of a site.
pub fn profile(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    told(text, Profile::parse(Path::new("profile.toml"), text, shown::time));
}

/// A sweep file, with and without `--set`.
pub fn sweep(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(sweep) = told(text, Sweep::parse(Path::new("sweep.toml"), text.into())) {
        assert_eq!(sweep.points(), sweep.axes.iter().map(|axis| axis.len()).product::<usize>());
        if sweep.tasks() <= MOST_TASKS {
            let tasks: Vec<u32> = (0..sweep.tasks() as u32).collect();
            let digests = Identities::new(&std::sync::Arc::new(sweep)).digests(&tasks);
            assert_eq!(digests.len(), tasks.len());
        }
    }
    if is_one_in(4, bytes)
        && let Ok(edited) = with_settings(text, &["replicates=2".into(), "inputs=100".into()])
    {
        told(text, Sweep::parse(Path::new("sweep.toml"), edited));
    }
}

/// The value, or nothing after the message has been made; the one with the lines of the file takes a millisecond.
fn told<T>(text: &str, outcome: Result<T, SweepError>) -> Option<T> {
    let message = |error: SweepError| match is_one_in(16, text.as_bytes()) {
        true => error.in_full(),
        false => error.to_string(),
    };
    outcome.map_err(|error| assert!(!message(error).is_empty())).ok()
}
