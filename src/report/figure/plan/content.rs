//! What is in a figure, as data.

use super::measured::Measured;
use super::scale::Scale;
use crate::report::compared::Standing;

/// The most lines in one panel that can be distinguished by colour and shape.
pub(crate) const MOST_LINES: usize = 6;
/// The most panels of one figure.
pub(crate) const MOST_PANELS: usize = 12;

/// One figure: what is in its files.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// The stem of its files' names.
    pub name: String,
    pub title: String,
    /// One sentence for those who cannot see it.
    pub description: String,
    /// Paragraphs below it.
    pub caption: Vec<String>,
    pub picture: Picture,
}

/// What is in the panels, all of which have the same axes.
#[derive(Clone, Debug)]
pub(crate) enum Picture {
    Lines(Lines),
    HeatMaps(HeatMaps),
    Images(Images),
    Paths(Paths),
}

/// The words and the scale of an axis.
#[derive(Clone, Debug)]
pub(crate) struct AxisPlan {
    pub label: String,
    pub scale: Scale,
}

/// How the values of a line are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A marker with a bar of one standard error.
    Markers,
    /// A line through the means with a band of one standard error.
    Band,
    /// Steps, as those of a histogram, with a bar of one standard error.
    Steps,
}

/// Values over an axis, at most [`MOST_LINES`] lines per panel.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub x: AxisPlan,
    pub y: AxisPlan,
    /// Deviations from the theory in errors, where there are any.
    pub residuals: Option<AxisPlan>,
    pub style: Style,
    pub panels: Vec<LinesPanel>,
}

/// One panel of lines.
#[derive(Clone, Debug)]
pub(crate) struct LinesPanel {
    pub title: String,
    pub lines: Vec<Line>,
}

/// The values at all positions along x, in the order of x.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// What its label says; empty if it is the only one.
    pub label: String,
    pub points: Vec<Point>,
    pub theory: TheoryShape,
}

/// One measured value of a line.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub x: f64,
    pub measured: Measured,
}

/// How the theory of a line is shown.
#[derive(Clone, Debug)]
pub(crate) enum TheoryShape {
    /// There is none.
    None,
    /// Exact: a line through the points.
    Curve {
        places: Vec<(f64, f64)>,
        /// Its value at zero, if zero is set apart.
        at_zero: Option<f64>,
    },
    /// Known at the points only, with its standard error there.
    AtPoints(Vec<(f64, f64)>),
}

/// Means over two axes, in colours.
#[derive(Clone, Debug)]
pub(crate) struct HeatMaps {
    pub x: Cells,
    pub y: Cells,
    /// Whether the cells have space for numbers.
    pub has_numbers: bool,
    /// What the colours mean.
    pub colour: AxisPlan,
    pub panels: Vec<HeatMapPanel>,
}

/// The positions along an axis of a heat map.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    pub label: String,
    pub names: Vec<String>,
    /// Whether the first position is zero and has no place on the scale of the others.
    pub zero_apart: bool,
}

/// One heat map: rows by y, columns by x.
#[derive(Clone, Debug)]
pub(crate) struct HeatMapPanel {
    pub title: String,
    /// Shape (y, x).
    pub cells: Vec<Cell>,
}

/// One cell of a heat map.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub measured: Measured,
    /// What is written in it.
    pub text: String,
    pub standing: Standing,
}

/// Maps of the model's own space, in colours.
#[derive(Clone, Debug)]
pub(crate) struct Images {
    pub colour: AxisPlan,
    /// Rows and columns of each map.
    pub rows: usize,
    pub columns: usize,
    /// The length that the scale bar represents, with its text and its number of columns.
    pub bar: (String, f64),
    pub panels: Vec<ImagePanel>,
}

/// One map; NaN where nothing is known.
#[derive(Clone, Debug)]
pub(crate) struct ImagePanel {
    pub title: String,
    /// Shape (rows, columns), the first row at the bottom.
    pub values: Vec<f64>,
    /// Why there is nothing; empty if there is something.
    pub gap: &'static str,
}

/// Paths in a plane whose axes have the same unit.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    pub x: AxisPlan,
    pub y: AxisPlan,
    pub panels: Vec<PathsPanel>,
}

/// One panel of paths.
#[derive(Clone, Debug)]
pub(crate) struct PathsPanel {
    pub title: String,
    /// Those to compare with, shown in grey.
    pub before: Vec<Vec<(f64, f64)>>,
    pub paths: Vec<Vec<(f64, f64)>>,
    /// Why there is nothing; empty if there is something.
    pub gap: &'static str,
}
