//! What figures draw if nothing else is asked for.

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
