//! Results for people: tables as text, CSV, Markdown, LaTeX and JSON.

pub(crate) mod difference;
pub(crate) mod number;
pub(crate) mod table;

pub(crate) use table::{Format, filed, table};
