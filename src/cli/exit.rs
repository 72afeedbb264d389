//! Exit codes, and what leads to them.

use std::fmt;

use crate::schedule::launch::LaunchError;
use crate::store::StoreError;
use crate::sweep::SweepError;

/// How a verb ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything has been done.
    Complete = 0,
    /// A defect of microzone itself.
    Internal = 1,
    /// A bad command line or sweep file.
    Usage = 2,
    /// Finished, but some tasks failed.
    FailedTasks = 3,
    /// The directory belongs to another sweep.
    OtherSweep = 4,
    /// The store is damaged.
    Damaged = 5,
    /// MPI, Slurm, disk or permissions.
    Environment = 6,
    /// Stopped early by a signal or the time limit; the same command resumes.
    Stopped = 75,
}

/// Why a verb could not do its work.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong, and the remedy.
    pub message: String,
}

impl Failure {
    /// A failure with this message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        Self::new(Exit::Usage, error.to_string())
    }
}

impl From<LaunchError> for Failure {
    fn from(error: LaunchError) -> Self {
        Self::new(Exit::Environment, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Io { .. } | StoreError::Hdf5 { .. } | StoreError::Locked { .. } => Exit::Environment,
            StoreError::Damaged { .. } | StoreError::Sweep(_) => Exit::Damaged,
            StoreError::OtherSweep { .. } => Exit::OtherSweep,
            StoreError::NoSweep { .. } => Exit::Usage,
            StoreError::Unwritable { .. } => Exit::Internal,
        };
        let remedy = match &error {
            StoreError::Damaged { .. } => {
                "; `microzone run … --recompute-damaged` moves it aside and computes what is lost"
            }
            StoreError::Sweep(_) => "; put the file of this directory's sweep there again",
            _ => "",
        };
        Self::new(exit, format!("{error}{remedy}"))
    }
}
