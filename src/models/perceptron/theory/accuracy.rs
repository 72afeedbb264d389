//! How precise a theoretical capacity shall be.

use thiserror::Error;

/// The relative standard error that a theoretical capacity shall have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy(pub(super) f64);

/// An accuracy that cannot be had.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[error("the relative standard error must lie between 1e-4 and 0.1, not {0:?}")]
pub struct AccuracyError(f64);

impl Accuracy {
    /// 0.05, in a few milliseconds.
    pub const QUICK: Self = Self(0.05);

    /// This relative standard error.
    ///
    /// # Errors
    /// The relative standard error is not between 1e-4 and 0.1.
    pub fn new(relative_standard_error: f64) -> Result<Self, AccuracyError> {
        if (1e-4..=0.1).contains(&relative_standard_error) {
            Ok(Self(relative_standard_error))
        } else {
            Err(AccuracyError(relative_standard_error))
        }
    }
}

impl Default for Accuracy {
    fn default() -> Self {
        Self(0.005)
    }
}
