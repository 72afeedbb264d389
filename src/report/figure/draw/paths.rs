//! Draws paths in a plane, with the same scale on both axes.

use plotters::coord::Shift;
use plotters::element::PathElement;
use plotters::prelude::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Canvas, px};
use super::colours::{self, GREY, INK};
use super::frame::{Frame, Margins, tick_width};
use super::sheet::Sheet;
use super::{Drawn, LABEL_SIZE, TICK_SIZE, stroke, text_style};
use crate::report::figure::plan::{Paths, Scale};

/// The longer side of the rectangle of paths.
const SIDE: f64 = 210.0;
const TITLE: f64 = 18.0;
const BEFORE: RGBColor = RGBColor(175, 175, 175);

fn margins(paths: &Paths) -> Margins {
    Margins {
        left: tick_width(&paths.y.scale.ticks) + 14.0 + 1.6 * LABEL_SIZE,
        right: 12.0,
        top: 6.0,
        bottom: TICK_SIZE + 12.0 + 1.5 * LABEL_SIZE,
    }
}

/// Width and height of the rectangle of paths.
fn room(paths: &Paths) -> (f64, f64) {
    let length = |scale: &Scale| scale.high - scale.low;
    let (width, height) = (length(&paths.x.scale), length(&paths.y.scale));
    let each = SIDE / f64::max(width, height);
    (width * each, height * each)
}

/// How the panels are laid out.
pub(super) fn sheet(paths: &Paths) -> Sheet {
    let Margins { left, right, top, bottom } = margins(paths);
    let (width, height) = room(paths);
    Sheet::new(paths.panels.len(), 4, (width + left + right, TITLE + height + top + bottom), 0.0)
}

/// Draws one panel on its area.
pub(super) fn draw(area: &DrawingArea<Canvas, Shift>, paths: &Paths, sheet: &Sheet, panel: usize) -> Drawn {
    let shown = &paths.panels[panel];
    let margins = margins(paths);
    let middle = px(margins.left + room(paths).0 / 2.0);
    let title = text_style(TICK_SIZE, INK).pos(Pos::new(HPos::Center, VPos::Top));
    area.draw_text(&shown.title, &title, (middle, px(1.0)))?;
    let (width, height) = area.dim_in_pixel();
    let main = area.clone().shrink((0, px(TITLE)), (width as i32, height as i32 - px(TITLE)));
    let x_label = if sheet.is_lowest(panel, paths.panels.len()) { paths.x.label.as_str() } else { "" };
    let y_label = if sheet.is_first(panel) { paths.y.label.as_str() } else { "" };
    let frame = Frame::new(&main, [&paths.x.scale, &paths.y.scale], [x_label, y_label], margins)?;
    let [left, right, top, bottom] = frame.rectangle();
    let style = text_style(TICK_SIZE, GREY).pos(Pos::new(HPos::Center, VPos::Center));
    main.draw_text(shown.gap, &style, ((left + right) / 2, (top + bottom) / 2))?;
    for (all, colour, width) in [(&shown.before, BEFORE, 0.9), (&shown.paths, colours::LINES[0], 1.1)] {
        for path in all.iter().filter(|path| !path.is_empty()) {
            let places: Vec<(i32, i32)> = path.iter().map(|(x, y)| frame.place(*x, *y)).collect();
            main.draw(&PathElement::new(places, stroke(colour, width)))?;
        }
    }
    Ok(())
}
