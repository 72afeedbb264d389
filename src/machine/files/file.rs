//! An open file.

use std::fs;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Advice, fadvise};

use super::access::Access;
use super::plain;
use crate::machine::or_simulated;
#[cfg(test)]
use crate::machine::simulated::OpenFile;

/// An open file.
#[derive(Debug)]
pub(crate) enum File {
    Real(fs::File),
    #[cfg(test)]
    Simulated(OpenFile),
}

impl File {
    /// Opens a regular file, without waiting.
    ///
    /// # Errors
    /// It cannot be opened in this way, is not a regular file, or is a link where none may be.
    pub(crate) fn open(path: &Path, access: Access) -> io::Result<Self> {
        or_simulated!(machine => machine.open(path, access).map(Self::Simulated));
        plain::open(path, access).map(Self::Real)
    }

    /// Has the disk take the bytes and all that belongs to the file.
    ///
    /// # Errors
    /// The disk has not taken all of it. The next sync may then succeed without what is missing.
    pub(crate) fn sync_all(&self) -> io::Result<()> {
        match self {
            Self::Real(file) => file.sync_all(),
            #[cfg(test)]
            Self::Simulated(file) => file.sync(),
        }
    }

    /// Has the disk take the bytes and the length.
    ///
    /// # Errors
    /// As [`File::sync_all`].
    pub(crate) fn sync_data(&self) -> io::Result<()> {
        match self {
            Self::Real(file) => file.sync_data(),
            #[cfg(test)]
            Self::Simulated(file) => file.sync(),
        }
    }

    /// Cuts the file, or extends it by zeros.
    pub(crate) fn set_len(&self, length: u64) -> io::Result<()> {
        match self {
            Self::Real(file) => file.set_len(length),
            #[cfg(test)]
            Self::Simulated(file) => file.set_len(length),
        }
    }

    /// The length in bytes.
    pub(crate) fn len(&self) -> io::Result<u64> {
        match self {
            Self::Real(file) => file.metadata().map(|metadata| metadata.len()),
            #[cfg(test)]
            Self::Simulated(file) => file.len(),
        }
    }

    /// The number of the user that the file belongs to.
    pub(crate) fn owner(&self) -> io::Result<u32> {
        match self {
            Self::Real(file) => file.metadata().map(|metadata| metadata.uid()),
            #[cfg(test)]
            Self::Simulated(_) => Ok(super::own_user()),
        }
    }

    /// Device and inode.
    pub(crate) fn identity(&self) -> io::Result<(u64, u64)> {
        match self {
            Self::Real(file) => file.metadata().map(|metadata| (metadata.dev(), metadata.ino())),
            #[cfg(test)]
            Self::Simulated(file) => file.identity(),
        }
    }

    /// Writes bytes at an offset, without moving the place of the next write.
    pub(crate) fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        match self {
            Self::Real(file) => file.write_all_at(bytes, offset),
            #[cfg(test)]
            Self::Simulated(file) => file.write_all_at(bytes, offset),
        }
    }

    /// Has what is read next come from the disk where the file system can do so; it is only advice.
    pub(crate) fn forget_cached(&self) {
        match self {
            Self::Real(file) => drop(fadvise(file, 0, None, Advice::DontNeed)),
            #[cfg(test)]
            Self::Simulated(_) => {}
        }
    }

    /// The number of a file of a simulated machine.
    #[cfg(test)]
    pub(crate) fn simulated(&self) -> Option<usize> {
        match self {
            Self::Real(_) => None,
            Self::Simulated(file) => Some(file.number()),
        }
    }

    /// The descriptor for a handler of signals, which can call nothing else.
    pub(crate) fn real(&self) -> Option<&fs::File> {
        match self {
            Self::Real(file) => Some(file),
            #[cfg(test)]
            Self::Simulated(_) => None,
        }
    }
}
