//! The formats of tables, whatever their rows are.

use comfy_table::{CellAlignment, ColumnConstraint, Table as Grid};

use super::cell::{Cell, known};
use super::columns::Columns;
use crate::experiment::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns, rounded to the error
    Text,
    /// Full precision, for programs
    Csv,
    /// Rounded, for papers and notebooks
    Markdown,
    /// Full precision, for programs
    Json,
}

/// Aligned columns, for people.
pub(super) fn grid<R: 'static>(preset: &str, columns: &Columns<R>, rows: &[R]) -> String {
    let texts = |row: &R| -> Vec<String> { columns.for_people().map(|column| (column.cell)(row).text()).collect() };
    let titles = columns.for_people().map(|column| &column.title);
    let mut grid = Grid::new();
    grid.load_preset(preset).set_header(titles).add_rows(rows.iter().map(texts));
    for column in grid.column_iter_mut() {
        column.set_constraint(ColumnConstraint::ContentWidth);
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", grid.trim_fmt())
}

/// Comma-separated, for programs; what is not known is empty.
pub(super) fn csv<R: 'static>(columns: &Columns<R>, rows: &[R]) -> String {
    let value = |cell: Cell| match cell {
        Cell::Parameter(value) => value.to_string(),
        cell => known(cell.number(), |number| number.to_string()),
    };
    let header = columns.for_programs().map(|column| column.key.clone()).collect();
    let record = |row: &R| -> Vec<String> { columns.for_programs().map(|column| value((column.cell)(row))).collect() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in std::iter::once(header).chain(rows.iter().map(record)) {
        // Writing to memory cannot fail, and every record has the header's length.
        let _ = writer.write_record(record);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// One JSON object per row, for programs; what is not known is null.
pub(super) fn objects<R: 'static>(columns: &Columns<R>, rows: &[R]) -> Vec<serde_json::Value> {
    let value = |cell: Cell| match cell {
        Cell::Parameter(Value::Number(number)) => serde_json::json!(number),
        Cell::Parameter(Value::Choice(choice)) => serde_json::json!(choice),
        Cell::Parameter(Value::Integer(integer)) => serde_json::json!(integer),
        cell => match cell.number() {
            whole if whole.fract() == 0.0 && whole.abs() < 1e15 => serde_json::json!(whole as i64),
            // JSON knows no NaN: `json!` makes it null.
            number => serde_json::json!(number),
        },
    };
    let object = |row: &R| {
        let members = columns.for_programs().map(|column| (column.key.clone(), value((column.cell)(row))));
        members.collect::<serde_json::Map<_, _>>().into()
    };
    rows.iter().map(object).collect()
}
