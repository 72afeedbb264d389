//! The circuit itself: parameters, wiring, activity, and the sequence that a Purkinje cell has to learn.

pub(super) mod contexts;
pub(super) mod layer;
pub(super) mod parameters;

/// Contexts over which the temporal correlation of cells is followed.
pub const LAGS: usize = 16;

/// The substreams of a task: one for each part, so that what changes one part leaves the others as they are.
pub(super) mod substream {
    /// Targets of the sequence.
    pub(in crate::models::recoding) const TARGETS: u64 = 0;
    /// Fibres of the sequence.
    pub(in crate::models::recoding) const FIBRES: u64 = 1;
    /// Which fibres reach which cell.
    pub(in crate::models::recoding) const WIRING: u64 = 2;
    /// Excitability of the cells.
    pub(in crate::models::recoding) const EXCITABILITY: u64 = 3;
    /// Fibres that are redrawn in noisy copies of independent contexts.
    pub(in crate::models::recoding) const NOISE: u64 = 4;
    /// Fibres of independent contexts.
    pub(in crate::models::recoding) const INDEPENDENT_FIBRES: u64 = 5;
    /// The same three of the test of learning in one trial.
    pub(in crate::models::recoding) const TRIAL_FIBRES: u64 = 6;
    pub(in crate::models::recoding) const TRIAL_NOISE: u64 = 7;
    pub(in crate::models::recoding) const TRIAL_TARGETS: u64 = 8;
}
