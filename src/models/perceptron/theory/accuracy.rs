//! How precise a theoretical capacity must be.

use thiserror::Error;

/// The relative standard error that a theoretical capacity must have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy(pub(super) f64);

/// An accuracy that cannot be reached.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum AccuracyError {
    /// It is out of range.
    #[error("the relative standard error must lie between 1e-4 and 0.1, not {0:?}")]
    Range(f64),
    /// As many patterns as may be drawn are not enough.
    #[error("a relative standard error of {asked} is out of reach here; {} can be reached", .reachable)]
    OutOfReach {
        /// The relative standard error that was asked for.
        asked: f64,
        /// One that is within reach, with two digits.
        reachable: f64,
    },
}

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
            Err(AccuracyError::Range(relative_standard_error))
        }
    }
}

impl AccuracyError {
    /// The accuracy that can be reached, if the largest permitted sample gave `reached`.
    pub(crate) fn out_of_reach(asked: f64, reached: f64) -> Self {
        // More, because the error that was reached is itself an estimate, and what is asked for decides what is drawn.
        let up = 1.25 * reached;
        let digits = libm::pow(10.0, libm::floor(libm::log10(up)) - 1.0);
        let reachable = format!("{:.1e}", (up / digits).ceil() * digits).parse().unwrap_or(up);
        Self::OutOfReach { asked, reachable }
    }
}

impl Default for Accuracy {
    fn default() -> Self {
        Self(0.005)
    }
}
