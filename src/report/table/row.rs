//! One row of a table: a grid point, and for an array one place in it.

use super::deviation::Comparison;
use crate::experiment::{Estimate, Value};

/// One value of one grid point; NaN means missing.
pub(crate) struct Row {
    pub parameters: Vec<Value>,
    /// Where the value stands along the own dimensions of an array; none for a scalar.
    pub coordinates: Vec<f64>,
    /// The mean over replicates; where only the first one keeps the values, its value.
    pub mean: f64,
    pub standard_error: f64,
    /// The observable shown next to this one, if it has a companion.
    pub companion: Estimate,
    /// How many of the replicates there are.
    pub counts: Counts,
    pub theory: f64,
    pub theory_standard_error: f64,
    /// Whether the point has the precision that the sweep asks for; `None` if it asks for none, or is not there yet.
    pub precision_met: Option<bool>,
}

/// The outcomes of the replicates of a point.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Replicates that enter the mean: those that are done, less those that have no value.
    pub n: usize,
    /// Replicates that are done (of these, the ones that diverged), have failed, and are missing.
    pub done: usize,
    pub diverged: usize,
    /// Replicates that are done and did not diverge, but have no value of an optional observable.
    pub absent: usize,
    pub failed: usize,
    /// Of those that have failed, the ones whose value is known to be more, or less, than what was looked at.
    pub censored_above: usize,
    pub censored_below: usize,
    pub missing: usize,
}

impl Row {
    /// The mean with its theory.
    pub(crate) fn comparison(&self) -> Comparison {
        Comparison {
            measured: Estimate { value: self.mean, standard_error: self.standard_error },
            theory: Estimate { value: self.theory, standard_error: self.theory_standard_error },
        }
    }

    /// Whether some replicates were computed and have no value, so that the mean is one over a selection: those that
    /// diverged, failed or have none may well be the ones with large values.
    pub(crate) fn is_selection(&self) -> bool {
        self.counts.n < self.counts.done + self.counts.failed
    }
}

impl Counts {
    pub(crate) fn censored(&self) -> usize {
        self.censored_above + self.censored_below
    }
}
