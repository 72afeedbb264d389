//! The formats of tables, whatever their rows are.

use comfy_table::{CellAlignment, ColumnConstraint, Table as Grid};

use super::cell::{Cell, known};
use super::columns::{Column, Columns};
use super::wrap::wrapped;
use crate::experiment::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns, rounded to the error
    Text,
    /// Full precision, for programs
    Csv,
    /// Rounded, for notebooks
    Markdown,
    /// Rounded, for papers: a `tabular` with the lines of booktabs
    Latex,
    /// Full precision, for programs
    Json,
}

/// Aligned columns, for people. Where they are wider than a limit, titles take several lines.
pub(super) fn grid<R: 'static>(preset: &str, columns: &Columns<R>, rows: &[R], limit: Option<usize>) -> String {
    let texts: Vec<Vec<String>> = columns.for_people().map(|column| aligned(column, rows)).collect();
    let content = |texts: &[String]| texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    let with_widths = || columns.for_people().map(|column| &column.title).zip(texts.iter().map(|texts| content(texts)));
    // Every column has a space on both sides.
    let total: usize = with_widths().map(|(title, width)| title.chars().count().max(width) + 2).sum();
    let is_too_wide = limit.is_some_and(|limit| total > limit);
    let titles = with_widths().map(|(title, width)| if is_too_wide { in_lines(title, width) } else { title.clone() });
    let line = |row: usize| texts.iter().map(move |column| &column[row]);
    let mut grid = Grid::new();
    grid.load_preset(preset).set_header(titles).add_rows((0..rows.len()).map(line));
    for column in grid.column_iter_mut() {
        column.set_constraint(ColumnConstraint::ContentWidth);
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", grid.trim_fmt())
}

/// A title in lines that are no longer than the content below it, or the longest word.
fn in_lines(title: &str, width: usize) -> String {
    let longest_word = title.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
    wrapped(title, width.max(longest_word)).join("\n")
}

/// The texts of a column. Numbers whose digits follow their errors have their points below each other.
fn aligned<R>(column: &Column<R>, rows: &[R]) -> Vec<String> {
    let cells: Vec<Cell> = rows.iter().map(&column.cell).collect();
    // What stands to the right of the units.
    let tail = |text: &str| text.find(['.', '(', 'e']).map_or(0, |point| text.chars().count() - point);
    let texts: Vec<String> = cells.iter().map(Cell::text).collect();
    if !cells.iter().all(|cell| matches!(cell, Cell::Measured(..) | Cell::Rounded(..))) {
        return texts;
    }
    let longest = texts.iter().map(|text| tail(text)).max().unwrap_or(0);
    texts.into_iter().map(|text| format!("{text}{}", " ".repeat(longest - tail(&text)))).collect()
}

/// Comma-separated, for programs; what is not known is empty. The header can be left out, of all parts of a table but
/// the first one.
pub(in crate::report) fn csv<R: 'static>(columns: &Columns<R>, rows: &[R], has_header: bool) -> String {
    let value = |cell: Cell| match cell {
        Cell::Parameter(value) => value.to_string(),
        cell => known(cell.number(), |number| number.to_string()),
    };
    let header = has_header.then(|| columns.for_programs().map(|column| column.key.clone()).collect());
    let record = |row: &R| -> Vec<String> { columns.for_programs().map(|column| value((column.cell)(row))).collect() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in header.into_iter().chain(rows.iter().map(record)) {
        // Writing to memory cannot fail, and every record has the header's length.
        let _ = writer.write_record(record);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// One JSON object per row, for programs. What is not known is null; JSON has no infinite numbers, which are the texts
/// `inf` and `-inf`.
pub(in crate::report) fn objects<R: 'static>(columns: &Columns<R>, rows: &[R]) -> Vec<serde_json::Value> {
    let value = |cell: Cell| match cell {
        Cell::Parameter(Value::Number(number)) => serde_json::json!(number),
        Cell::Parameter(Value::Choice(choice)) => serde_json::json!(choice),
        Cell::Parameter(Value::Integer(integer)) => serde_json::json!(integer),
        cell => match cell.number() {
            infinite if infinite.is_infinite() => serde_json::json!(infinite.to_string()),
            zero if zero == 0.0 && zero.is_sign_negative() => serde_json::json!(zero),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_distinguishes_what_is_infinite_from_what_is_not_known() {
        let mut columns: Columns<f64> = Columns::of_parameters(&[], |_| &[]);
        columns.add("number", "number", |number| Cell::Decimal(*number));
        let rows = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 2.0, 2.5];
        let texts: Vec<String> = objects(&columns, &rows).iter().map(|row| row["number"].to_string()).collect();
        assert_eq!(texts, ["null", "\"inf\"", "\"-inf\"", "-0.0", "2", "2.5"]);
    }
}
