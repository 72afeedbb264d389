//! The values of a figure as sentences, for readers who cannot see it or want the numbers.

use super::content::{AxisPlan, Figure, HeatMaps, Lines, Picture};
use super::measured::Measured;
use super::scale::Spacing;
use super::words;
use crate::experiment::Estimate;
use crate::report::number;
use crate::report::table::deviation::Comparison;

/// One value of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub panel: usize,
    /// The line, or the row of a heat map from below.
    pub row: usize,
    /// The place along x.
    pub column: usize,
    /// Where it is, its mean ± standard error, n, theory, and the deviation from it.
    pub text: String,
}

impl Figure {
    /// All values of lines and heat maps, by panel, row and column. Images and paths have none.
    pub(crate) fn readings(&self) -> Vec<Reading> {
        match &self.picture {
            Picture::Lines(lines) => of_lines(lines),
            Picture::HeatMaps(maps) => of_heat_maps(maps),
            Picture::Images(_) | Picture::Paths(_) => Vec::new(),
        }
    }
}

fn of_lines(lines: &Lines) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (panel, shown) in lines.panels.iter().enumerate() {
        for (row, line) in shown.lines.iter().enumerate() {
            for (column, point) in line.points.iter().enumerate() {
                let x = place(&lines.x, point.x);
                let text = sentence(&[&shown.title, &line.label, &x], &point.measured);
                readings.push(Reading { panel, row, column, text });
            }
        }
    }
    readings
}

fn of_heat_maps(maps: &HeatMaps) -> Vec<Reading> {
    let columns = maps.x.names.len().max(1);
    let mut readings = Vec::new();
    for (panel, shown) in maps.panels.iter().enumerate() {
        for (index, cell) in shown.cells.iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let [x, y] = [(&maps.x, column), (&maps.y, row)].map(|(cells, at)| named(&cells.label, &cells.names[at]));
            readings.push(Reading { panel, row, column, text: sentence(&[&shown.title, &x, &y], &cell.measured) });
        }
    }
    readings
}

/// `diffusion D (µm²/s) = 3300`.
fn place(axis: &AxisPlan, at: f64) -> String {
    match axis.scale.spacing {
        Spacing::Categories => {
            let name = axis.scale.ticks.iter().find(|tick| tick.value == at);
            named(&axis.label, name.map_or("", |tick| &tick.label))
        }
        Spacing::Linear | Spacing::Logarithmic => named(&axis.label, &words::value(at)),
    }
}

fn named(label: &str, value: &str) -> String {
    if label.is_empty() || value.contains('=') { value.to_string() } else { format!("{label} = {value}") }
}

fn sentence(places: &[&str], measured: &Measured) -> String {
    let places: Vec<&str> = places.iter().copied().filter(|place| !place.is_empty()).collect();
    let mut parts = vec![value(measured)];
    if measured.n > 0 {
        parts.push(format!("n = {}", measured.n));
    }
    if measured.is_selection() {
        parts.push("mean over a selection of the replicates".into());
    }
    let Estimate { value: theory, .. } = measured.theory;
    if !theory.is_nan() {
        parts.push(format!("theory {}", number::to_the_error(theory, measured.value.standard_error)));
        let comparison = Comparison { measured: measured.value, theory: measured.theory };
        let deviation = number::signed_percent(comparison.deviation(), 1);
        let errors = number::signed(measured.deviation_in_errors(), 1);
        parts.extend((!deviation.is_empty()).then(|| format!("deviation {deviation}")));
        parts.extend((!errors.is_empty()).then(|| format!("{errors} errors")));
    }
    let colon = if places.is_empty() { "" } else { ": " };
    format!("{}{colon}{}", places.join(", "), parts.join(", "))
}

fn value(measured: &Measured) -> String {
    let Estimate { value, standard_error } = measured.value;
    match measured.n {
        0 if measured.has_failed() => "no replicate has a value".into(),
        0 => "not computed yet".into(),
        n if n > 1 && standard_error == 0.0 => format!("{} (exact)", number::plain(value)),
        _ => number::plus_minus(value, standard_error).to_string(),
    }
}
