//! Files that are either the old ones or the new ones, whatever happens in between.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Replaces the file at `path` by the one that `fill` writes at the temporary path it is given.
///
/// The temporary file lies in the same folder. It exists, empty, when `fill` is called, and `fill` must have closed
/// it when it returns. File and folder are on the disk when this function returns; if anything fails the old file
/// stays and the temporary one is removed.
pub(crate) fn replace(path: &Path, fill: impl FnOnce(&Path) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let temporary = Temporary::beside(path)?;
    fill(&temporary.path)?;
    File::open(&temporary.path).and_then(|file| file.sync_all()).map_err(StoreError::io(path))?;
    fs::rename(&temporary.path, path).map_err(StoreError::io(path))?;
    let folder = folder_of(path);
    File::open(folder).and_then(|file| file.sync_all()).map_err(StoreError::io(folder))
}

/// Replaces the file at `path` by one of these bytes.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    replace(path, |temporary| {
        let mut file = OpenOptions::new().write(true).open(temporary).map_err(StoreError::io(path))?;
        file.write_all(bytes).map_err(StoreError::io(path))
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file of its own name, removed when this value is dropped unless it was renamed before.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// The exclusive creation makes the name unique even among processes of different machines on a shared disk.
    fn beside(path: &Path) -> Result<Self, StoreError> {
        let mut attempt = 0_u32;
        loop {
            let mut name = OsString::from(".");
            name.push(path.file_name().unwrap_or_default());
            name.push(format!(".{}-{attempt}.temporary", std::process::id()));
            let candidate = folder_of(path).join(name);
            match OpenOptions::new().write(true).create_new(true).open(&candidate) {
                Ok(_) => return Ok(Self { path: candidate }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => attempt += 1,
                Err(error) => return Err(StoreError::io(path)(error)),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename there is nothing left to remove, and a failure here must not hide the one that led here.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn bytes_replace_the_old_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_bytes(&path, b"old and long").unwrap();
        write_bytes(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_bytes(&path, b"old").unwrap();
        let failure = replace(&path, |temporary| {
            fs::write(temporary, b"half").unwrap();
            Err(StoreError::Unwritable { path: path.clone(), what: "no".into() })
        });
        assert!(failure.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn two_writers_of_one_file_do_not_share_a_temporary() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        replace(&path, |outer| {
            write_bytes(&path, b"inner")?;
            fs::write(outer, b"outer").map_err(StoreError::io(outer))
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"outer");
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = write_bytes(Path::new("/nowhere/at/all.txt"), b"").unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all.txt"));
    }
}
