//! Figures of a sweep: `plan` decides what to draw, as data, and `draw` draws it.

mod draw;
mod plan;

pub(crate) use draw::draw;
pub(crate) use plan::figure;
