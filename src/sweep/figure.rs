//! What figures draw if nothing else is asked for.

use super::Axis;
use crate::experiment::Declaration;

/// What `[figure]` in a sweep file says. Nothing that is computed depends on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureChoice {
    /// The axis along x: the name of an axis, or of a parameter that moves along one. So are all names here.
    pub x: Option<String>,
    /// The axis whose values are lines.
    pub lines: Option<String>,
    /// The axis whose values are rows of a heat map.
    pub rows: Option<String>,
    /// The observable.
    pub observable: Option<String>,
    /// What has a logarithmic scale.
    pub log: Vec<String>,
    /// The only value that a parameter has in the figure; a value of its axis, as messages and tables write it.
    pub at: Vec<(String, String)>,
}

impl FigureChoice {
    /// This choice, with that of another one where it says nothing.
    ///
    /// An axis that has another role here loses that of the other one, an observable with its own axis has no other
    /// along x and no rows, and one that is not drawn as lines has none.
    pub(super) fn over(self, other: &Self, declaration: &Declaration, axes: &[Axis]) -> Self {
        let place = |name: &String| axes.iter().position(|axis| axis.is_called(name));
        let observable = self.observable.or_else(|| other.observable.clone());
        let drawn = observable.as_ref().and_then(|name| declaration.observable(name));
        let has_own_axis = drawn.is_some_and(|observable| !observable.dimensions.is_empty());
        let has_lines = drawn.is_none_or(|observable| observable.picture.has_lines());
        let at = self.at.iter().map(|(name, _)| name);
        let named = self.x.iter().chain(&self.lines).chain(&self.rows);
        let mut taken: Vec<Option<usize>> = named.chain(at).map(place).collect();
        let unless_taken =
            |name: &Option<String>, taken: &[_]| name.clone().filter(|name| !taken.contains(&place(name)));
        let x = self.x.or_else(|| unless_taken(&other.x, &taken).filter(|_| !has_own_axis));
        let (names_lines, names_rows) = (self.lines.is_some(), self.rows.is_some());
        // A figure has lines or rows.
        let lines = self.lines.or_else(|| unless_taken(&other.lines, &taken).filter(|_| has_lines && !names_rows));
        let rows = self.rows.or_else(|| unless_taken(&other.rows, &taken).filter(|_| !has_own_axis && !names_lines));
        taken.extend(x.iter().chain(&lines).chain(&rows).map(place));
        let at = other.at.iter().filter(|(name, _)| !taken.contains(&place(name)));
        Self {
            observable,
            log: if self.log.is_empty() { other.log.clone() } else { self.log },
            at: self.at.into_iter().chain(at.cloned()).collect(),
            x,
            lines,
            rows,
        }
    }
}
