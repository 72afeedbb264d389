//! What is at each place of a figure.

use super::axis::Positions;
use super::content::{AxisPlan, Line, LinesPanel, Point, TheoryShape};
use super::measured::Measured;
use super::roles::Roles;
use super::scale::Scale;
use crate::results::{Results, Series};

/// The scale and the label of an axis of the sweep.
pub(super) fn axis_plan(positions: Option<&Positions>) -> AxisPlan {
    let Some(positions) = positions else {
        return AxisPlan { label: String::new(), scale: Scale::categories(&[String::new()]) };
    };
    let scale = match &positions.numbers {
        None => Scale::categories(&positions.names),
        Some(numbers) if positions.is_geometric => Scale::logarithmic(numbers).with_ticks_at(numbers),
        Some(numbers) if numbers.iter().all(|value| value.fract() == 0.0) => {
            Scale::linear(numbers.iter().copied(), None).with_whole_ticks()
        }
        Some(numbers) => Scale::linear(numbers.iter().copied(), None),
    };
    AxisPlan { label: positions.label.clone(), scale }
}

/// The number at each position along x; the index where there is none.
pub(super) fn coordinates(positions: Option<&Positions>) -> Vec<f64> {
    match positions.map(|positions| (&positions.numbers, positions.len())) {
        None => vec![0.0],
        Some((Some(numbers), _)) => numbers.clone(),
        Some((None, count)) => (0..count).map(|index| index as f64).collect(),
    }
}

/// All that is measured at one place of a scalar's figure.
pub(super) fn measured(results: &Results, series: &Series, roles: &Roles, place: [usize; 3]) -> Measured {
    let [x, line, panel] = place;
    Measured::new(results, series, roles.point(results.sweep, x, line, panel), 0)
}

/// All panels; `line` makes the points and the theory of a line of a panel.
pub(super) fn panels(roles: &Roles, line: impl Fn(usize, usize) -> (Vec<Point>, TheoryShape)) -> Vec<LinesPanel> {
    let count = roles.lines.as_ref().map_or(1, Positions::len);
    let labelled = |place: usize, panel: usize| {
        let (points, theory) = line(place, panel);
        let label = roles.lines.as_ref().map_or_else(String::new, |positions| positions.names[place].clone());
        Line { label, points, theory }
    };
    let panel = |panel: usize| LinesPanel {
        title: roles.panel_title(panel),
        lines: (0..count).map(|place| labelled(place, panel)).collect(),
    };
    (0..roles.panel_count()).map(panel).collect()
}
