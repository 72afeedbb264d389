//! Locks on files, which other processes see.

use std::fs::TryLockError;

use super::File;

impl File {
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
}
