//! The figures of a page: drawings without words, with a caption and readings beside them.

use serde::Serialize;

use crate::experiment::{Observable, Picture};
use crate::report::figure::{Content, Figure, Reading, Style, figure, inline};
use crate::results::Results;
use crate::shell::quoted;
use crate::sweep::{Axis, FigureChoice};

/// The most figures of a page: that of the sweep, and those of observables with dimensions of their own.
const MOST_FIGURES: usize = 5;
/// The most bytes of all drawings together.
const MOST_BYTES: usize = 3_000_000;

/// The fewest values along both axes of a grid that is shown as a heat map too.
const LEAST_OF_A_MAP: usize = 4;

/// One figure of a page.
pub(super) struct Shown {
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) svg: String,
    pub(super) caption: Vec<String>,
    /// The values and where they are, as JSON that a script element can hold; empty if there are none.
    pub(super) readings: String,
    /// The command that draws it into files.
    pub(super) flags: String,
}

/// A value of the figure for the keyboard.
#[derive(Serialize)]
struct Spot {
    panel: usize,
    row: usize,
    column: usize,
    x: f64,
    y: f64,
    text: String,
}

/// The figures of a page, and what is not shown, with the reason.
#[derive(Default)]
pub(super) struct Pictures {
    pub(super) shown: Vec<Shown>,
    pub(super) omissions: Vec<String>,
    bytes: usize,
}

/// The figure that the sweep file chooses, and one for each observable with dimensions of its own.
///
/// # Errors
/// The drawing crates refuse, which is a bug.
pub(super) fn pictures(results: &Results) -> Result<Pictures, String> {
    let usual = &results.sweep.figure;
    let first = results.series.first().map(|series| series.observable.name());
    let main = usual.observable.as_deref().or(first).unwrap_or_default();
    let declared = results.series.iter().map(|series| series.observable);
    let others = declared.filter(|observable| !observable.is_scalar() && observable.name() != main);
    // Curves and histograms are means; maps and paths are of one replicate.
    let rank = |observable: &&Observable| match observable.picture {
        Picture::Curve => 0,
        Picture::Histogram => 1,
        Picture::Image => 2,
        Picture::Paths => 3,
    };
    let mut others: Vec<&Observable> = others.collect();
    others.sort_by_key(rank);
    let of = |observable: &&Observable| {
        let choice = FigureChoice { observable: Some(observable.name().into()), ..FigureChoice::default() };
        (choice, format!(" --observable {}", observable.name()))
    };
    let mut pictures = Pictures::default();
    pictures.add(results, main, usual.clone(), String::new())?;
    if let Some((choice, flags)) = as_heat_map(results) {
        pictures.add(results, main, choice, flags)?;
    }
    for observable in others {
        let (choice, flags) = of(&observable);
        pictures.add(results, observable.name(), choice, flags)?;
    }
    Ok(pictures)
}

impl Pictures {
    fn add(&mut self, results: &Results, name: &str, choice: FigureChoice, flags: String) -> Result<(), String> {
        let planned = match figure(results, &choice) {
            Ok(planned) => planned,
            Err(problem) => {
                self.omissions.push(format!("{name}, because {}.", problem.what));
                return Ok(());
            }
        };
        if self.shown.len() == MOST_FIGURES {
            self.omissions.push(format!("{name}, because a page has at most {MOST_FIGURES} figures."));
            return Ok(());
        }
        let mut one = picture(planned, self.shown.len() + 1, flags)?;
        if self.bytes + one.svg.len() > MOST_BYTES {
            self.omissions.push(format!("{name}, because its figure is too large for a page."));
            return Ok(());
        }
        // The values of so many points are in the table.
        if self.bytes + one.svg.len() + one.readings.len() > MOST_BYTES {
            one.readings.clear();
        }
        self.bytes += one.svg.len() + one.readings.len();
        self.shown.push(one);
        Ok(())
    }
}

/// The same as a heat map, where the figure of the sweep has lines over two axes with so many values that a map shows
/// them better.
fn as_heat_map(results: &Results) -> Option<(FigureChoice, String)> {
    let usual = &results.sweep.figure;
    let planned = figure(results, usual).ok()?;
    let Content::Lines(lines) = &planned.picture else { return None };
    let axes: Vec<&Axis> = results.sweep.axes.iter().filter(|axis| axis.len() >= LEAST_OF_A_MAP).collect();
    let is_grid = lines.panels.len() == 1 && lines.panels[0].lines.len() >= LEAST_OF_A_MAP;
    let [one, other] = axes[..] else { return None };
    if !is_grid || lines.style != Style::Markers {
        return None;
    }
    let is_x = |axis: &Axis| usual.x.as_ref().is_some_and(|name| axis.is_called(name));
    let (x, rows) =
        if usual.x.is_none() || is_x(other) { (other.name(), one.name()) } else { (one.name(), other.name()) };
    let flags = format!(" --x {} --rows {}", quoted(&x), quoted(&rows));
    Some((FigureChoice { x: Some(x), rows: Some(rows), lines: None, ..usual.clone() }, flags))
}

fn picture(figure: Figure, number: usize, flags: String) -> Result<Shown, String> {
    let drawn = inline(&figure).map_err(|error| error.to_string())?;
    let spot = |(reading, (x, y)): (Reading, &(f64, f64))| Spot {
        panel: reading.panel,
        row: reading.row,
        column: reading.column,
        x: *x,
        y: *y,
        text: reading.text,
    };
    let spots: Vec<Spot> = figure.readings().into_iter().zip(&drawn.places).map(spot).collect();
    let readings = if spots.is_empty() {
        String::new()
    } else {
        // A script element ends at `</`, wherever that stands.
        serde_json::to_string(&spots).map_err(|error| error.to_string())?.replace('<', "\\u003c")
    };
    let Figure { title, description, caption, .. } = figure;
    Ok(Shown { number, title, description, svg: drawn.svg, caption, readings, flags })
}
