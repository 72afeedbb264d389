//! The shapes of markers, one per line of a panel.

use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon};
use plotters::prelude::DrawingArea;
use plotters::style::{Color, RGBColor, ShapeStyle};

use super::canvas::{Canvas, px};
use super::colours::PAPER;
use super::{Drawn, stroke};

/// Half of the width of a marker, in pixels.
pub(super) const RADIUS: f64 = 3.6;
const STROKE: f64 = 1.3;
/// Corners of the shapes in units of the radius, after the circle, which has none.
const CORNERS: [&[(f64, f64)]; 5] = [
    &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    &[(0.0, -1.15), (1.1, 0.8), (-1.1, 0.8)],
    &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
    &[(0.0, 1.15), (1.1, -0.8), (-1.1, -0.8)],
    &[(0.0, -1.15), (1.1, -0.35), (0.68, 0.95), (-0.68, 0.95), (-1.1, -0.35)],
];

/// Draws the marker of a line, open unless `filled`.
pub(super) fn draw(
    area: &DrawingArea<Canvas, Shift>,
    (x, y): (i32, i32),
    line: usize,
    colour: RGBColor,
    filled: bool,
) -> Drawn {
    let inside = if filled { colour } else { PAPER };
    match CORNERS.get((line + CORNERS.len()) % (CORNERS.len() + 1)) {
        Some(corners) => {
            let place = |(right, down): &(f64, f64)| (x + px(right * RADIUS), y + px(down * RADIUS));
            let mut places: Vec<(i32, i32)> = corners.iter().map(place).collect();
            area.draw(&Polygon::new(places.clone(), inside.filled()))?;
            // The second corner once more, so that the first one is joined.
            places.extend_from_within(0..2);
            area.draw(&PathElement::new(places, stroke(colour, STROKE)))
        }
        None => {
            area.draw(&Circle::new((x, y), px(RADIUS), inside.filled()))?;
            area.draw(&Circle::new((x, y), px(RADIUS), stroke(colour, STROKE)))
        }
    }
}

/// Draws a cross: replicates were computed, and none has a value.
pub(super) fn cross(area: &DrawingArea<Canvas, Shift>, (x, y): (i32, i32), colour: RGBColor) -> Drawn {
    let arm = px(RADIUS);
    let style: ShapeStyle = stroke(colour, STROKE);
    area.draw(&PathElement::new(vec![(x - arm, y - arm), (x + arm, y + arm)], style))?;
    area.draw(&PathElement::new(vec![(x - arm, y + arm), (x + arm, y - arm)], style))
}
