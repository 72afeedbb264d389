//! One run at a time in a directory.
//!
//! The operating system drops the lock when its holder dies, however it dies, so a lock file left behind does not
//! block.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::StoreError;

/// Held for the length of a run.
pub(crate) struct Lock {
    _file: File,
}

/// `status` holds a shared lock for an instant to see whether a run lives; a starting run waits that out.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(50);

impl Lock {
    /// Takes the lock and leaves a line that says who holds it.
    ///
    /// # Errors
    /// Another run holds it (named), or the file cannot be written.
    pub(crate) fn acquire(path: &Path, holder: &str) -> Result<Self, StoreError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(StoreError::io(path))?;
        for attempt in 0.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError::Locked { path: path.to_path_buf(), holder: read_holder(&mut file) });
                }
                Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
            }
        }
        write_holder(&mut file, holder).map_err(StoreError::io(path))?;
        Ok(Self { _file: file })
    }

    /// Who holds the lock now, if anyone does.
    pub(crate) fn holder(path: &Path) -> Option<String> {
        let mut file = OpenOptions::new().read(true).open(path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read_holder(&mut file)),
            _ => None,
        }
    }
}

fn write_holder(file: &mut File, holder: &str) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{holder}")
}

fn read_holder(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.rewind().and_then(|()| file.read_to_string(&mut text));
    match text.trim() {
        "" => "a run that has only just started".into(),
        holder => holder.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_run_is_told_about_the_first_and_a_dead_one_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::acquire(&path, "host n1, pid 7").unwrap();
        assert_eq!(Lock::holder(&path).as_deref(), Some("host n1, pid 7"));
        let refused = Lock::acquire(&path, "host n2, pid 8").map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("host n1, pid 7"), "{refused}");
        drop(first);
        assert_eq!(Lock::holder(&path), None);
        Lock::acquire(&path, "host n2, pid 8").unwrap();
    }
}
