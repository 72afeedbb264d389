//! Keeps the sweep in its directory, so that the job computes what was submitted, whatever happens to the file.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::cli::{Exit, Failure, reduce};
use crate::machine::files;
use crate::store::{Directory, StoreError, atomic};
use crate::sweep::Sweep;

/// Where an extension waits for the next start of a job.
pub(in crate::cli) fn next_file(directory: &Directory) -> PathBuf {
    directory.root().join("sweep.next.toml")
}

/// What happened to a sweep that was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frozen {
    /// It is the sweep of the directory.
    Kept,
    /// It waits for the next start.
    Waiting,
}

/// The extension that waits in a directory, if there is one.
///
/// # Errors
/// It cannot be read, or is not a sweep.
pub(in crate::cli) fn waiting(directory: &Directory) -> Result<Option<Sweep>, Failure> {
    let path = next_file(directory);
    match files::read_text(&path) {
        Ok(text) => Ok(Some(Sweep::parse(&path, text)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(path)(error).into()),
    }
}

/// Freezes the sweep. While a job runs or waits (`is_busy`), it may read `sweep.toml` at any moment, so an extension
/// waits next to it.
///
/// # Errors
/// A waiting extension already has something that this sweep lacks, or a file cannot be written.
pub(super) fn freeze(directory: &Directory, sweep: &Sweep, is_busy: bool) -> Result<Frozen, Failure> {
    if let Some(next) = waiting(directory)? {
        if next.difference_from(sweep).is_none() {
            return Ok(Frozen::Waiting);
        }
        if let Some(difference) = sweep.difference_from(&next) {
            let path = next_file(directory).display().to_string();
            let what = format!(
                "{path}: an extension is waiting here that this sweep does not include: {difference}; submit that file \
                 with the changes of both, or remove it"
            );
            return Err(Failure::new(Exit::OtherSweep, what));
        }
    }
    if directory.is_claimed(sweep)? {
        return Ok(Frozen::Kept);
    }
    if is_busy {
        atomic::write_bytes(&next_file(directory), sweep.text.as_bytes())?;
        return Ok(Frozen::Waiting);
    }
    take(directory, sweep)?;
    Ok(Frozen::Kept)
}

/// Makes this the sweep of the directory; nothing waits there any more.
///
/// # Errors
/// The directory is another sweep's, or a file cannot be written.
pub(in crate::cli) fn take(directory: &Directory, sweep: &Sweep) -> Result<(), Failure> {
    directory.create()?;
    let lease = reduce::lease(directory, &AtomicBool::new(false))?;
    // Again, because another process may have been here in between.
    directory.check_owner(sweep)?;
    directory.claim(sweep, &|| lease.check())?;
    let path = next_file(directory);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(path)(error).into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn sweep(indices: &str) -> Sweep {
        let text = format!("[sweep]\nname = \"a\"\nexperiment = \"null\"\n[grid]\nindex = {indices}\n");
        Sweep::parse(Path::new("a.toml"), text).unwrap()
    }

    #[test]
    fn an_extension_waits_while_a_job_is_there_and_is_then_taken() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::new(folder.path().join("d"));
        let (small, large) = (sweep("[1, 2]"), sweep("[1, 2, 3]"));
        assert_eq!(freeze(&directory, &small, false).unwrap(), Frozen::Kept);
        assert_eq!(freeze(&directory, &small, true).unwrap(), Frozen::Kept);
        assert!(waiting(&directory).unwrap().is_none());
        assert_eq!(freeze(&directory, &large, true).unwrap(), Frozen::Waiting);
        assert_eq!(directory.sweep().unwrap().text, small.text);
        // The smaller one again changes nothing; one that has other values is refused.
        assert_eq!(freeze(&directory, &small, true).unwrap(), Frozen::Waiting);
        let refused = freeze(&directory, &sweep("[1, 2, 4]"), true).unwrap_err();
        assert!(refused.message.contains("sweep.next.toml: an extension is waiting here"), "{refused}");
        let next = waiting(&directory).unwrap().unwrap();
        take(&directory, &next).unwrap();
        assert_eq!(directory.sweep().unwrap().text, large.text);
        assert!(waiting(&directory).unwrap().is_none());
    }
}
