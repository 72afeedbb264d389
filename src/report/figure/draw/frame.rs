//! A pair of axes with their ticks and labels, and where values stand in it.

use std::ops::Range;

use plotters::chart::{ChartBuilder, ChartContext, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::element::PathElement;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind};
use plotters::style::FontTransform;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Canvas, UNITS, px};
use super::colours::{INK, PAPER};
use super::{Drawn, TICK_SIZE, font, stroke, text_style};
use crate::report::figure::plan::{Scale, Spacing, Tick};

/// The longest that an upright name below an axis may be, in pixels.
pub(super) const LONGEST_NAME: f64 = 180.0;

/// A scale as the plotting crate knows it.
#[derive(Clone)]
pub(super) struct Coordinate(Scale);

impl Coordinate {
    pub(super) fn new(scale: Scale) -> Self {
        Self(scale)
    }
}

impl Ranged for Coordinate {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (low, high): (i32, i32)) -> i32 {
        // What lies far beyond the axis is drawn at the edge of the canvas.
        low.saturating_add(libm::round(self.0.place(*value) * f64::from(high - low)) as i32)
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.0.ticks.iter().map(|tick| tick.value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.0.low..self.0.high
    }
}

impl ValueFormatter<f64> for Coordinate {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.0.ticks.iter().find(|tick| tick.value == *value);
        tick.map_or_else(String::new, |tick| tick.label.clone())
    }
}

/// The empty widths around the rectangle of values, in pixels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Margins {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// Axes drawn on an area.
pub(super) struct Frame<'c, 'a> {
    area: &'c DrawingArea<Canvas<'a>, Shift>,
    chart: ChartContext<'c, Canvas<'a>, Cartesian2d<Coordinate, Coordinate>>,
}

impl<'c, 'a> Frame<'c, 'a> {
    /// Draws the axes with their ticks; a label that is empty takes no room.
    pub(super) fn new(
        area: &'c DrawingArea<Canvas<'a>, Shift>,
        [x, y]: [&Scale; 2],
        [x_label, y_label]: [&str; 2],
        margins: Margins,
    ) -> Result<Self, DrawingAreaErrorKind<std::io::Error>> {
        let (width, _) = area.dim_in_pixel();
        let room = f64::from(width) / UNITS - margins.left - margins.right;
        let x = without_overlap(x, room);
        let is_turned = turns(&x, room);
        let mut chart = ChartBuilder::on(area)
            .margin_top(px(margins.top))
            .margin_right(px(margins.right))
            .set_label_area_size(LabelAreaPosition::Left, px(margins.left))
            .set_label_area_size(LabelAreaPosition::Bottom, px(margins.bottom))
            .build_cartesian_2d(Coordinate(x.clone()), Coordinate(y.clone()))?;
        let ticks = text_style(TICK_SIZE, INK);
        let name = |value: &f64| match x.ticks.iter().find(|tick| tick.value == *value) {
            // The plotting crate would put upright names across the axis.
            Some(tick) if !is_turned => tick.label.clone(),
            _ => String::new(),
        };
        chart
            .configure_mesh()
            .x_label_formatter(&name)
            .disable_mesh()
            .axis_style(stroke(INK, 1.0))
            .label_style(ticks)
            .axis_desc_style(text_style(super::LABEL_SIZE, INK))
            .x_desc(x_label)
            .y_desc(y_label)
            .set_tick_mark_size(LabelAreaPosition::Left, px(4.0))
            .set_tick_mark_size(LabelAreaPosition::Bottom, px(4.0))
            .draw()?;
        let frame = Self { area, chart };
        if is_turned {
            frame.draw_upright_names(&x)?;
        }
        frame.draw_gap(&x)?;
        Ok(frame)
    }

    fn draw_upright_names(&self, x: &Scale) -> Drawn {
        let [.., bottom] = self.rectangle();
        let style = text_style(TICK_SIZE, INK).pos(Pos::new(HPos::Right, VPos::Center));
        let style = style.transform(FontTransform::Rotate270);
        x.ticks.iter().try_for_each(|tick| {
            let (across, _) = self.place(tick.value, 0.0);
            let name = font::shortened(&tick.label, TICK_SIZE, LONGEST_NAME);
            self.area.draw_text(&name, &style, (across, bottom + px(7.0)))
        })
    }

    /// Breaks the axis where zero is set apart; an axis without ticks is not drawn.
    fn draw_gap(&self, x: &Scale) -> Drawn {
        let Some(share) = x.gap().filter(|_| !x.ticks.is_empty()) else { return Ok(()) };
        let [left, right, _, bottom] = self.rectangle();
        let at = left + libm::round(share * f64::from(right - left)) as i32;
        let half = px(3.0);
        self.area.draw(&PathElement::new(vec![(at - half, bottom), (at + half, bottom)], stroke(PAPER, 3.0)))?;
        for side in [-half, half] {
            let slash = vec![(at + side - px(1.5), bottom + px(4.0)), (at + side + px(1.5), bottom - px(4.0))];
            self.area.draw(&PathElement::new(slash, stroke(INK, 1.0)))?;
        }
        Ok(())
    }

    /// Where a value stands on the area, in units.
    pub(super) fn place(&self, x: f64, y: f64) -> (i32, i32) {
        let (left, top) = self.area.get_base_pixel();
        let (x, y) = self.chart.backend_coord(&(x, y));
        (x - left, y - top)
    }

    /// Left, right, top and bottom of the rectangle of values, in units on the area.
    pub(super) fn rectangle(&self) -> [i32; 4] {
        let (left, top) = self.area.get_base_pixel();
        let (x, y) = self.chart.plotting_area().get_pixel_range();
        [x.start - left, x.end - left, y.start - top, y.end - top]
    }
}

/// The width that the longest of some ticks takes.
pub(super) fn tick_width(ticks: &[Tick]) -> f64 {
    ticks.iter().map(|tick| font::width(&tick.label, TICK_SIZE)).fold(0.0, f64::max)
}

/// Whether names along x are so long that they have to stand upright.
pub(super) fn turns(x: &Scale, room: f64) -> bool {
    x.spacing == Spacing::Categories && tick_width(&x.ticks) > 0.92 * room / x.ticks.len().max(1) as f64
}

/// Without the ticks whose labels would touch the one before.
fn without_overlap(scale: &Scale, room: f64) -> Scale {
    if scale.spacing == Spacing::Categories {
        return scale.clone();
    }
    let mut end = f64::NEG_INFINITY;
    let mut kept = scale.clone();
    kept.ticks.retain(|tick| {
        let half = font::width(&tick.label, TICK_SIZE) / 2.0;
        let middle = scale.place(tick.value) * room;
        let has_room = middle - half > end + 4.0;
        if has_room {
            end = middle + half;
        }
        has_room
    });
    kept
}
