//! What can go wrong in the store, always with the path.

use std::path::{Path, PathBuf};

use crate::machine::program;

/// Why the store cannot do what it is asked to.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum StoreError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("cannot start the thread that writes {}: {source}", path.display())]
    NoThread { path: PathBuf, source: std::io::Error },
    #[error("{}: HDF5: {source}", path.display())]
    Hdf5 { path: PathBuf, source: hdf5::Error },
    #[error("{}: damaged at byte {offset}: {what}", path.display())]
    Damaged { path: PathBuf, offset: u64, what: String },
    #[error("{}: damaged: {what}", path.display())]
    OtherText { path: PathBuf, what: &'static str },
    #[error("{}: these are not the results of a sweep that this program knows: {what}", path.display())]
    Foreign { path: PathBuf, what: String },
    #[error("{}: it belongs to {owner}, and is neither replaced nor removed by anyone else", path.display())]
    ForeignOwner { path: PathBuf, owner: String },
    #[error("{}: another run is working here: {holder}; wait for it or stop it", path.display())]
    Locked { path: PathBuf, holder: String },
    #[error(
        "{}: written by microzone {program} in format {format}; this is microzone {}, which reads formats up to {}; \
         use microzone {program} or a later one", path.display(), program::version(), super::stamp::FORMAT
    )]
    Newer { path: PathBuf, format: u32, program: String },
    #[error(
        "{}: written under different rules: {difference} (microzone {program} there, {} here)", path.display(),
        program::version()
    )]
    OtherRules { path: PathBuf, program: String, difference: String },
    #[error("{}: the lease was lost: {why}; nothing more is published, the same command resumes", path.display())]
    LeaseLost { path: PathBuf, why: String },
    #[error("{}: the directory belongs to another sweep: {difference}", path.display())]
    OtherSweep { path: PathBuf, difference: String },
    #[error("{}: no sweep has been run here ({what})", path.display())]
    NoSweep { path: PathBuf, what: String },
    #[error(transparent)]
    Sweep(#[from] crate::sweep::SweepError),
    #[error("{}: {what}; the disk or its driver has lost it, and the system's log may show more", path.display())]
    NotAsWritten { path: PathBuf, what: String },
    #[error("{}: cannot be written: {what}", path.display())]
    Unwritable { path: PathBuf, what: String },
}

impl StoreError {
    /// A file of a format that this program does not know.
    pub(super) fn newer(path: &Path, format: u32, program: &str) -> Self {
        Self::Newer { path: path.into(), format, program: program.into() }
    }

    /// A file with something wrong at this byte.
    pub(super) fn damaged(path: &Path, offset: u64, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), offset, what: what.into() }
    }

    /// Wraps an I/O error with the path it concerns: `.map_err(StoreError::io(path))`.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Wraps the error of a thread that was to write a file.
    pub(super) fn no_thread(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::NoThread { path, source }
    }

    /// Wraps an HDF5 error with the path it concerns.
    pub fn hdf5(path: impl Into<PathBuf>) -> impl FnOnce(hdf5::Error) -> Self {
        let path = path.into();
        move |source| match errno(&source.to_string()) {
            Some(number) => Self::Io { path, source: std::io::Error::from_raw_os_error(number) },
            None => Self::Hdf5 { path, source },
        }
    }
}

/// The number of the system's error in a message of HDF5, which spreads it over lines of addresses and times.
fn errno(message: &str) -> Option<i32> {
    let (_, rest) = message.split_once("errno = ")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}
