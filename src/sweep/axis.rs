//! An axis of the grid: one parameter, or several that move together.

use std::collections::HashSet;

use crate::experiment::Value;

/// One dimension of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The parameters that move along it, by catalogue position; one for `[grid]`, at least one for `[[zip]]`.
    pub positions: Vec<usize>,
    pub names: Vec<&'static str>,
    /// `points[i][k]` is the value of parameter `k` at point `i`.
    pub points: Vec<Vec<Value>>,
}

impl Axis {
    /// The name of the axis: its parameters' names joined by `_`.
    pub fn name(&self) -> String {
        self.names.join("_")
    }

    pub fn len(&self) -> usize {
        self.points.len()
    }

    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Whether one parameter alone moves along it, so that its values are the coordinate.
    pub fn is_simple(&self) -> bool {
        self.positions.len() == 1
    }

    /// The point of this axis that repeats an earlier one, if any.
    pub fn duplicate(&self) -> Option<&[Value]> {
        let mut seen = HashSet::with_capacity(self.len());
        let key = |point: &[Value]| point.iter().map(Value::key).collect::<Vec<_>>();
        self.points.iter().map(Vec::as_slice).find(|point| !seen.insert(key(point)))
    }
}
