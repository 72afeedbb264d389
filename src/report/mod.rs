//! Results for people: tables as text, CSV, Markdown and JSON.

mod format;
mod table;

pub use format::Format;
pub use table::{Table, tables};
