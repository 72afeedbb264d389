//! Results for people: tables as text, CSV, Markdown and JSON.

pub mod table;

pub use table::{Format, Table, tables};
