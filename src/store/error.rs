//! What can go wrong in the store, always with the path.

use std::path::PathBuf;

/// Why the store cannot do what it is asked to.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum StoreError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: HDF5: {source}", path.display())]
    Hdf5 { path: PathBuf, source: hdf5::Error },
    #[error("{}: damaged at byte {offset}: {what}", path.display())]
    Damaged { path: PathBuf, offset: u64, what: String },
    #[error("{}: another run is working here: {holder}; wait for it or stop it", path.display())]
    Locked { path: PathBuf, holder: String },
    #[error("{}: the directory belongs to another sweep: {difference}; choose another --out", path.display())]
    OtherSweep { path: PathBuf, difference: String },
    #[error("{}: no sweep has been run here ({what})", path.display())]
    NoSweep { path: PathBuf, what: String },
    #[error(transparent)]
    Sweep(#[from] crate::sweep::SweepError),
    #[error("{}: cannot be written: {what}", path.display())]
    Unwritable { path: PathBuf, what: String },
}

impl StoreError {
    /// Wraps an I/O error with the path it concerns: `.map_err(StoreError::io(path))`.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Wraps an HDF5 error with the path it concerns.
    pub fn hdf5(path: impl Into<PathBuf>) -> impl FnOnce(hdf5::Error) -> Self {
        let path = path.into();
        move |source| Self::Hdf5 { path, source }
    }
}
