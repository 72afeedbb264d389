//! An open file.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Advice, fadvise};

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

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It must be there.
    Read,
    /// It must be there.
    ReadAndWrite,
    /// It must not be there yet.
    New,
    /// It must not be there yet. What is written goes behind the end.
    NewToAppend,
    /// It is there, or is made.
    ReadAndWriteOrNew,
}

impl File {
    /// # Errors
    /// The file cannot be opened in this way.
    pub(crate) fn open(path: &Path, access: Access) -> io::Result<Self> {
        or_simulated!(machine => machine.open(path, access).map(Self::Simulated));
        let mut options = OpenOptions::new();
        match access {
            Access::Read => options.read(true),
            Access::ReadAndWrite => options.read(true).write(true),
            Access::New => options.read(true).write(true).create_new(true),
            Access::NewToAppend => options.append(true).create_new(true),
            Access::ReadAndWriteOrNew => options.read(true).write(true).create(true).truncate(false),
        };
        options.open(path).map(Self::Real)
    }

    pub(crate) fn sync_all(&self) -> io::Result<()> {
        match self {
            Self::Real(file) => file.sync_all(),
            #[cfg(test)]
            Self::Simulated(file) => file.sync(),
        }
    }

    pub(crate) fn sync_data(&self) -> io::Result<()> {
        match self {
            Self::Real(file) => file.sync_data(),
            #[cfg(test)]
            Self::Simulated(file) => file.sync(),
        }
    }

    pub(crate) fn set_len(&self, length: u64) -> io::Result<()> {
        match self {
            Self::Real(file) => file.set_len(length),
            #[cfg(test)]
            Self::Simulated(file) => file.set_len(length),
        }
    }

    pub(crate) fn len(&self) -> io::Result<u64> {
        match self {
            Self::Real(file) => file.metadata().map(|metadata| metadata.len()),
            #[cfg(test)]
            Self::Simulated(file) => file.len(),
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

    pub(crate) fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        match self {
            Self::Real(file) => file.write_all_at(bytes, offset),
            #[cfg(test)]
            Self::Simulated(file) => file.write_all_at(bytes, offset),
        }
    }

    /// Locks the file against other processes.
    ///
    /// # Errors
    /// Another process has it, or there are no locks here.
    pub(crate) fn try_lock(&self) -> Result<(), TryLockError> {
        match self {
            Self::Real(file) => file.try_lock(),
            #[cfg(test)]
            Self::Simulated(file) => file.try_lock(true),
        }
    }

    /// As [`File::try_lock`], but shared with others that do the same.
    ///
    /// # Errors
    /// Likewise.
    pub(crate) fn try_lock_shared(&self) -> Result<(), TryLockError> {
        match self {
            Self::Real(file) => file.try_lock_shared(),
            #[cfg(test)]
            Self::Simulated(file) => file.try_lock(false),
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

    /// The descriptor for a handler of signals, which can call nothing else.
    pub(crate) fn real(&self) -> Option<&fs::File> {
        match self {
            Self::Real(file) => Some(file),
            #[cfg(test)]
            Self::Simulated(_) => None,
        }
    }
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Real(file) => file.read(buffer),
            #[cfg(test)]
            Self::Simulated(file) => file.read(buffer),
        }
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Real(file) => file.write(bytes),
            #[cfg(test)]
            Self::Simulated(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for File {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Real(file) => file.seek(position),
            #[cfg(test)]
            Self::Simulated(file) => file.seek(position),
        }
    }
}
