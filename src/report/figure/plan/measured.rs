//! What is known of an observable at one point.

use crate::experiment::Estimate;
use crate::report::table::deviation::Comparison;
use crate::results::{Results, Series, Status};

/// The mean over the replicates that have a value, and what the others are. NaN means missing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub value: Estimate,
    /// How many replicates have a value.
    pub n: usize,
    /// How many are done and have none: their run diverged, or nothing was there to be measured.
    pub absent: usize,
    pub failed: usize,
    pub theory: Estimate,
}

impl Measured {
    /// One element of an observable (0 for a scalar) at a point.
    pub(super) fn new(results: &Results, series: &Series, point: usize, element: usize) -> Self {
        let n = results.count_values(series, point, element);
        let count = |status| results.count_at(series.observable, point, status);
        Self {
            value: series.estimate(point, element),
            n,
            absent: count(Status::Done).saturating_sub(n),
            failed: count(Status::Failed),
            theory: series.theory_at(point, element),
        }
    }

    /// Whether some replicates that were computed have no value, so that the mean is over a selection.
    pub(crate) fn is_selection(&self) -> bool {
        self.n > 0 && self.absent + self.failed > 0
    }

    /// Whether replicates were computed and none has a value.
    pub(crate) fn has_failed(&self) -> bool {
        self.n == 0 && self.absent + self.failed > 0
    }

    /// (mean - theory) over its error; NaN if something of it is not known, or the mean is over a selection.
    pub(crate) fn deviation_in_errors(&self) -> f64 {
        if self.is_selection() {
            return f64::NAN;
        }
        Comparison { measured: self.value, theory: self.theory }.in_errors()
    }

    /// The mean less and plus one standard error, or the mean alone if that is not known.
    pub(crate) fn bar(&self) -> [f64; 2] {
        let Estimate { value, standard_error } = self.value;
        if standard_error.is_nan() { [value; 2] } else { [value - standard_error, value + standard_error] }
    }
}
