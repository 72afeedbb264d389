//! Files that a library opens itself.

use std::io;
use std::path::{Path, PathBuf};

use super::access::Access;
use super::file::File;
use super::plain;
use crate::machine::or_simulated;
#[cfg(test)]
use crate::machine::simulated::Scratch;

/// A path by which a library opens a file itself.
#[derive(Debug)]
pub(crate) struct ByPath {
    path: PathBuf,
    #[cfg(test)]
    _scratch: Option<Scratch>,
}

impl ByPath {
    /// Of a regular file that is there.
    ///
    /// # Errors
    /// It cannot be opened, of which a library may say less.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        or_simulated!(machine => {
            let scratch = machine.scratch_copy(path)?;
            Ok(Self { path: scratch.path().into(), _scratch: Some(scratch) })
        });
        plain::open(path, Access::Read)?;
        Ok(Self {
            path: path.into(),
            #[cfg(test)]
            _scratch: None,
        })
    }

    /// Has a library write a file, which is there and empty.
    pub(crate) fn write<T>(path: &Path, write: impl FnOnce(&Path) -> T) -> io::Result<T> {
        or_simulated!(machine => machine.written_by_path(path, write));
        Ok(write(path))
    }

    /// What the library opens.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same file, for reading.
    pub(crate) fn open(&self) -> io::Result<File> {
        plain::open(&self.path, Access::Read).map(File::Real)
    }
}
