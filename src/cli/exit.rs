//! Exit codes, and what leads to them.

use std::fmt;
use std::io::ErrorKind;

use super::threads::REMEDY;
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
    /// Finished, but some tasks failed; for `diff`, the results differ.
    FailedTasks = 3,
    /// The directory belongs to another sweep, or follows other rules.
    OtherSweep = 4,
    /// The store is damaged.
    Damaged = 5,
    /// MPI, Slurm, disk or permissions.
    Environment = 6,
    /// Stopped early: by a signal or the time limit, by a lost lease, or by ranks that no longer answer; the same
    /// command resumes.
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
        Self::new(Exit::Usage, error.in_full())
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
            StoreError::Io { .. }
            | StoreError::NoThread { .. }
            | StoreError::Hdf5 { .. }
            | StoreError::NotAsWritten { .. }
            | StoreError::ForeignOwner { .. }
            | StoreError::Locked { .. } => Exit::Environment,
            StoreError::LeaseLost { .. } => Exit::Stopped,
            StoreError::Damaged { .. }
            | StoreError::OtherText { .. }
            | StoreError::Foreign { .. }
            | StoreError::Sweep(_) => Exit::Damaged,
            StoreError::OtherSweep { .. } | StoreError::OtherRules { .. } | StoreError::Newer { .. } => {
                Exit::OtherSweep
            }
            StoreError::NoSweep { .. } => Exit::Usage,
            StoreError::Unwritable { .. } => Exit::Internal,
        };
        Self::new(exit, format!("{error}{}", remedy(&error)))
    }
}

/// What helps, if it is not in the error itself.
fn remedy(error: &StoreError) -> String {
    let known = match error {
        StoreError::NoThread { .. } => REMEDY,
        StoreError::Io { source, .. } => match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room, and type the same command again",
            ErrorKind::FileTooLarge => "raise the limit on the size of files (`ulimit -f`)",
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "see who may write there, or choose another directory"
            }
            _ => return String::new(),
        },
        StoreError::ForeignOwner { .. } => {
            "work as that user, or in a directory of your own (`--out`, with `run … --reuse DIR` for what is computed)"
        }
        StoreError::Damaged { .. } => {
            "`microzone run … --recompute-damaged` moves it aside and recomputes what is lost"
        }
        StoreError::Sweep(_) | StoreError::OtherText { .. } => {
            "restore the file of this directory's sweep there (a different sweep belongs in a file elsewhere)"
        }
        StoreError::Foreign { .. } => "`microzone reduce` writes it again",
        StoreError::OtherRules { .. } => {
            "the results stay as they are: use the version that wrote them, or another --out"
        }
        _ => return String::new(),
    };
    format!("; {known}")
}
