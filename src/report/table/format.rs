//! The formats of tables, whatever is in them.

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, ColumnConstraint, Table as Grid};

use crate::experiment::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned columns, rounded to the error
    Text,
    /// Full precision, for programs
    Csv,
    /// Rounded, for papers and notebooks
    Markdown,
    /// Full precision, for programs
    Json,
}

/// Parameters and numbers, for programs.
pub type Record = (Vec<Value>, Vec<f64>);

/// Aligned columns.
pub fn text(header: Vec<String>, rows: Vec<Vec<String>>) -> String {
    grid(NOTHING, header, rows)
}

pub fn markdown(header: Vec<String>, rows: Vec<Vec<String>>) -> String {
    grid(ASCII_MARKDOWN, header, rows)
}

fn grid(preset: &str, header: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let mut grid = Grid::new();
    grid.load_preset(preset).set_header(header).add_rows(rows);
    for column in grid.column_iter_mut() {
        column.set_constraint(ColumnConstraint::ContentWidth);
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", grid.trim_fmt())
}

/// Comma-separated; what is not known is empty.
pub fn csv(header: Vec<String>, records: &[Record]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cells = |(parameters, numbers): &Record| -> Vec<String> {
        let parameters = parameters.iter().map(Value::to_string);
        parameters.chain(numbers.iter().map(|number| known(*number, |n| n.to_string()))).collect()
    };
    for record in std::iter::once(header).chain(records.iter().map(cells)) {
        // Writing to memory cannot fail, and every record has the header's length.
        let _ = writer.write_record(record);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// One JSON object a record; what is not known is null.
pub fn objects(header: &[String], records: &[Record]) -> Vec<serde_json::Value> {
    let object = |(parameters, numbers): &Record| -> serde_json::Value {
        let parameters = parameters.iter().map(|value| match value {
            Value::Number(number) => serde_json::json!(number),
            Value::Integer(integer) => serde_json::json!(integer),
            Value::Choice(choice) => serde_json::json!(choice),
        });
        // JSON knows no NaN: `json!` makes it null.
        let numbers = numbers.iter().map(|number| match number {
            whole if whole.fract() == 0.0 && whole.abs() < 1e15 => serde_json::json!(*whole as i64),
            number => serde_json::json!(number),
        });
        header.iter().cloned().zip(parameters.chain(numbers)).collect::<serde_json::Map<_, _>>().into()
    };
    records.iter().map(object).collect()
}

/// A number with two digits of its error.
pub fn rounded(value: f64, error: f64) -> String {
    let leading = if error > 0.0 { libm::floor(libm::log10(error)) } else { -3.0 };
    let decimals = (1.0 - leading).clamp(0.0, 12.0) as usize;
    known(value, |value| format!("{value:.decimals$}"))
}

/// The text of a number; none if it is not known.
pub fn known(number: f64, text: impl Fn(f64) -> String) -> String {
    if number.is_nan() { String::new() } else { text(number) }
}
