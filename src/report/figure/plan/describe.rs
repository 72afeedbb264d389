//! A figure as text, by which the tests see what would be drawn.

use std::fmt::{Display, Formatter, Result};

use super::content::{AxisPlan, Cell, Figure, HeatMaps, Images, Lines, Paths, Picture, TheoryShape};
use super::scale::{Scale, Spacing};
use crate::report::compared::Standing;
use crate::report::number;

impl Display for Figure {
    fn fmt(&self, out: &mut Formatter) -> Result {
        writeln!(out, "figure   {}", self.name)?;
        writeln!(out, "title    {}", self.title)?;
        writeln!(out, "says     {}", self.description)?;
        match &self.picture {
            Picture::Lines(lines) => describe_lines(out, lines)?,
            Picture::HeatMaps(maps) => describe_heat_maps(out, maps)?,
            Picture::Images(images) => describe_images(out, images)?,
            Picture::Paths(paths) => describe_paths(out, paths)?,
        }
        self.caption.iter().try_for_each(|paragraph| writeln!(out, "caption  {paragraph}"))
    }
}

fn describe_lines(out: &mut Formatter, lines: &Lines) -> Result {
    writeln!(out, "lines    {:?}", lines.style)?;
    describe_axis(out, "x", &lines.x)?;
    describe_axis(out, "y", &lines.y)?;
    if let Some(residuals) = &lines.residuals {
        describe_axis(out, "below", residuals)?;
    }
    for panel in &lines.panels {
        writeln!(out, "panel    {:?}", panel.title)?;
        for line in &panel.lines {
            let theory = match &line.theory {
                TheoryShape::None => "no theory".to_string(),
                TheoryShape::Curve { places, at_zero: None } => format!("theory in {} places", places.len()),
                TheoryShape::Curve { places, at_zero: Some(_) } => {
                    format!("theory in {} places and at 0", places.len())
                }
                TheoryShape::AtPoints(places) => format!("theory at {} points", places.len()),
            };
            writeln!(out, "  line   {:?}, {theory}", line.label)?;
            for point in &line.points {
                let measured = point.measured;
                let text = number::with_error(measured.value.value, measured.value.standard_error);
                let marks = [(measured.is_selection(), " selection"), (measured.has_failed(), " failed")];
                let marks: String = marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect();
                let errors = measured.deviation_in_errors();
                let errors = if errors.is_finite() { format!(" {errors:+.1} errors") } else { String::new() };
                writeln!(out, "    {} {text} n {}{errors}{marks}", point.x, measured.n)?;
            }
        }
    }
    Ok(())
}

fn describe_heat_maps(out: &mut Formatter, maps: &HeatMaps) -> Result {
    for (name, cells) in [("x", &maps.x), ("y", &maps.y)] {
        let apart = if cells.zero_apart { ", the first one apart" } else { "" };
        writeln!(out, "{name:8} {:?}: {}{apart}", cells.label, cells.names.join(" "))?;
    }
    describe_axis(out, "colour", &maps.colour)?;
    for panel in &maps.panels {
        writeln!(out, "heat map {:?}", panel.title)?;
        for row in panel.cells.chunks(maps.x.names.len()).rev() {
            let cell = |cell: &Cell| match (cell.standing, cell.measured.has_failed()) {
                (_, true) => "failed".to_string(),
                _ if cell.text.is_empty() => "missing".to_string(),
                (Standing::Best, _) => format!("[{}]", cell.text),
                (Standing::NotDistinguished, _) => format!("{}.", cell.text),
                (Standing::Distinguished, _) => cell.text.clone(),
                (Standing::NotTested, _) => format!("{}?", cell.text),
            };
            writeln!(out, "  {}", row.iter().map(cell).collect::<Vec<_>>().join("  "))?;
        }
    }
    Ok(())
}

fn describe_images(out: &mut Formatter, images: &Images) -> Result {
    writeln!(
        out,
        "images   {} rows, {} columns, bar {} = {} columns",
        images.rows, images.columns, images.bar.0, images.bar.1
    )?;
    describe_axis(out, "colour", &images.colour)?;
    images.panels.iter().try_for_each(|panel| writeln!(out, "image    {:?}", panel.title))
}

fn describe_paths(out: &mut Formatter, paths: &Paths) -> Result {
    describe_axis(out, "x", &paths.x)?;
    describe_axis(out, "y", &paths.y)?;
    paths.panels.iter().try_for_each(|panel| {
        let count = |paths: &[Vec<(f64, f64)>]| paths.iter().filter(|path| !path.is_empty()).count();
        writeln!(out, "paths    {:?}: {} before, {} after", panel.title, count(&panel.before), count(&panel.paths))
    })
}

fn describe_axis(out: &mut Formatter, name: &str, axis: &AxisPlan) -> Result {
    let Scale { spacing, low, high, zero_apart, ticks } = &axis.scale;
    let spacing = match spacing {
        Spacing::Linear => "linear",
        Spacing::Logarithmic => "logarithmic",
        Spacing::Categories => "categories",
    };
    let apart = if *zero_apart { ", zero apart" } else { "" };
    let ticks: Vec<&str> = ticks.iter().map(|tick| &*tick.label).collect();
    writeln!(out, "{name:8} {:?}: {spacing} {low:.4} to {high:.4}{apart}, ticks {}", axis.label, ticks.join(" "))
}
