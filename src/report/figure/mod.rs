//! Figures of a sweep: `plan` decides what to draw, as data, and `draw` draws it.

mod draw;
mod plan;

pub(crate) use draw::{FAMILY, WEB, draw, inline};
pub(crate) use plan::{AxisWords, Figure, Picture as Content, Reading, Style, axis_words, figure, unusual_parameters};

#[cfg(test)]
pub(crate) use plan::tests;
