//! What an experiment reports.

use super::quantity::{Quantity, described};

/// One quantity that a task reports, or a closed form gives.
#[derive(Clone, Copy, Debug)]
pub struct Observable {
    /// Its words and its unit.
    pub quantity: Quantity,
    /// Its own dimensions, slowest first; none for a scalar.
    pub dimensions: &'static [OwnDimension],
    /// Whose values are recorded.
    pub kept: Kept,
    /// Whether a run may have no value of it, as a latency has none where nothing happened.
    pub optional: bool,
    /// Whether [`crate::experiment::Experiment::theory`] may speak of it.
    pub has_theory: bool,
    /// Which of two values is preferred, if one is: the best value of a grid can then be named.
    pub better: Option<Better>,
    /// What a figure of it looks like.
    pub picture: Picture,
    /// What everybody who quotes its values should know, as a clause that tables print below them; empty if there is
    /// nothing.
    pub caution: &'static str,
    /// The observable that tables show next to it, because its values mean little alone.
    pub companion: Option<&'static str>,
}

/// Which of two values of an observable is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The lesser one, as of an error.
    Less,
    /// The greater one, as of a capacity.
    More,
}

/// What a figure of an observable looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Values over an axis.
    Curve,
    /// Values over the bins of the one dimension that it has.
    Histogram,
    /// Colours over the two dimensions that it has: rows from the bottom up, then columns.
    Image,
    /// Paths in a plane, over four dimensions: stages of learning, movements, times, and x and y. The first stage is
    /// what the last one is compared with.
    Paths,
}

impl Picture {
    /// Whether several lines can share a panel.
    pub(crate) fn has_lines(self) -> bool {
        matches!(self, Picture::Curve | Picture::Histogram)
    }
}

described!(Observable);

impl Observable {
    /// One number per task.
    pub const fn scalar(name: &'static str) -> Self {
        Self::array(name, &[])
    }

    /// Numbers on further dimensions, slowest first.
    pub const fn array(name: &'static str, dimensions: &'static [OwnDimension]) -> Self {
        let quantity = Quantity::new(name);
        Self {
            quantity,
            dimensions,
            kept: Kept::EveryReplicate,
            optional: false,
            has_theory: false,
            better: None,
            picture: Picture::Curve,
            caution: "",
            companion: None,
        }
    }

    /// With a theory.
    pub const fn with_theory(mut self) -> Self {
        self.has_theory = true;
        self
    }

    /// Runs may have no value of it.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// With a clause of caution, such as `biased upwards`.
    pub const fn caution(mut self, caution: &'static str) -> Self {
        self.caution = caution;
        self
    }

    /// With another observable of the same shape that tables show next to it.
    pub const fn companion(mut self, name: &'static str) -> Self {
        self.companion = Some(name);
        self
    }

    /// Recorded for the first replicate only.
    pub(crate) const fn of_first_replicate(mut self) -> Self {
        self.kept = Kept::FirstReplicate;
        self
    }

    /// With a preference for the lesser or the greater of two values.
    pub(crate) const fn better(mut self, better: Better) -> Self {
        self.better = Some(better);
        self
    }

    /// With a figure that looks so.
    pub(crate) const fn drawn_as(mut self, picture: Picture) -> Self {
        self.picture = picture;
        self
    }

    /// The number of values of one task.
    pub fn size(&self) -> usize {
        self.dimensions.iter().map(|dimension| dimension.length).product()
    }

    /// Whether it is one number per task: `[precision]` may name such an observable.
    pub(crate) const fn is_scalar(&self) -> bool {
        self.dimensions.is_empty()
    }
}

/// Whose values of an observable are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Those of all replicates.
    EveryReplicate,
    /// Only those of replicate 0 of each point: for what is large, and looked at rather than averaged. Such observables
    /// have own dimensions and come after all others.
    FirstReplicate,
}

/// A dimension that belongs to an observable rather than to the sweep, such as the bins of a histogram.
#[derive(Clone, Copy, Debug)]
pub struct OwnDimension {
    /// Its words and the unit of its coordinate.
    pub quantity: Quantity,
    /// How many values there are along it.
    pub length: usize,
    /// The coordinate at an index below `length`.
    pub coordinate: fn(usize) -> f64,
}

described!(OwnDimension);

impl OwnDimension {
    /// A dimension of this length, with its coordinate at each index.
    pub const fn new(name: &'static str, length: usize, coordinate: fn(usize) -> f64) -> Self {
        Self { quantity: Quantity::new(name), length, coordinate }
    }

    /// The coordinates of every element of an array with these dimensions, in row-major order; a scalar has one element
    /// without coordinates.
    pub(crate) fn product(dimensions: &[Self]) -> Vec<Vec<f64>> {
        dimensions.iter().fold(vec![Vec::new()], |before, dimension| {
            let along = |before: &Vec<f64>| -> Vec<Vec<f64>> {
                let with = |index| [&before[..], &[(dimension.coordinate)(index)]].concat();
                (0..dimension.length).map(with).collect()
            };
            before.iter().flat_map(along).collect()
        })
    }
}
