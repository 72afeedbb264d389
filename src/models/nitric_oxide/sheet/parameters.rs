//! What describes a sheet of nitric oxide.

use thiserror::Error;

use super::geometry::{Plan, ReleaseSite};

/// One neural step, in seconds.
pub const STEP: f64 = 0.005;

/// What is left after a step of an amount that decays at a rate in 1/s: e^(-r h).
pub(crate) fn left_after_step(rate: f64) -> f64 {
    libm::exp(-rate * STEP)
}

/// What a step of release at unit rate leaves, including decay: (1 - e^(-r h)) / r.
pub(crate) fn gained_in_step(rate: f64) -> f64 {
    if rate == 0.0 { STEP } else { -libm::expm1(-rate * STEP) / rate }
}

const LARGEST_DIFFUSION: f64 = 1e6;
const LARGEST_DECAY: f64 = 1e3;
const LARGEST_ACCURACY: f64 = 0.1;
const MOST_MICROZONES: usize = 64;

/// The parameters of a [`Sheet`](crate::models::nitric_oxide::Sheet), not yet checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SheetParameters {
    /// D, in µm²/s; 0 to 10⁶.
    pub diffusion: f64,
    /// k, in 1/s; 0 to 1000.
    pub decay: f64,
    /// The microzones.
    pub plan: Plan,
    /// Where a discharge releases nitric oxide.
    pub release: ReleaseSite,
    /// The largest error over the largest concentration; at most 0.1, and 0 for exact steps.
    pub accuracy: f64,
}

/// Why parameters do not describe a sheet.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum SheetError {
    #[error("{name} must be between 0 and {largest}, not {value:?}")]
    Range { name: &'static str, value: f64, largest: f64 },
    #[error("a sheet has 1 to {MOST_MICROZONES} microzones, not {0}")]
    Microzones(usize),
}

impl SheetParameters {
    /// The first parameter that is out of its range.
    pub(crate) fn check(&self) -> Result<(), SheetError> {
        let ranges = [
            ("diffusion", self.diffusion, LARGEST_DIFFUSION),
            ("decay", self.decay, LARGEST_DECAY),
            ("accuracy", self.accuracy, LARGEST_ACCURACY),
        ];
        for (name, value, largest) in ranges {
            if !(0.0..=largest).contains(&value) {
                return Err(SheetError::Range { name, value, largest });
            }
        }
        if !(1..=MOST_MICROZONES).contains(&self.plan.microzones) {
            return Err(SheetError::Microzones(self.plan.microzones));
        }
        Ok(())
    }
}
