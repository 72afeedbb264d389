//! What an experiment reports.

/// One quantity that a task reports.
#[derive(Clone, Copy, Debug)]
pub struct Observable {
    pub name: &'static str,
    /// UDUNITS text; "1" for pure numbers.
    pub unit: &'static str,
    pub doc: &'static str,
    /// Its own dimensions, slowest first; none for a scalar.
    pub dimensions: &'static [OwnDimension],
    pub kept: Kept,
    /// Whether [`crate::experiment::Experiment::theory`] may speak of it.
    pub has_theory: bool,
}

impl Observable {
    /// The number of values of one task.
    pub fn size(&self) -> usize {
        self.dimensions.iter().map(|dimension| dimension.length).product()
    }

    /// Whether it is one number a task: such an observable has a table, and `[precision]` may name it.
    pub fn is_scalar(&self) -> bool {
        self.dimensions.is_empty()
    }
}

/// Whose values of an observable are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    EveryReplicate,
    /// Only replicate 0 of each point: for what is large, and looked at rather than averaged. Such observables have own
    /// dimensions and come after all others.
    FirstReplicate,
}

/// A dimension that belongs to an observable rather than to the sweep, such as the bins of a histogram.
#[derive(Clone, Copy, Debug)]
pub struct OwnDimension {
    pub name: &'static str,
    pub unit: &'static str,
    pub doc: &'static str,
    pub length: usize,
    /// The coordinate at an index below `length`.
    pub coordinate: fn(usize) -> f64,
}

/// A value and its standard error (0 where it is exact).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub standard_error: f64,
}
