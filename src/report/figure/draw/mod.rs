//! Draws a planned figure as SVG and PNG: the only module that knows the plotting crate.
//!
//! The figure is drawn once, as SVG, and the PNG is a picture of that SVG. The font is part of both, and nothing
//! depends on what is installed, so that the bytes are the same on every x86-64 machine.

mod canvas;
mod colours;
mod document;
mod font;
mod frame;
mod heat_map;
mod image;
mod lines;
mod marker;
mod paths;
mod sheet;

use plotters::prelude::DrawingAreaErrorKind;
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle};

pub(crate) use document::{draw, inline};
pub(crate) use font::{FAMILY, WEB};

use canvas::{UNITS, px};

/// Sizes of the font, in pixels.
const LABEL_SIZE: f64 = 12.5;
const TICK_SIZE: f64 = 11.0;
const CAPTION_SIZE: f64 = 10.0;

/// Why a figure cannot be drawn; a bug, except where memory has run out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The plotting crate cannot.
    #[error("the figure cannot be drawn: {0}")]
    Plot(#[from] DrawingAreaErrorKind<std::io::Error>),
    /// The SVG cannot be written.
    #[error("the SVG cannot be written: {0}")]
    Svg(#[from] std::io::Error),
    /// The PNG cannot be made from the SVG.
    #[error("the PNG cannot be made: {0}")]
    Png(String),
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;
/// Where values are, in units from the upper left corner of the document.
type Places = Vec<(i32, i32)>;
type Placed = Result<Places, DrawingAreaErrorKind<std::io::Error>>;

/// A line of this width in pixels.
fn stroke(colour: RGBColor, pixels: f64) -> ShapeStyle {
    colour.stroke_width(px(pixels) as u32)
}

/// Letters of this size in pixels.
fn text_style(pixels: f64, colour: RGBColor) -> TextStyle<'static> {
    TextStyle { color: colour.to_backend_color(), ..TextStyle::from((font::FAMILY, pixels * UNITS).into_font()) }
}

#[cfg(test)]
mod tests;
