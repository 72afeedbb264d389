//! Draws means over two axes as colours with numbers, and the bar that says what the colours mean.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Rectangle};
use plotters::prelude::DrawingArea;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, RGBColor};

use super::canvas::{Canvas, px};
use super::colours::{self, FRAME, GREY, INK, PALE, PAPER};
use super::frame::{Coordinate, LONGEST_NAME, tick_width};
use super::sheet::Sheet;
use super::{Drawn, LABEL_SIZE, Placed, TICK_SIZE, font, stroke, text_style};
use crate::report::figure::plan::{AxisPlan, Cell, Cells, HeatMaps, Scale, Standing};

/// Width and height of a cell, where its number has room; the width grows with longer numbers.
const CELL: (f64, f64) = (54.0, 38.0);
/// The least width of a cell without a number.
const SMALL: f64 = 9.0;
/// The width of the cells of one panel together, if they have no numbers.
const WIDEST: f64 = 640.0;
/// Between the cells at zero and the others.
const GAP: f64 = 6.0;
const TITLE: f64 = 18.0;
/// Of the bar of colours: its width, and the number of its steps.
const BAR: f64 = 15.0;
const STEPS: usize = 128;

/// Lengths of a panel, in pixels.
struct Layout {
    cell: (f64, f64),
    left: f64,
    bottom: f64,
    title: f64,
    has_numbers: bool,
    is_turned: bool,
}

impl Layout {
    fn new(maps: &HeatMaps) -> Self {
        let texts = maps.panels.iter().flat_map(|panel| panel.cells.iter().map(|cell| &cell.text));
        let longest = texts.map(|text| font::width(text, TICK_SIZE)).fold(0.0, f64::max);
        let names = |cells: &Cells| cells.names.iter().map(|name| font::width(name, TICK_SIZE)).fold(0.0, f64::max);
        let wanted = f64::max(CELL.0, longest + 8.0);
        let has_numbers = maps.has_numbers;
        let width = if has_numbers { wanted } else { f64::max(SMALL, WIDEST / maps.x.names.len() as f64) };
        let is_turned = names(&maps.x) > width - 4.0;
        let below = if is_turned { f64::min(names(&maps.x), LONGEST_NAME) } else { TICK_SIZE };
        Self {
            cell: (
                width,
                if has_numbers { CELL.1 } else { f64::clamp(WIDEST / maps.y.names.len() as f64, SMALL, CELL.1) },
            ),
            left: f64::min(names(&maps.y), LONGEST_NAME) + 12.0 + 1.6 * LABEL_SIZE,
            bottom: below + 12.0 + 1.6 * LABEL_SIZE,
            title: if maps.panels.iter().all(|panel| panel.title.is_empty()) { 0.0 } else { TITLE },
            has_numbers,
            is_turned,
        }
    }

    fn length(cells: &Cells, each: f64) -> f64 {
        each * cells.names.len() as f64 + if cells.zero_apart { GAP } else { 0.0 }
    }

    /// Where a position begins along an axis.
    fn start(cells: &Cells, each: f64, position: usize) -> f64 {
        each * position as f64 + if cells.zero_apart && position > 0 { GAP } else { 0.0 }
    }

    fn rows(&self, maps: &HeatMaps) -> f64 {
        Self::length(&maps.y, self.cell.1)
    }

    /// Left, top, right and bottom of a cell, in units.
    fn rectangle(&self, maps: &HeatMaps, column: usize, row: usize) -> [(i32, i32); 2] {
        let left = self.left + Self::start(&maps.x, self.cell.0, column);
        let bottom = self.title + self.rows(maps) - Self::start(&maps.y, self.cell.1, row);
        [(px(left), px(bottom - self.cell.1)), (px(left + self.cell.0), px(bottom))]
    }
}

/// How the panels are laid out.
pub(super) fn sheet(maps: &HeatMaps) -> Sheet {
    let layout = Layout::new(maps);
    let width = layout.left + Layout::length(&maps.x, layout.cell.0) + 14.0;
    let most = ((1000.0 / width) as usize).clamp(1, 3);
    let panel = (width, layout.title + layout.rows(maps) + layout.bottom);
    Sheet::new(maps.panels.len(), most, panel, bar_width(&maps.colour))
}

/// The height of the cells of one panel, which is that of the bar of colours.
pub(super) fn height(maps: &HeatMaps) -> (f64, f64) {
    let layout = Layout::new(maps);
    (layout.title, layout.rows(maps))
}

/// What the bar of colours takes with its ticks and its label.
pub(super) fn bar_width(colour: &AxisPlan) -> f64 {
    12.0 + BAR + 12.0 + tick_width(&colour.scale.ticks) + 2.0 * LABEL_SIZE
}

/// Draws one panel on its area; the middle of each cell.
pub(super) fn draw(area: &DrawingArea<Canvas, Shift>, maps: &HeatMaps, sheet: &Sheet, panel: usize) -> Placed {
    let layout = Layout::new(maps);
    let shown = &maps.panels[panel];
    let columns = maps.x.names.len();
    let middle = px(layout.left + Layout::length(&maps.x, layout.cell.0) / 2.0);
    let title = text_style(TICK_SIZE, INK).pos(Pos::new(HPos::Center, VPos::Top));
    area.draw_text(&shown.title, &title, (middle, px(1.0)))?;
    let mut framed = None;
    for (index, cell) in shown.cells.iter().enumerate() {
        let rectangle = layout.rectangle(maps, index % columns, index / columns);
        draw_cell(area, &maps.colour.scale, cell, rectangle, layout.has_numbers)?;
        if cell.standing == Standing::Best {
            framed = Some(rectangle);
        }
    }
    // Last, so that no other cell hides a part of it.
    if let Some([(left, top), (right, bottom)]) = framed {
        let half = px(1.25);
        let corners = [(left + half, top + half), (right - half, bottom - half)];
        area.draw(&Rectangle::new(corners, stroke(FRAME, 2.5)))?;
    }
    draw_names(area, maps, &layout, sheet, panel)?;
    let (base_x, base_y) = area.get_base_pixel();
    let middle = |index: usize| {
        let [(left, top), (right, bottom)] = layout.rectangle(maps, index % columns, index / columns);
        (base_x + (left + right) / 2, base_y + (top + bottom) / 2)
    };
    Ok((0..shown.cells.len()).map(middle).collect())
}

fn draw_cell(
    area: &DrawingArea<Canvas, Shift>,
    scale: &Scale,
    cell: &Cell,
    [(left, top), (right, bottom)]: [(i32, i32); 2],
    has_number: bool,
) -> Drawn {
    let rectangle = [(left, top), (right, bottom)];
    if cell.measured.n == 0 {
        area.draw(&Rectangle::new(rectangle, PAPER.filled()))?;
        if cell.measured.has_failed() {
            hatch(area, rectangle)?;
        }
        return area.draw(&Rectangle::new(rectangle, stroke(PALE, 0.8)));
    }
    let colour = colours::of_share(scale.place(cell.measured.value.value));
    let ink = colours::readable_on(colour);
    area.draw(&Rectangle::new(rectangle, colour.filled()))?;
    if has_number {
        let style = text_style(TICK_SIZE, ink).pos(Pos::new(HPos::Center, VPos::Center));
        area.draw_text(&cell.text, &style, ((left + right) / 2, (top + bottom) / 2))?;
    }
    if cell.standing == Standing::NotDistinguished {
        area.draw(&Circle::new((right - px(7.0), bottom - px(6.5)), px(2.2), ink.filled()))?;
    }
    Ok(())
}

/// Slanted lines across a cell.
fn hatch(area: &DrawingArea<Canvas, Shift>, [(left, top), (right, bottom)]: [(i32, i32); 2]) -> Drawn {
    let (width, height) = (right - left, bottom - top);
    let mut offset = px(6.0);
    while offset < width + height {
        let start = if offset <= height { (left, top + offset) } else { (left + offset - height, bottom) };
        let end = if offset <= width { (left + offset, top) } else { (right, top + offset - width) };
        area.draw(&PathElement::new(vec![start, end], stroke(GREY, 0.9)))?;
        offset += px(6.0);
    }
    Ok(())
}

/// One position in this many shows its name, so that neighbouring names do not touch.
fn every(cell: f64, is_across: bool) -> usize {
    if is_across { libm::ceil(1.15 * TICK_SIZE / cell) as usize } else { 1 }
}

/// The names of the positions and of the axes.
fn draw_names(
    area: &DrawingArea<Canvas, Shift>,
    maps: &HeatMaps,
    layout: &Layout,
    sheet: &Sheet,
    panel: usize,
) -> Drawn {
    let floor = layout.title + layout.rows(maps);
    let style = text_style(TICK_SIZE, INK);
    for (position, name) in maps.x.names.iter().enumerate() {
        let [(left, _), (right, _)] = layout.rectangle(maps, position, 0);
        let at = ((left + right) / 2, px(floor + 6.0));
        let upright = style.pos(Pos::new(HPos::Right, VPos::Center)).transform(FontTransform::Rotate270);
        let flat = style.pos(Pos::new(HPos::Center, VPos::Top));
        if position.is_multiple_of(every(layout.cell.0, layout.is_turned)) {
            let name = font::shortened(name, TICK_SIZE, LONGEST_NAME);
            area.draw_text(&name, if layout.is_turned { &upright } else { &flat }, at)?;
        }
    }
    for (position, name) in maps.y.names.iter().enumerate() {
        let [(left, top), (_, bottom)] = layout.rectangle(maps, 0, position);
        let style = style.pos(Pos::new(HPos::Right, VPos::Center));
        if position.is_multiple_of(every(layout.cell.1, true)) {
            let name = font::shortened(name, TICK_SIZE, LONGEST_NAME);
            area.draw_text(&name, &style, (left - px(7.0), (top + bottom) / 2))?;
        }
    }
    let style = text_style(LABEL_SIZE, INK);
    let middle = px(layout.left + Layout::length(&maps.x, layout.cell.0) / 2.0);
    if sheet.is_lowest(panel, maps.panels.len()) {
        let at = (middle, px(floor + layout.bottom - 1.4 * LABEL_SIZE));
        area.draw_text(&maps.x.label, &style.pos(Pos::new(HPos::Center, VPos::Top)), at)?;
    }
    if sheet.is_first(panel) {
        let style = style.pos(Pos::new(HPos::Center, VPos::Top)).transform(FontTransform::Rotate270);
        area.draw_text(&maps.y.label, &style, (0, px(layout.title + layout.rows(maps) / 2.0)))?;
    }
    Ok(())
}

/// Draws the bar of colours with its ticks and its label; `height` is where it begins and how high it is.
pub(super) fn draw_colours(area: &DrawingArea<Canvas, Shift>, colour: &AxisPlan, (top, height): (f64, f64)) -> Drawn {
    let (width, whole) = area.dim_in_pixel();
    let mut chart = ChartBuilder::on(area)
        .margin_top(px(top))
        .margin_left(px(12.0))
        .margin_bottom(whole as i32 - px(top + height))
        .set_label_area_size(LabelAreaPosition::Right, width as i32 - px(12.0 + BAR))
        .build_cartesian_2d(
            Coordinate::new(Scale::categories(&[String::new()])),
            Coordinate::new(colour.scale.clone()),
        )?;
    let rectangle = chart.plotting_area().get_pixel_range();
    let (left, base) = area.get_base_pixel();
    let (x, y) = (rectangle.0.start - left..rectangle.0.end - left, rectangle.1.start - base..rectangle.1.end - base);
    let step = |index: usize| y.end - ((y.end - y.start) as usize * index / STEPS) as i32;
    for index in 0..STEPS {
        let share = (index as f64 + 0.5) / STEPS as f64;
        let shown: RGBColor = colours::of_share(colour.scale.place(colour.scale.low) + share * span(&colour.scale));
        // Each one reaches below the one above it, so that no seam shows.
        let corners = [(x.start, step(index + 1)), (x.end, (step(index) + px(0.5)).min(y.end))];
        area.draw(&Rectangle::new(corners, shown.filled()))?;
    }
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_x_axis()
        .axis_style(stroke(INK, 0.8))
        .label_style(text_style(TICK_SIZE, INK))
        .axis_desc_style(text_style(LABEL_SIZE, INK))
        .y_desc(&*colour.label)
        .set_tick_mark_size(LabelAreaPosition::Right, px(3.5))
        .draw()
}

/// The part of the colours that a scale uses: all of them.
fn span(scale: &Scale) -> f64 {
    scale.place(scale.high) - scale.place(scale.low)
}
