//! Draws values over an axis: markers with bars, bands or steps, the theory, and the strip of residuals.

use plotters::coord::Shift;
use plotters::element::{DashedPathElement, PathElement, Polygon, Rectangle};
use plotters::prelude::DrawingArea;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBColor};

use super::canvas::{Canvas, px};
use super::colours::{self, GREY, INK, PALE};
use super::frame::{Frame, LONGEST_NAME, Margins, tick_width, turns};
use super::sheet::Sheet;
use super::{Drawn, LABEL_SIZE, Placed, Places, TICK_SIZE, font, marker, stroke, text_style};
use crate::report::figure::plan::{AxisPlan, Line, Lines, LinesPanel, Point, Scale, Style, TheoryShape};

/// Width and height of the rectangle of values of a single panel, and of each of several.
const SINGLE: (f64, f64) = (440.0, 290.0);
const SEVERAL: (f64, f64) = (215.0, 180.0);
/// Height of the strip of residuals, of a single panel and of each of several.
const STRIP: [f64; 2] = [82.0, 60.0];
/// The share of the axis by which markers at the same value are moved apart.
const APART: f64 = 0.01;
/// Half of the length of a dash that is a theory at one point.
const DASH: f64 = 7.0;
/// Between the labels of lines.
const LABEL_STEP: f64 = 1.2 * TICK_SIZE;
/// Where a label begins on the right of the rectangle of values; its marker is before it.
const LABEL_START: f64 = 20.0;
const BAND: f64 = 0.2;
/// With more places than these, a band has no markers.
const MOST_MARKERS: usize = 60;

/// The lengths that all panels share.
struct Layout {
    room: (f64, f64),
    margins: Margins,
    strip: f64,
    title: f64,
}

impl Layout {
    fn new(lines: &Lines) -> Self {
        let is_single = lines.panels.len() == 1;
        let room = if is_single { SINGLE } else { SEVERAL };
        let strip = if lines.residuals.is_some() { STRIP[usize::from(!is_single)] } else { 0.0 };
        let labels = lines.panels.iter().flat_map(|panel| &panel.lines);
        let label = labels.map(|line| font::width(&line.label, TICK_SIZE)).fold(0.0, f64::max);
        let names = match turns(&lines.x.scale, room.0) {
            true => f64::min(tick_width(&lines.x.scale.ticks), LONGEST_NAME),
            false => TICK_SIZE,
        };
        let y_ticks = tick_width(&lines.y.scale.ticks);
        let left = y_ticks.max(lines.residuals.as_ref().map_or(0.0, |axis| tick_width(&axis.scale.ticks)));
        let margins = Margins {
            left: left + 14.0 + 1.6 * LABEL_SIZE,
            right: if label > 0.0 {
                label + LABEL_START + 6.0
            } else {
                f64::max(10.0, tick_width(&lines.x.scale.ticks) / 2.0)
            },
            top: 8.0,
            bottom: names + 12.0 + 1.5 * LABEL_SIZE,
        };
        let title = if lines.panels.iter().all(|panel| panel.title.is_empty()) { 0.0 } else { 18.0 };
        Self { room, margins, strip, title }
    }

    fn panel(&self) -> (f64, f64) {
        let Margins { left, right, top, bottom } = self.margins;
        (self.room.0 + left + right, self.title + top + self.room.1 + self.strip + bottom)
    }
}

/// How the panels are laid out.
pub(super) fn sheet(lines: &Lines) -> Sheet {
    Sheet::new(lines.panels.len(), 3, Layout::new(lines).panel(), 0.0)
}

/// Draws one panel on its area; where the points of its lines are.
pub(super) fn draw(area: &DrawingArea<Canvas, Shift>, lines: &Lines, sheet: &Sheet, panel: usize) -> Placed {
    let layout = Layout::new(lines);
    let shown = &lines.panels[panel];
    let x_label = if sheet.is_lowest(panel, lines.panels.len()) { lines.x.label.as_str() } else { "" };
    let y_label = if sheet.is_first(panel) { lines.y.label.as_str() } else { "" };
    let middle = layout.margins.left + layout.room.0 / 2.0;
    let style = text_style(TICK_SIZE, INK).pos(Pos::new(HPos::Center, VPos::Top));
    area.draw_text(&shown.title, &style, (px(middle), px(2.0)))?;
    let main = area.clone().shrink((0, px(layout.title)), size(area, layout.title));
    match &lines.residuals {
        None => {
            let frame = Frame::new(&main, [&lines.x.scale, &lines.y.scale], [x_label, y_label], layout.margins)?;
            draw_values(&main, &frame, lines, shown)?;
            Ok(places(&main, &frame, lines, shown))
        }
        Some(residuals) => {
            let split = layout.margins.top + layout.room.1;
            let (upper, lower) = main.split_vertically(px(split));
            let hidden = Scale { ticks: Vec::new(), ..lines.x.scale.clone() };
            let margins = Margins { bottom: 0.0, ..layout.margins };
            let frame = Frame::new(&upper, [&hidden, &lines.y.scale], ["", y_label], margins)?;
            draw_values(&upper, &frame, lines, shown)?;
            let places = places(&upper, &frame, lines, shown);
            let margins = Margins { top: 10.0, ..layout.margins };
            let y_label = if sheet.is_first(panel) { residuals.label.as_str() } else { "" };
            draw_residuals(&lower, lines, shown, residuals, [x_label, y_label], margins)?;
            Ok(places)
        }
    }
}

/// Where the points of all lines are; one without a value is on the axis.
fn places(area: &DrawingArea<Canvas, Shift>, frame: &Frame, lines: &Lines, panel: &LinesPanel) -> Places {
    let (base_x, base_y) = area.get_base_pixel();
    let [.., bottom] = frame.rectangle();
    let place = |(index, point): (usize, &Point)| {
        let value = point.measured.value.value;
        let (x, y) = frame.place(point.x, if value.is_finite() { value } else { lines.y.scale.low });
        (base_x + x + shift(frame, lines, panel, index), base_y + if value.is_finite() { y } else { bottom })
    };
    let points =
        panel.lines.iter().enumerate().flat_map(|(index, line)| line.points.iter().map(move |point| (index, point)));
    points.map(place).collect()
}

/// What is left of an area below `top`.
fn size(area: &DrawingArea<Canvas, Shift>, top: f64) -> (i32, i32) {
    let (width, height) = area.dim_in_pixel();
    (width as i32, height as i32 - px(top))
}

fn draw_values(area: &DrawingArea<Canvas, Shift>, frame: &Frame, lines: &Lines, panel: &LinesPanel) -> Drawn {
    for (index, line) in panel.lines.iter().enumerate() {
        draw_theory(area, frame, lines.style, line, colour_of(index), shift(frame, lines, panel, index))?;
    }
    for (index, line) in panel.lines.iter().enumerate() {
        let shift = shift(frame, lines, panel, index);
        match lines.style {
            Style::Markers => draw_markers(area, frame, line, index, shift)?,
            Style::Band => draw_band(area, frame, line, index)?,
            Style::Steps => draw_steps(area, frame, line, index)?,
        }
    }
    if panel.lines.iter().all(|line| line.points.iter().all(|point| point.measured.n == 0)) {
        let [left, right, top, bottom] = frame.rectangle();
        let style = text_style(LABEL_SIZE, GREY).pos(Pos::new(HPos::Center, VPos::Center));
        let has_failed = panel.lines.iter().any(|line| line.points.iter().any(|point| point.measured.has_failed()));
        let text = if has_failed { "no run has a value" } else { "nothing to show yet" };
        area.draw_text(text, &style, ((left + right) / 2, (top + bottom) / 2))?;
    }
    draw_labels(area, frame, panel)
}

fn colour_of(line: usize) -> RGBColor {
    colours::LINES[line % colours::LINES.len()]
}

/// How far the markers of a line are moved along x, in units, so that those at the same value can be seen.
fn shift(frame: &Frame, lines: &Lines, panel: &LinesPanel, line: usize) -> i32 {
    if lines.style == Style::Band {
        return 0;
    }
    let [left, right, ..] = frame.rectangle();
    let from_middle = line as f64 - (panel.lines.len() as f64 - 1.0) / 2.0;
    libm::round(from_middle * APART * f64::from(right - left)) as i32
}

fn draw_theory(
    area: &DrawingArea<Canvas, Shift>,
    frame: &Frame,
    style: Style,
    line: &Line,
    colour: RGBColor,
    shift: i32,
) -> Drawn {
    match &line.theory {
        TheoryShape::None => Ok(()),
        TheoryShape::Curve { places, at_zero } => {
            if let Some(value) = at_zero {
                draw_dash(area, frame.place(0.0, *value), shift, colour)?;
            }
            let places: Vec<(i32, i32)> = places.iter().map(|(x, y)| frame.place(*x, *y)).collect();
            match style {
                Style::Markers => area.draw(&PathElement::new(places, stroke(colour, 1.4))),
                _ => area.draw(&DashedPathElement::new(places, px(5.0), px(3.0), stroke(colour, 1.4))),
            }
        }
        TheoryShape::AtPoints(places) => {
            places.iter().try_for_each(|(x, y)| draw_dash(area, frame.place(*x, *y), shift, colour))
        }
    }
}

/// A theory at one point.
fn draw_dash(area: &DrawingArea<Canvas, Shift>, (x, y): (i32, i32), shift: i32, colour: RGBColor) -> Drawn {
    let dash = vec![(x + shift - px(DASH), y), (x + shift + px(DASH), y)];
    area.draw(&PathElement::new(dash, stroke(colour, 1.4)))
}

fn draw_markers(area: &DrawingArea<Canvas, Shift>, frame: &Frame, line: &Line, index: usize, shift: i32) -> Drawn {
    let colour = colour_of(index);
    for Point { x, measured } in &line.points {
        if measured.has_failed() {
            let [.., bottom] = frame.rectangle();
            let (x, _) = frame.place(*x, 0.0);
            marker::cross(area, (x + shift, bottom - px(8.0)), colour)?;
        }
        if measured.n == 0 {
            continue;
        }
        let [low, high] = measured.bar();
        let end = |value: f64| {
            let (x, y) = frame.place(*x, value);
            (x + shift, y)
        };
        area.draw(&PathElement::new(vec![end(low), end(high)], stroke(colour, 1.3)))?;
        marker::draw(area, end(measured.value.value), index, colour, measured.is_selection())?;
    }
    Ok(())
}

/// A line through the means with a band of one standard error, broken where a mean is not known.
fn draw_band(area: &DrawingArea<Canvas, Shift>, frame: &Frame, line: &Line, index: usize) -> Drawn {
    let colour = colour_of(index);
    for known in line.points.split(|point| point.measured.n == 0).filter(|known| !known.is_empty()) {
        let ends = |end: usize| known.iter().map(move |point| (point.x, point.measured.bar()[end]));
        let band: Vec<(i32, i32)> = ends(0).chain(ends(1).rev()).map(|(x, y)| frame.place(x, y)).collect();
        area.draw(&Polygon::new(band, colour.mix(BAND)))?;
        let means: Vec<(i32, i32)> =
            known.iter().map(|point| frame.place(point.x, point.measured.value.value)).collect();
        area.draw(&PathElement::new(means.clone(), stroke(colour, 1.6)))?;
        let has_markers = line.points.len() <= MOST_MARKERS;
        for (place, point) in means.into_iter().zip(known).filter(|_| has_markers) {
            marker::draw(area, place, index, colour, point.measured.is_selection())?;
        }
    }
    Ok(())
}

/// The outline of a histogram: a step per bin, and a bar in its middle.
fn draw_steps(area: &DrawingArea<Canvas, Shift>, frame: &Frame, line: &Line, index: usize) -> Drawn {
    let colour = colour_of(index);
    let half = match &line.points[..] {
        [first, second, ..] => (second.x - first.x) / 2.0,
        _ => 0.5,
    };
    for known in line.points.split(|point| point.measured.n == 0).filter(|known| !known.is_empty()) {
        let corners = known.iter().flat_map(|Point { x, measured }| {
            [frame.place(x - half, measured.value.value), frame.place(x + half, measured.value.value)]
        });
        area.draw(&PathElement::new(corners.collect::<Vec<_>>(), stroke(colour, 1.2)))?;
        for Point { x, measured } in known {
            let [low, high] = measured.bar();
            area.draw(&PathElement::new(vec![frame.place(*x, low), frame.place(*x, high)], stroke(colour, 0.8)))?;
        }
    }
    Ok(())
}

/// The labels of the lines, on the right of where each ends, moved so that none hides another.
fn draw_labels(area: &DrawingArea<Canvas, Shift>, frame: &Frame, panel: &LinesPanel) -> Drawn {
    let [_, right, top, bottom] = frame.rectangle();
    let end = |line: &Line| {
        let curve = match &line.theory {
            TheoryShape::Curve { places, .. } => places.last().copied(),
            _ => None,
        };
        let known = line.points.iter().rev().find(|point| point.measured.n > 0);
        let (x, y) = curve.or_else(|| known.map(|point| (point.x, point.measured.value.value)))?;
        Some(frame.place(x, y).1)
    };
    let labelled = panel.lines.iter().enumerate().filter(|(_, line)| !line.label.is_empty());
    let mut ends: Vec<(i32, usize)> = labelled.map(|(index, line)| (end(line).unwrap_or(bottom), index)).collect();
    ends.sort_unstable();
    let heights = spread(&ends.iter().map(|end| end.0).collect::<Vec<_>>(), px(LABEL_STEP), [top, bottom]);
    for ((_, index), height) in ends.into_iter().zip(heights) {
        marker::draw(area, (right + px(LABEL_START - 8.0), height), index, colour_of(index), false)?;
        let style = text_style(TICK_SIZE, INK).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw_text(&panel.lines[index].label, &style, (right + px(LABEL_START), height))?;
    }
    Ok(())
}

/// Ascending heights at least `step` apart, as near to the wanted ones as moving down and then up makes them.
fn spread(wanted: &[i32], step: i32, [top, bottom]: [i32; 2]) -> Vec<i32> {
    let mut heights: Vec<i32> = Vec::new();
    for height in wanted {
        let least = heights.last().map_or(top, |last| last + step);
        heights.push(*height.max(&least));
    }
    let mut most = bottom;
    for height in heights.iter_mut().rev() {
        *height = (*height).min(most);
        most = *height - step;
    }
    heights
}

fn draw_residuals(
    area: &DrawingArea<Canvas, Shift>,
    lines: &Lines,
    panel: &LinesPanel,
    residuals: &AxisPlan,
    labels: [&str; 2],
    margins: Margins,
) -> Drawn {
    let frame = Frame::new(area, [&lines.x.scale, &residuals.scale], labels, margins)?;
    let [left, right, ..] = frame.rectangle();
    let height = |errors: f64| frame.place(lines.x.scale.low, errors).1;
    area.draw(&Rectangle::new([(left + px(0.8), height(2.0)), (right, height(-2.0))], PALE.filled()))?;
    area.draw(&PathElement::new(vec![(left, height(0.0)), (right, height(0.0))], stroke(GREY, 0.8)))?;
    for (index, line) in panel.lines.iter().enumerate() {
        let shift = shift(&frame, lines, panel, index);
        for Point { x, measured } in line.points.iter().filter(|point| point.measured.deviation_in_errors().is_finite())
        {
            let (x, y) = frame.place(*x, measured.deviation_in_errors());
            marker::draw(area, (x + shift, y), index, colour_of(index), measured.is_selection())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_order_and_their_distance() {
        assert_eq!(spread(&[10, 20, 100], 15, [0, 200]), [10, 25, 100]);
        assert_eq!(spread(&[195, 196, 197], 15, [0, 200]), [170, 185, 200]);
        assert_eq!(spread(&[], 15, [0, 200]), [0; 0]);
    }
}
