//! One run at a time in a directory.
//!
//! The operating system drops the lock when its holder dies, however it dies, so a lock file left behind does not
//! block. Some file systems (Lustre, DVS and NFS as they are often mounted) have no such locks: there this one says so,
//! and [`super::lease`] alone guards the directory.

use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use rustix::io::Errno;

use super::{StoreError, ownership};
use crate::machine::files::{Access, File, TryLockError};
use crate::machine::threads::sleep;

/// Held for the length of a run.
pub(crate) struct Lock {
    _file: File,
    is_real: bool,
}

/// `ENOTSUPP`, which is internal to the kernel, but which some network file systems return anyway.
const NOT_SUPPORTED_BY_SERVER: i32 = 524;

/// What is shown of the line that names the holder.
const LONGEST_HOLDER: u64 = 1000;

/// `status` holds a shared lock for an instant to see whether a run lives; a starting run waits that out.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(50);

impl Lock {
    /// Takes the lock, where there are locks, and leaves a line that says who holds it.
    ///
    /// # Errors
    /// Another run holds it (named), or the file is not ours or cannot be written.
    pub(crate) fn acquire(path: &Path, holder: &str) -> Result<Self, StoreError> {
        Self::acquire_as(path, holder, File::try_lock)
    }

    /// As [`Lock::acquire`], but shared with others that do the same.
    ///
    /// # Errors
    /// Likewise.
    pub(crate) fn acquire_shared(path: &Path, holder: &str) -> Result<Self, StoreError> {
        Self::acquire_as(path, holder, File::try_lock_shared)
    }

    fn acquire_as(path: &Path, holder: &str, lock: fn(&File) -> Result<(), TryLockError>) -> Result<Self, StoreError> {
        let mut file = ownership::open(path, Access::ReadAndWriteOrNew)?;
        let mut attempt = 0;
        let is_real = loop {
            match locked_where_possible(lock(&file)) {
                Ok(is_real) => break is_real,
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError::Locked { path: path.to_path_buf(), holder: read_holder(&mut file) });
                }
                Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
            }
            attempt += 1;
        };
        write_holder(&mut file, holder).map_err(StoreError::io(path))?;
        Ok(Self { _file: file, is_real })
    }

    /// Whether the operating system really keeps others out; false where it has no locks for this file system.
    pub(crate) fn is_real(&self) -> bool {
        self.is_real
    }

    /// Who holds the lock now, if anyone does.
    pub(crate) fn holder(path: &Path) -> Option<String> {
        let mut file = File::open(path, Access::ReadUnlinked).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read_holder(&mut file)),
            _ => None,
        }
    }
}

/// Locks a file against other processes; false where the file system has no locks.
pub(super) fn try_lock(file: &File) -> Result<bool, TryLockError> {
    locked_where_possible(file.try_lock())
}

fn locked_where_possible(outcome: Result<(), TryLockError>) -> Result<bool, TryLockError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(TryLockError::Error(error)) if says_unsupported(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether an error of flock means that this file system, as it is mounted here, has no locks.
fn says_unsupported(error: &std::io::Error) -> bool {
    let unsupported = [Errno::NOSYS, Errno::NOLCK, Errno::OPNOTSUPP].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|number| unsupported.contains(&number) || number == NOT_SUPPORTED_BY_SERVER)
}

fn write_holder(file: &mut File, holder: &str) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{holder}")
}

fn read_holder(file: &mut File) -> String {
    let mut bytes = Vec::new();
    let _ = file.rewind().and_then(|()| file.take(LONGEST_HOLDER).read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes);
    // For a terminal, whatever somebody may have written there.
    let line: String = text.trim().chars().take_while(|letter| !letter.is_control()).collect();
    if line.is_empty() { "a run that has only just started".into() } else { line }
}

/// What an attempt gives once nobody has the lock. A process that another test has just started has all files open that
/// this one has, until it runs its program.
#[cfg(test)]
pub(super) fn once_released<T>(attempt: impl Fn() -> Result<T, StoreError>) -> T {
    for _ in 0..1000 {
        match attempt() {
            Err(StoreError::Locked { .. }) => sleep(Duration::from_millis(10)),
            outcome => return outcome.unwrap(),
        }
    }
    panic!("somebody has the lock");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_run_is_told_about_the_first_and_a_dead_one_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::acquire(&path, "host n1, pid 7").unwrap();
        assert!(first.is_real());
        assert_eq!(Lock::holder(&path).as_deref(), Some("host n1, pid 7"));
        let refused = Lock::acquire(&path, "host n2, pid 8").map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("host n1, pid 7"), "{refused}");
        drop(first);
        once_released(|| Lock::acquire(&path, "host n2, pid 8"));
    }

    #[test]
    fn shares_hold_it_together_and_keep_others_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::acquire_shared(&path, "share 1").unwrap();
        let second = Lock::acquire_shared(&path, "share 2").unwrap();
        assert!(Lock::acquire(&path, "run").is_err());
        drop((first, second));
        once_released(|| Lock::acquire(&path, "run"));
    }

    #[test]
    fn four_errors_say_that_there_are_no_locks_and_no_other_does() {
        let unsupported = (0..600).filter(|number| says_unsupported(&std::io::Error::from_raw_os_error(*number)));
        // ENOLCK, ENOSYS, EOPNOTSUPP, ENOTSUPP.
        assert_eq!(unsupported.collect::<Vec<_>>(), [37, 38, 95, 524]);
        assert!(!says_unsupported(&std::io::Error::other("no number")));
    }
}
