//! A table in one of four formats.

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, ColumnConstraint, Table as Grid};

use super::table::{Row, Table};
use crate::experiment::Value;
use crate::sweep::Precision;

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

impl Table {
    /// The table as text in this format, with a newline at its end.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.grid(NOTHING) + &self.notes(),
            Format::Markdown => self.grid(ASCII_MARKDOWN) + &self.notes(),
            Format::Csv => self.csv(),
            Format::Json => self.json(),
        }
    }

    fn grid(&self, preset: &str) -> String {
        let failures = self.rows.iter().any(|row| row.failed > 0);
        let missing = self.rows.iter().any(|row| row.missing > 0);
        let not_met = self.points_without_precision() > 0;
        let mut header: Vec<String> = self.parameters.iter().map(ToString::to_string).collect();
        header.extend([self.observable, "error", "n"].map(String::from));
        header.extend(failures.then(|| "failed".into()));
        header.extend(missing.then(|| "missing".into()));
        header.extend(not_met.then(|| "met".into()));
        if self.has_theory {
            header.extend(["theory", "deviation", "in errors"].map(String::from));
        }
        let mut grid = Grid::new();
        grid.load_preset(preset).set_header(header);
        for row in &self.rows {
            let mut cells: Vec<String> = row.parameters.iter().map(Value::to_string).collect();
            cells.extend([rounded(row.mean, row.standard_error), rounded(row.standard_error, row.standard_error)]);
            cells.push(row.done.to_string());
            cells.extend(failures.then(|| row.failed.to_string()));
            cells.extend(missing.then(|| row.missing.to_string()));
            let met = row.precision_met.map_or("", |met| if met { "yes" } else { "no" });
            cells.extend(not_met.then(|| met.into()));
            if self.has_theory {
                cells.push(rounded(row.theory, row.standard_error));
                cells.push(known(row.deviation(), |deviation| format!("{:+.1} %", 100.0 * deviation)));
                cells.push(known(row.deviation_in_errors(), |errors| format!("{errors:+.1}")));
            }
            grid.add_row(cells);
        }
        for column in grid.column_iter_mut() {
            column.set_constraint(ColumnConstraint::ContentWidth);
            column.set_cell_alignment(CellAlignment::Right);
        }
        format!("{}\n", grid.trim_fmt())
    }

    fn points_without_precision(&self) -> usize {
        self.rows.iter().filter(|row| self.precision.is_some() && row.precision_met == Some(false)).count()
    }

    /// What is to be said below the table.
    fn notes(&self) -> String {
        let (not_met, points) = (self.points_without_precision(), self.rows.len());
        match self.precision {
            Some(Precision { relative_error, max_replicates, .. }) if not_met > 0 => format!(
                "\nprecision not met at {not_met} of {points} points: with {max_replicates} replicates the error is more than \
                 {relative_error} of the mean\n"
            ),
            _ => String::new(),
        }
    }

    fn csv_header(&self) -> Vec<String> {
        let mut header: Vec<String> = self.parameters.iter().map(ToString::to_string).collect();
        let name = self.observable;
        header.extend([format!("{name}_mean"), format!("{name}_sem")]);
        header.extend(["n", "failed", "missing"].map(String::from));
        header.extend(self.precision.map(|_| "precision_met".into()));
        if self.has_theory {
            header.extend([format!("{name}_theory"), format!("{name}_theory_sem")]);
            header.extend(["deviation", "deviation_in_errors"].map(String::from));
        }
        header
    }

    fn numbers(&self, row: &Row) -> Vec<f64> {
        let counts = [row.done, row.failed, row.missing].map(|count| count as f64);
        let mut numbers = vec![row.mean, row.standard_error];
        numbers.extend(counts);
        let met = row.precision_met.map_or(f64::NAN, |met| f64::from(u8::from(met)));
        numbers.extend(self.precision.map(|_| met));
        if self.has_theory {
            numbers.extend([row.theory, row.theory_standard_error, row.deviation(), row.deviation_in_errors()]);
        }
        numbers
    }

    fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let cells = |row: &Row| -> Vec<String> {
            let parameters = row.parameters.iter().map(Value::to_string);
            parameters.chain(self.numbers(row).into_iter().map(|number| known(number, |n| n.to_string()))).collect()
        };
        let records = std::iter::once(self.csv_header()).chain(self.rows.iter().map(cells));
        for record in records {
            // Writing to memory cannot fail, and every record has the header's length.
            let _ = writer.write_record(record);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    fn json(&self) -> String {
        let header = self.csv_header();
        let object = |row: &Row| -> serde_json::Value {
            let parameters = row.parameters.iter().map(|value| match value {
                Value::Number(number) => serde_json::json!(number),
                Value::Integer(integer) => serde_json::json!(integer),
                Value::Choice(choice) => serde_json::json!(choice),
            });
            // JSON knows no NaN: `json!` makes it null.
            let numbers = self.numbers(row).into_iter().map(|number| match number {
                whole if whole.fract() == 0.0 && whole.abs() < 1e15 => serde_json::json!(whole as i64),
                number => serde_json::json!(number),
            });
            header.iter().cloned().zip(parameters.chain(numbers)).collect::<serde_json::Map<_, _>>().into()
        };
        let rows: Vec<serde_json::Value> = self.rows.iter().map(object).collect();
        let table = serde_json::json!({ "observable": self.observable, "unit": self.unit, "rows": rows });
        format!("{table:#}\n")
    }
}

/// A number with two digits of its error.
fn rounded(value: f64, error: f64) -> String {
    let leading = if error > 0.0 { libm::floor(libm::log10(error)) } else { -3.0 };
    let decimals = (1.0 - leading).clamp(0.0, 12.0) as usize;
    known(value, |value| format!("{value:.decimals$}"))
}

fn known(number: f64, text: impl Fn(f64) -> String) -> String {
    if number.is_nan() { String::new() } else { text(number) }
}
