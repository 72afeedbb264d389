//! A scalar over two axes, as colours with numbers.

use super::axis::{Positions, heading};
use super::content::{AxisPlan, Cell, Cells, HeatMapPanel, HeatMaps};
use super::grid::measured;
use super::measured::Measured;
use super::roles::Roles;
use super::scale::Scale;
use crate::report::compared::standings;
use crate::report::number;
use crate::results::{Results, Series};
use crate::sweep::{FigureChoice, Problem};

/// The most cells along either axis: more cannot be seen.
const MOST_CELLS: usize = 120;
/// The largest number of columns whose cells have space for a number.
const MOST_NUMBERS: usize = 14;

/// # Errors
/// An axis has too many values, or a logarithmic scale is asked for colours.
pub(super) fn heat_maps(
    results: &Results,
    series: &Series,
    roles: &Roles,
    choice: &FigureChoice,
) -> Result<HeatMaps, Problem> {
    if choice.log.iter().any(|name| name == series.observable.name()) {
        let what = format!("{} is in colours here, which have no logarithmic scale", series.observable.name());
        return Err(Problem::new("log", what));
    }
    let (x, y) = (cells(roles.x.as_ref()), cells(roles.rows.as_ref()));
    if let Some(cells) = [&x, &y].into_iter().find(|cells| cells.names.len() > MOST_CELLS) {
        let what = format!("{} values of {} are too many for a heat map", cells.names.len(), cells.label);
        let remedy =
            format!("the most are {MOST_CELLS}; name an axis of at most six values as lines, or fix one by `at`");
        return Err(Problem::new("x", format!("{what}; {remedy}")));
    }
    let has_numbers = x.names.len() <= MOST_NUMBERS;
    let panel = |panel: usize| panel_of(results, series, roles, [x.names.len(), y.names.len()], panel);
    let panels: Vec<HeatMapPanel> = (0..roles.panel_count()).map(panel).collect();
    let values = panels.iter().flat_map(|panel| panel.cells.iter().map(|cell| cell.measured.value.value));
    let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let scale = Scale::exactly(&values);
    let colour = AxisPlan { label: heading(&series.observable.quantity), scale };
    Ok(HeatMaps { x, y, has_numbers, colour, panels })
}

fn cells(positions: Option<&Positions>) -> Cells {
    let Some(positions) = positions else {
        return Cells { label: String::new(), names: vec![String::new()], zero_apart: false };
    };
    let first = positions.numbers.as_ref().and_then(|numbers| numbers.first());
    Cells {
        label: positions.label.clone(),
        names: positions.ticks(),
        zero_apart: positions.is_geometric && first == Some(&0.0),
    }
}

fn panel_of(
    results: &Results,
    series: &Series,
    roles: &Roles,
    [columns, rows]: [usize; 2],
    panel: usize,
) -> HeatMapPanel {
    let places = || (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let points: Vec<usize> = places().map(|(row, column)| roles.point(results.sweep, column, row, panel)).collect();
    let values: Vec<Measured> =
        places().map(|(row, column)| measured(results, series, roles, [column, row, panel])).collect();
    let complete: Vec<bool> = values.iter().map(|measured| measured.n > 0 && !measured.is_selection()).collect();
    let standings = standings(results, series, &points, &complete);
    let cell = |(measured, standing): (Measured, _)| Cell { measured, text: text(&measured), standing };
    HeatMapPanel { title: roles.panel_title(panel), cells: values.into_iter().zip(standings).map(cell).collect() }
}

/// `3.52(9)`; with a star where the mean is over a selection of the replicates.
fn text(measured: &Measured) -> String {
    if measured.n == 0 {
        return String::new();
    }
    let star = if measured.is_selection() { "*" } else { "" };
    format!("{}{star}", number::with_error(measured.value.value, measured.value.standard_error))
}
