//! Draws maps of the model's own space, with a scale bar.

use plotters::coord::Shift;
use plotters::element::{Drawable, PathElement, PointCollection};
use plotters::prelude::DrawingArea;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendCoord, DrawingErrorKind};
use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};

use super::canvas::{Canvas, px};
use super::colours::{self, GREY, INK};
use super::heat_map::bar_width;
use super::sheet::Sheet;
use super::{Drawn, TICK_SIZE, stroke, text_style};
use crate::report::figure::plan::{ImagePanel, Images, Scale};

/// The longer side of a map.
const SIDE: f64 = 250.0;
const TITLE: f64 = 18.0;
/// What the scale bar takes below a map.
const BELOW: f64 = 30.0;
const BETWEEN: f64 = 16.0;

/// Width and height of a map, in pixels.
fn size(images: &Images) -> (f64, f64) {
    let (rows, columns) = (images.rows.max(1) as f64, images.columns.max(1) as f64);
    let each = SIDE / rows.max(columns);
    (columns * each, rows * each)
}

/// How the panels are laid out.
pub(super) fn sheet(images: &Images) -> Sheet {
    let (width, height) = size(images);
    let most = if images.panels.len() == 4 { 2 } else { 3 };
    Sheet::new(images.panels.len(), most, (width + BETWEEN, TITLE + height + BELOW), bar_width(&images.colour))
}

/// Where a map begins and how high it is.
pub(super) fn height(images: &Images) -> (f64, f64) {
    (TITLE, size(images).1)
}

/// Draws one map on its area.
pub(super) fn draw(area: &DrawingArea<Canvas, Shift>, images: &Images, panel: usize) -> Drawn {
    let (width, height) = size(images);
    let shown = &images.panels[panel];
    let title = text_style(TICK_SIZE, INK).pos(Pos::new(HPos::Center, VPos::Top));
    area.draw_text(&shown.title, &title, (px(width / 2.0), px(1.0)))?;
    if let Some(png) = pixels(images, shown) {
        area.draw(&Map { corner: (0, px(TITLE)), size: (px(width), px(height)), png })?;
    }
    let style = text_style(TICK_SIZE, GREY).pos(Pos::new(HPos::Center, VPos::Center));
    area.draw_text(shown.gap, &style, (px(width / 2.0), px(TITLE + height / 2.0)))?;
    let (text, length) = &images.bar;
    let bar = length * width / images.columns.max(1) as f64;
    let (left, down) = (px(width - bar), px(TITLE + height + 7.0));
    area.draw(&PathElement::new(vec![(left, down), (px(width), down)], stroke(INK, 2.5)))?;
    let style = text_style(TICK_SIZE, INK).pos(Pos::new(HPos::Center, VPos::Top));
    area.draw_text(text, &style, ((left + px(width)) / 2, down + px(4.0)))
}

/// One pixel per value, the first row at the bottom; transparent where nothing is known.
fn pixels(images: &Images, panel: &ImagePanel) -> Option<Vec<u8>> {
    let mut map = Pixmap::new(images.columns as u32, images.rows as u32)?;
    let rows = panel.values.chunks(images.columns).rev().flatten();
    for (pixel, value) in map.pixels_mut().iter_mut().zip(rows) {
        *pixel = colour(&images.colour.scale, *value).unwrap_or(PremultipliedColorU8::TRANSPARENT);
    }
    map.encode_png().ok()
}

fn colour(scale: &Scale, value: f64) -> Option<PremultipliedColorU8> {
    let plotters::style::RGBColor(red, green, blue) = colours::of_share(scale.place(value));
    if value.is_nan() { None } else { PremultipliedColorU8::from_rgba(red, green, blue, u8::MAX) }
}

/// An image as the plotting crate draws elements.
struct Map {
    corner: BackendCoord,
    size: BackendCoord,
    png: Vec<u8>,
}

impl<'m> PointCollection<'m, BackendCoord> for &'m Map {
    type Point = &'m BackendCoord;
    type IntoIter = std::iter::Once<&'m BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.corner)
    }
}

impl<'a> Drawable<Canvas<'a>> for Map {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut places: I,
        canvas: &mut Canvas<'a>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<std::io::Error>> {
        places.next().map_or(Ok(()), |corner| canvas.image(corner, self.size, &self.png))
    }
}
