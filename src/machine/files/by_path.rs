//! Files that a library opens itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
    /// Of a file that is there.
    pub(crate) fn of(path: &Path) -> Self {
        or_simulated!(machine => {
            let scratch = machine.scratch_copy(path);
            Self { path: scratch.path().into(), _scratch: Some(scratch) }
        });
        Self {
            path: path.into(),
            #[cfg(test)]
            _scratch: None,
        }
    }

    /// Has a library write a file, which is there and empty.
    pub(crate) fn write<T>(path: &Path, write: impl FnOnce(&Path) -> T) -> io::Result<T> {
        or_simulated!(machine => machine.written_by_path(path, write));
        Ok(write(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same file, for reading.
    pub(crate) fn open(&self) -> io::Result<fs::File> {
        fs::File::open(&self.path)
    }
}
