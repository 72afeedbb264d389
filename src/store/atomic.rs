//! Files that are either the old ones or the new ones, whatever happens in between.
//!
//! Every file of the store but the journals reaches the disk here: it is written under a temporary name, synced through
//! a descriptor that has been open since before the first byte, read back, compared, and renamed; then its folder is
//! synced. Journals begin here: the head of each is synced before the journal has its name (`appendable`). An error of
//! a write or a sync is final: what the page cache holds afterwards proves nothing.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::{StoreError, ownership};
use crate::machine::files::{self, Access, ByPath, File};
use crate::machine::process;
use crate::machine::sabotage::{Defect, has};

/// A whole file that waits on the disk, under a temporary name, to take its place.
///
/// Dropped, it is removed.
pub(crate) struct Staged {
    path: PathBuf,
    temporary: Temporary,
    file: File,
    hash: blake3::Hash,
}

impl Staged {
    /// A file of these bytes.
    ///
    /// # Errors
    /// It cannot be written, or reads back as something else.
    pub(crate) fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, StoreError> {
        let wanted = blake3::hash(bytes);
        let written = Self::filled(path, |temporary| temporary.write_all(bytes).map_err(StoreError::io(path)))?;
        if written.hash == wanted { Ok(written) } else { Err(unequal(path, "it does not read back as written")) }
    }

    /// A file of these texts one behind the other.
    ///
    /// # Errors
    /// It cannot be written, or reads back as something else.
    pub(crate) fn of_parts(path: &Path, parts: impl Iterator<Item = String>) -> Result<Self, StoreError> {
        let mut wanted = blake3::Hasher::new();
        let written = Self::filled(path, |temporary| {
            for part in parts {
                wanted.update(part.as_bytes());
                temporary.write_all(part.as_bytes()).map_err(StoreError::io(path))?;
            }
            Ok(())
        })?;
        if written.hash == wanted.finalize() {
            Ok(written)
        } else {
            Err(unequal(path, "it does not read back as written"))
        }
    }

    /// A file that `fill` writes, through the descriptor that it is given or through the path of [`Filling`].
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn filled(
        path: &Path,
        fill: impl FnOnce(&mut Filling) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let (temporary, file) = Temporary::beside(path)?;
        let mut filling = Filling { path: temporary.path.clone(), file };
        fill(&mut filling)?;
        let mut file = filling.file;
        match file.sync_all() {
            _ if has(Defect::UnsyncedFile) => {}
            Err(_) if has(Defect::FailedSyncIgnored) => {}
            synced => synced.map_err(StoreError::io(path))?,
        }
        // What is compared is then read from the disk where the file system can do so.
        file.forget_cached();
        let hash = hash_from_start(&mut file).map_err(StoreError::io(path))?;
        Ok(Self { path: path.into(), temporary, file, hash })
    }

    /// Where the file lies for now.
    pub(crate) fn temporary_path(&self) -> &Path {
        &self.temporary.path
    }

    /// BLAKE3 of its bytes.
    pub(crate) fn hash(&self) -> blake3::Hash {
        self.hash
    }

    /// Puts the file in its place, with the mode of the one that was there. A link in that place is replaced, and
    /// what it leads to stays as it is.
    ///
    /// # Errors
    /// What is there belongs to another user; the file cannot be renamed, or the folder cannot be synced.
    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        let path = &self.path;
        ownership::check(path)?;
        files::copy_mode(path, &self.temporary.path).map_err(StoreError::io(path))?;
        files::rename(&self.temporary.path, path).map_err(StoreError::io(path))?;
        self.temporary.is_renamed = true;
        sync_folder_of(path)
    }

    /// Puts the file in its place, open for writing, unless one is there already.
    ///
    /// # Errors
    /// It cannot be put there, or the folder cannot be synced.
    pub(crate) fn commit_new(self) -> Result<Option<File>, StoreError> {
        let path = &self.path;
        let file = match files::link(&self.temporary.path, path) {
            Ok(()) => self.file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            Err(error) if has_no_links(&error) => {
                let mut bytes = Vec::new();
                let mut source = self.file;
                source.rewind().and_then(|()| source.read_to_end(&mut bytes)).map_err(StoreError::io(path))?;
                match File::open(path, Access::New) {
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
                    Err(error) => return Err(StoreError::io(path)(error)),
                    Ok(mut file) => {
                        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(StoreError::io(path))?;
                        file
                    }
                }
            }
            Err(error) => return Err(StoreError::io(path)(error)),
        };
        sync_folder_of(path)?;
        Ok(Some(file))
    }
}

/// Whether an error of a hard link says that the file system has none.
fn has_no_links(error: &std::io::Error) -> bool {
    let unsupported = [Errno::PERM, Errno::OPNOTSUPP, Errno::NOSYS, Errno::MLINK];
    unsupported.iter().any(|known| error.raw_os_error() == Some(known.raw_os_error()))
}

/// A temporary file that is being written.
pub(crate) struct Filling {
    path: PathBuf,
    file: File,
}

impl Filling {
    /// Has a library write the file that opens files itself.
    ///
    /// # Errors
    /// What it has written cannot be kept.
    pub(crate) fn by_path<T>(&self, write: impl FnOnce(&Path) -> T) -> Result<T, StoreError> {
        ByPath::write(&self.path, write).map_err(StoreError::io(&self.path))
    }
}

impl Write for Filling {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Replaces the file at `path` by one of these bytes.
///
/// # Errors
/// See [`Staged`].
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    Staged::of_bytes(path, bytes)?.commit()
}

/// A new file to append to, which begins with these bytes: they are on the disk before the file has its name. `lock` is
/// called before, too.
///
/// # Errors
/// There is a file of this name, it cannot be written or synced, or the lock refuses.
pub(super) fn appendable(
    path: &Path,
    head: &[u8],
    lock: impl FnOnce(&File) -> Result<(), StoreError>,
) -> Result<File, StoreError> {
    let (mut temporary, mut file) = Temporary::opened(path, Access::NewToAppend)?;
    lock(&file)?;
    file.write_all(head).and_then(|()| file.sync_all()).map_err(StoreError::io(path))?;
    match files::link(&temporary.path, path) {
        Err(error) if has_no_links(&error) => {
            if is_there(path)? {
                return Err(StoreError::io(path)(ErrorKind::AlreadyExists.into()));
            }
            files::rename(&temporary.path, path).map_err(StoreError::io(path))?;
            temporary.is_renamed = true;
        }
        linked => linked.map_err(StoreError::io(path))?,
    }
    drop(temporary);
    sync_folder_of(path)?;
    Ok(file)
}

/// Makes a folder and those that it lies in, each durable in its own, unless they are there. Whoever has made one that
/// is there may have been killed before its name was durable.
///
/// # Errors
/// One of them cannot be made or synced.
pub(crate) fn create_folder(path: &Path) -> Result<(), StoreError> {
    if files::is_folder(path) {
        return match sync_folder_of(path) {
            // Somebody else's folder, which we could not have made this one in.
            Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::PermissionDenied => Ok(()),
            synced => synced,
        };
    }
    let above = folder_of(path);
    if above != path {
        create_folder(above)?;
    }
    match files::create_folder(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists || !files::is_folder(path) => {
            Err(StoreError::io(path)(error))
        }
        _ => sync_folder_of(path),
    }
}

/// Makes the names in the folder of this file durable.
///
/// # Errors
/// The folder cannot be opened or synced.
pub(super) fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    if has(Defect::UnsyncedFolder) {
        return Ok(());
    }
    files::sync_folder(folder).map_err(StoreError::io(folder))
}

/// Whether there is a file or folder at this path.
///
/// # Errors
/// This cannot be known, for example for lack of permission.
pub(crate) fn is_there(path: &Path) -> Result<bool, StoreError> {
    files::is_there(path).map_err(StoreError::io(path))
}

/// BLAKE3 of a file.
///
/// # Errors
/// It cannot be read.
pub(crate) fn hash(path: &Path) -> Result<blake3::Hash, StoreError> {
    File::open(path, Access::Read).and_then(|mut file| hash_from_start(&mut file)).map_err(StoreError::io(path))
}

fn hash_from_start(file: &mut File) -> std::io::Result<blake3::Hash> {
    file.rewind()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(hasher.finalize())
}

/// What was written is not what can be read.
pub(crate) fn unequal(path: &Path, what: impl Into<String>) -> StoreError {
    StoreError::NotAsWritten { path: path.into(), what: what.into() }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a file name is that of a temporary file of this module.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".temporary")
}

/// A file with a unique name, removed when this value is dropped unless it was renamed before.
struct Temporary {
    path: PathBuf,
    is_renamed: bool,
}

impl Temporary {
    /// The exclusive creation makes the name unique even among processes of different machines on a shared disk.
    fn beside(path: &Path) -> Result<(Self, File), StoreError> {
        Self::opened(path, Access::New)
    }

    fn opened(path: &Path, access: Access) -> Result<(Self, File), StoreError> {
        let mut attempt = 0_u32;
        loop {
            let mut name = OsString::from(".");
            name.push(path.file_name().unwrap_or_default());
            name.push(format!(".{}-{attempt}.temporary", process::id()));
            let candidate = folder_of(path).join(name);
            match File::open(&candidate, access) {
                Ok(file) => return Ok((Self { path: candidate, is_renamed: false }, file)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => attempt += 1,
                Err(error) => return Err(StoreError::io(path)(error)),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_renamed {
            // A failure here must not hide the one that led here.
            let _ = files::remove(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        let failure = Staged::filled(&path, |temporary| {
            temporary.write_all(b"half").unwrap();
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
        let outer = Staged::filled(&path, |outer| {
            write_bytes(&path, b"inner")?;
            outer.write_all(b"outer").map_err(StoreError::io(&path))
        });
        outer.unwrap().commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"outer");
    }

    #[test]
    fn a_replaced_file_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_bytes(&path, b"old").unwrap();
        for mode in [0o640, 0o600, 0o444] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            write_bytes(&path, b"new").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[test]
    fn a_staged_file_is_hashed_as_it_lies_there() {
        let folder = tempfile::tempdir().unwrap();
        let staged = Staged::filled(&folder.path().join("a"), |file| {
            file.by_path(|path| fs::write(path, b"by its path").unwrap())
        });
        assert_eq!(staged.unwrap().hash(), blake3::hash(b"by its path"));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = write_bytes(Path::new("/nowhere/at/all.txt"), b"").unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all.txt"));
    }
}
