//! Results for people: tables as text, CSV, Markdown and JSON.

pub mod deviation;
mod extrapolated;
pub mod extrapolation;
mod format;
mod render;
mod table;

pub use format::Format;
pub use table::{Table, tables};
