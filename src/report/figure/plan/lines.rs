//! A scalar over one axis: points with bars, and the theory.

use super::axis::heading;
use super::content::{AxisPlan, Lines, LinesPanel, Point, Style, TheoryShape};
use super::grid::{axis_plan, coordinates, measured, panels};
use super::roles::Roles;
use super::scale::Scale;
use crate::experiment::{Better, Observable};
use crate::results::{Results, Series};
use crate::sweep::{FigureChoice, Problem};

/// With more values along x, markers hide each other.
const MOST_MARKERS: usize = 150;
/// The least that a strip of residuals shows to either side, in errors.
const LEAST_RESIDUALS: f64 = 3.0;

/// # Errors
/// A logarithmic scale is asked for values that have none.
pub(super) fn lines(
    results: &Results,
    series: &Series,
    roles: &Roles,
    choice: &FigureChoice,
) -> Result<Lines, Problem> {
    let x = axis_plan(roles.x.as_ref());
    let coordinates = coordinates(roles.x.as_ref());
    let line = |line: usize, panel: usize| {
        let point = |place: usize| Point {
            x: coordinates[place],
            measured: measured(results, series, roles, [place, line, panel]),
        };
        let points: Vec<Point> = (0..coordinates.len()).map(point).collect();
        let theory = theory(results, roles, &x.scale, &points);
        (points, theory)
    };
    let panels = panels(roles, line);
    let y = value_axis(series.observable, &panels, choice)?;
    let residuals = residuals(&panels);
    let style = if coordinates.len() > MOST_MARKERS { Style::Band } else { Style::Markers };
    Ok(Lines { x, y, residuals, style, panels })
}

/// The axis of the values: over all means with their bars and all theories, from 0 for errors.
///
/// # Errors
/// A logarithmic scale is asked for values that have none.
pub(super) fn value_axis(
    observable: &Observable,
    panels: &[LinesPanel],
    choice: &FigureChoice,
) -> Result<AxisPlan, Problem> {
    let lines = || panels.iter().flat_map(|panel| &panel.lines);
    let measured = lines().flat_map(|line| line.points.iter().flat_map(|point| point.measured.bar()));
    let theory = lines().flat_map(|line| match &line.theory {
        TheoryShape::None => Vec::new(),
        TheoryShape::Curve { places, at_zero } => places.iter().map(|place| place.1).chain(*at_zero).collect(),
        TheoryShape::AtPoints(places) => places.iter().map(|place| place.1).collect(),
    });
    let values: Vec<f64> = measured.chain(theory).filter(|value| value.is_finite()).collect();
    let is_error = observable.better == Some(Better::Less) && values.iter().all(|value| *value >= 0.0);
    let scale = if choice.log.iter().any(|name| name == observable.name()) {
        if let Some(value) = values.iter().find(|value| **value <= 0.0) {
            let what = format!(
                "{} has no logarithmic scale: {value} is one of its values or ends of its bars",
                observable.name()
            );
            return Err(Problem::new("log", what));
        }
        Scale::logarithmic(&values)
    } else {
        Scale::linear(values, is_error.then_some(0.0))
    };
    Ok(AxisPlan { label: heading(&observable.quantity), scale })
}

/// The strip of deviations from the theory, if any is known: at least 3 errors to either side, and all that there are.
fn residuals(panels: &[LinesPanel]) -> Option<AxisPlan> {
    let points = panels.iter().flat_map(|panel| &panel.lines).flat_map(|line| &line.points);
    let deviations = points.map(|point| point.measured.deviation_in_errors()).filter(|errors| errors.is_finite());
    let largest = deviations.map(f64::abs).reduce(f64::max)?;
    let end = libm::fmax(LEAST_RESIDUALS, largest);
    Some(AxisPlan { label: "errors".into(), scale: Scale::linear([-end, end], None) })
}

/// Exact values along a numeric axis are joined by a line, others are not joined.
fn theory(results: &Results, roles: &Roles, scale: &Scale, points: &[Point]) -> TheoryShape {
    let known: Vec<&Point> = points.iter().filter(|point| !point.measured.theory.value.is_nan()).collect();
    let Some(first) = known.first() else { return TheoryShape::None };
    let place = |point: &Point| (point.x, point.measured.theory.value);
    let is_exact = known.iter().all(|point| point.measured.theory.standard_error == 0.0);
    let is_numeric = roles
        .x
        .as_ref()
        .is_some_and(|positions| positions.numbers.is_some() && results.sweep.axes[positions.axis].is_simple());
    let at_zero = (scale.zero_apart && first.x == 0.0).then_some(first.measured.theory.value);
    let joined = &known[usize::from(at_zero.is_some())..];
    if is_exact && is_numeric && joined.len() > 2 {
        return TheoryShape::Curve { places: joined.iter().map(|point| place(point)).collect(), at_zero };
    }
    TheoryShape::AtPoints(known.into_iter().map(place).collect())
}
