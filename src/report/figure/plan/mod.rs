//! What a figure shows, as data: a pure function of the results and of what the user asked for.
//!
//! Nothing here knows how to draw. A figure has a `Display` text, by which the tests see what would be drawn.

mod array;
mod axis;
mod caption;
mod content;
#[cfg(test)]
mod describe;
mod grid;
mod heat_map;
mod lines;
mod measured;
mod reading;
mod roles;
mod scale;
mod words;

pub(crate) use crate::report::compared::Standing;
pub(crate) use content::{
    AxisPlan, Cell, Cells, Figure, HeatMaps, ImagePanel, Images, Line, Lines, LinesPanel, Paths, Picture, Point, Style,
    TheoryShape,
};
pub(crate) use reading::Reading;
pub(crate) use scale::{Scale, Spacing, Tick};

use axis::{Positions, symbol_of};

use crate::experiment::{Observable, Picture as Drawn};
use crate::results::{Results, Series};
use crate::sweep::{Axis, FigureChoice, Problem, Sweep};

/// The words of an axis of the sweep.
pub(crate) struct AxisWords {
    /// `diffusion D (µm²/s)`
    pub label: String,
    /// The symbol alone, or the label where there is none.
    pub symbol: String,
    /// Of each position: `D = 3300 µm²/s`, or `joined`.
    pub names: Vec<String>,
    /// The same in a place where the label is seen: `3300`.
    pub values: Vec<String>,
}

/// The words of all axes of a sweep, in grid order.
pub(crate) fn axis_words(sweep: &Sweep) -> Vec<AxisWords> {
    let words = |(place, axis): (usize, &Axis)| {
        let positions = Positions::new(sweep.declaration(), place, axis, None);
        let first = axis.positions.first().map(|position| &sweep.declaration().parameters[*position].quantity);
        let symbol = match axis.positions.len() {
            1 => first.map_or_else(String::new, |quantity| symbol_of(quantity).to_string()),
            _ => axis.name(),
        };
        AxisWords { symbol, values: positions.ticks(), label: positions.label, names: positions.names }
    };
    sweep.axes.iter().enumerate().map(words).collect()
}

/// The parameters that no axis moves and that differ from their defaults: `inputs N = 200 (default 1000)`.
pub(crate) fn unusual_parameters(sweep: &Sweep) -> Vec<String> {
    caption::unusual(sweep).collect()
}

/// What the figure of a sweep shows.
///
/// # Errors
/// The choice names something that the sweep does not have, or the observable has no picture.
pub(crate) fn figure(results: &Results, choice: &FigureChoice) -> Result<Figure, Problem> {
    let series = chosen(results, choice)?;
    let roles = roles::Roles::new(results, series.observable, choice)?;
    let picture = match (series.observable.dimensions.len(), series.observable.picture) {
        (0, _) if roles.is_heat_map() => Picture::HeatMaps(heat_map::heat_maps(results, series, &roles, choice)?),
        (0, _) => Picture::Lines(lines::lines(results, series, &roles, choice)?),
        (1, drawn) | (2, drawn @ Drawn::Curve) => {
            Picture::Lines(array::curves(results, series, &roles, drawn, choice)?)
        }
        (2, Drawn::Image) => Picture::Images(array::images(results, series, &roles)),
        (4, Drawn::Paths) => Picture::Paths(array::paths(results, series, &roles)),
        _ => return Err(no_picture(results, series.observable)),
    };
    let caption = caption::caption(results, series, &roles, &picture);
    Ok(Figure {
        name: caption::file_stem(series.observable, choice, &results.sweep.figure),
        title: caption::title(results, series.observable),
        description: caption::description(series.observable, &picture),
        caption,
        picture,
    })
}

/// The series that a choice names, or the first one.
fn chosen<'r>(results: &'r Results, choice: &FigureChoice) -> Result<&'r Series, Problem> {
    let names = || results.series.iter().map(|series| series.observable.name()).collect::<Vec<_>>();
    match &choice.observable {
        None => results.series.first().ok_or_else(|| Problem::new("observable", "the experiment has none")),
        Some(name) => {
            results.series_of(name).ok_or_else(|| Problem::unknown("observable", "observable", name, &names()))
        }
    }
}

fn no_picture(results: &Results, observable: &Observable) -> Problem {
    let has_one =
        |series: &&Series| series.observable.dimensions.len() < 3 || series.observable.picture != Drawn::Curve;
    let names: Vec<&str> = results.series.iter().filter(has_one).map(|series| series.observable.name()).collect();
    let what =
        format!("{:?} has {} dimensions of its own and no picture", observable.name(), observable.dimensions.len());
    Problem::new("observable", format!("{what}; these have one: {}", names.join(", ")))
}

#[cfg(test)]
pub(crate) mod tests;
