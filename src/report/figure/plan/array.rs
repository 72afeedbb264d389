//! Observables with further dimensions: curves, histograms, maps and paths.

use super::axis::heading;
use super::content::{AxisPlan, ImagePanel, Images, Lines, Paths, PathsPanel, Point, Style, TheoryShape};
use super::grid::panels;
use super::lines::value_axis;
use super::measured::Measured;
use super::roles::Roles;
use super::scale::Scale;
use super::words;
use crate::experiment::{OwnDimension, Picture};
use crate::results::{Results, Series, Status};
use crate::sweep::{FigureChoice, Problem};

/// The part of a map's width that its scale bar has at most.
const BAR: f64 = 0.3;

/// Values over the last dimension that the observable has, at the first place along the others.
///
/// # Errors
/// A logarithmic scale is asked for values that have none.
pub(super) fn curves(
    results: &Results,
    series: &Series,
    roles: &Roles,
    picture: Picture,
    choice: &FigureChoice,
) -> Result<Lines, Problem> {
    let [others @ .., own] = series.observable.dimensions else { return Err(no_dimension(series)) };
    let line = |line: usize, panel: usize| {
        let point = roles.point(results.sweep, 0, line, panel);
        let at = |element: usize| Point {
            x: (own.coordinate)(element),
            measured: Measured::new(results, series, point, element),
        };
        let mut points: Vec<Point> = (0..own.length).map(at).collect();
        // A dimension may have an order of its own, such as that in which targets were reached.
        points.sort_by(|left, right| left.x.total_cmp(&right.x));
        let known = points.iter().filter(|point| !point.measured.theory.value.is_nan());
        let curve: Vec<(f64, f64)> = known.map(|point| (point.x, point.measured.theory.value)).collect();
        let theory =
            if curve.is_empty() { TheoryShape::None } else { TheoryShape::Curve { places: curve, at_zero: None } };
        (points, theory)
    };
    let panels = panels(roles, line);
    let style = if picture == Picture::Histogram { Style::Steps } else { Style::Band };
    let y = value_axis(series.observable, &panels, choice)?;
    Ok(Lines { x: own_axis(own, others), y, residuals: None, style, panels })
}

/// The axis of the last dimension, whose label says which place of the others is shown.
fn own_axis(own: &OwnDimension, others: &[OwnDimension]) -> AxisPlan {
    let values = (0..own.length).map(own.coordinate);
    let place = |other: &OwnDimension| format!("; {} {}", other.quantity.label, words::value((other.coordinate)(0)));
    let label = heading(&own.quantity) + &others.iter().map(place).collect::<String>();
    AxisPlan { label, scale: Scale::linear(values, None) }
}

fn no_dimension(series: &Series) -> Problem {
    Problem::new("observable", format!("{} has no dimension of its own", series.observable.name()))
}

/// A map of the model's own space for each panel, of the first replicate.
pub(super) fn images(results: &Results, series: &Series, roles: &Roles) -> Images {
    let [y, x] = series.observable.dimensions else { return nothing(series) };
    let panel = |panel: usize| {
        let point = roles.point(results.sweep, 0, 0, panel);
        let values = first_replicate(results, series, point).to_vec();
        ImagePanel { title: roles.panel_title(panel), values, gap: gap(results, point) }
    };
    let panels: Vec<ImagePanel> = (0..roles.panel_count()).map(panel).collect();
    let values: Vec<f64> = panels.iter().flat_map(|panel| panel.values.iter().copied()).collect();
    let step = (x.coordinate)(1) - (x.coordinate)(0);
    let length = round_length(BAR * step * x.length as f64);
    let bar = (format!("{} {}", words::value(length), x.quantity.unit.written), length / step);
    let colour = AxisPlan { label: heading(&series.observable.quantity), scale: Scale::exactly(&values) };
    Images { colour, rows: y.length, columns: x.length, bar, panels }
}

/// Why the first replicate of a point has nothing to show.
fn gap(results: &Results, point: usize) -> &'static str {
    match results.status_at(point)[0] {
        Status::Done => "",
        Status::Failed => "failed",
        Status::Missing | Status::NotNeeded => "not computed yet",
    }
}

/// The values of the first replicate at a point.
fn first_replicate<'s>(results: &Results, series: &'s Series, point: usize) -> &'s [f64] {
    &results.values_at(series, point)[..series.observable.size()]
}

/// 1, 2 or 5 times a power of ten, at most this.
fn round_length(most: f64) -> f64 {
    let power = libm::exp10(libm::floor(libm::log10(most)));
    [5.0, 2.0, 1.0].into_iter().map(|factor| factor * power).find(|length| *length <= most).unwrap_or(power)
}

fn nothing(series: &Series) -> Images {
    let colour = AxisPlan { label: heading(&series.observable.quantity), scale: Scale::exactly(&[]) };
    Images { colour, rows: 0, columns: 0, bar: (String::new(), 0.0), panels: Vec::new() }
}

/// Paths in the plane of the last dimension (x, y), those of the first index of the first dimension being the ones to
/// compare with.
pub(super) fn paths(results: &Results, series: &Series, roles: &Roles) -> Paths {
    let lengths: Vec<usize> = series.observable.dimensions.iter().map(|own| own.length).collect();
    let (stages, movements, times) = match lengths[..] {
        [stages, movements, times, 2] => (stages, movements, times),
        _ => (0, 0, 0),
    };
    let panel = |panel: usize| {
        let point = roles.point(results.sweep, 0, 0, panel);
        let values = first_replicate(results, series, point);
        let path = |stage: usize, movement: usize| {
            let place = |time: usize| {
                let element = ((stage * movements + movement) * times + time) * 2;
                (values[element], values[element + 1])
            };
            (0..times).map(place).filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
        };
        let all = |stage: usize| (0..movements).map(|movement| path(stage, movement)).collect();
        PathsPanel {
            title: roles.panel_title(panel),
            before: all(0),
            paths: all(stages.saturating_sub(1)),
            gap: gap(results, point),
        }
    };
    let panels: Vec<PathsPanel> = (0..roles.panel_count()).map(panel).collect();
    let places = || panels.iter().flat_map(|panel| panel.before.iter().chain(&panel.paths)).flatten();
    let unit = series.observable.quantity.unit.written;
    let axis = |name: &str, values: Vec<f64>| AxisPlan {
        label: if unit.is_empty() { name.to_string() } else { format!("{name} ({unit})") },
        scale: Scale::linear(values, None),
    };
    Paths {
        x: axis("x", places().map(|place| place.0).collect()),
        y: axis("y", places().map(|place| place.1).collect()),
        panels,
    }
}
