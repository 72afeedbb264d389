//! One grid point of a table.

use super::deviation::Comparison;
use crate::experiment::{Estimate, Value};

/// One grid point; NaN stands for what is not there.
pub(crate) struct Row {
    pub parameters: Vec<Value>,
    pub mean: f64,
    pub standard_error: f64,
    /// Replicates that enter the mean: those that are done, less those that have no value.
    pub n: usize,
    /// Replicates that are done (of these, the ones that diverged), have failed, and are missing.
    pub done: usize,
    pub diverged: usize,
    /// Replicates that are done and did not diverge, but have no value of an optional observable.
    pub absent: usize,
    pub failed: usize,
    pub missing: usize,
    pub theory: f64,
    pub theory_standard_error: f64,
    /// Whether the point has the precision that the sweep asks for; `None` if it asks for none, or is not there yet.
    pub precision_met: Option<bool>,
}

impl Row {
    /// The mean beside its theory.
    pub(crate) fn comparison(&self) -> Comparison {
        Comparison {
            measured: Estimate { value: self.mean, standard_error: self.standard_error },
            theory: Estimate { value: self.theory, standard_error: self.theory_standard_error },
        }
    }
}
