//! Results for people: numbers, tables and figures.

pub(crate) mod compared;
pub(crate) mod difference;
pub(crate) mod figure;
pub(crate) mod number;
pub(crate) mod page;
pub(crate) mod table;

pub(crate) use table::{Format, csv_parts, extrapolated_csv, filed, table};
