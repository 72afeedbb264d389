//! Results for people: tables as text, CSV, Markdown and JSON.

pub(crate) mod number;
pub(crate) mod table;

pub(crate) use table::{Format, tables};
