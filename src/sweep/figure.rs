//! What figures draw if nothing else is asked for.

use crate::experiment::Declaration;

/// What `[figure]` in a sweep file says. Nothing that is computed depends on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureChoice {
    /// The axis along x: the name of an axis, or of a parameter that moves along one. So are all names here.
    pub x: Option<String>,
    /// The axis whose values are lines.
    pub lines: Option<String>,
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
    /// An axis that has another role here loses that of the other one, and an observable with an axis of its own has no
    /// other along x.
    pub(super) fn over(self, other: &Self, declaration: &Declaration) -> Self {
        let observable = self.observable.or_else(|| other.observable.clone());
        let has_own_axis = observable
            .as_ref()
            .and_then(|name| declaration.observable(name))
            .is_some_and(|observable| !observable.dimensions.is_empty());
        let chosen: Vec<String> =
            self.x.iter().chain(&self.lines).chain(self.at.iter().map(|(name, _)| name)).cloned().collect();
        let unless_chosen = |name: &Option<String>| name.clone().filter(|name| !chosen.contains(name));
        let x = self.x.or_else(|| unless_chosen(&other.x).filter(|_| !has_own_axis));
        let lines = self.lines.or_else(|| unless_chosen(&other.lines));
        let has_role =
            |name: &String| chosen.contains(name) || x.as_ref() == Some(name) || lines.as_ref() == Some(name);
        let at: Vec<(String, String)> = other.at.iter().filter(|(name, _)| !has_role(name)).cloned().collect();
        Self {
            observable,
            log: if self.log.is_empty() { other.log.clone() } else { self.log },
            at: self.at.into_iter().chain(at).collect(),
            x,
            lines,
        }
    }
}
