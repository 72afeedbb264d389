//! What a table looks like in each format.

use super::Table;
use super::deviation::{Comparison, MeanDeviation, mean_deviation};
use super::extrapolated::{Extrapolated, ExtrapolatedRow};
use super::extrapolation::Law;
use super::format::{self, Format, Record, known, rounded};
use super::row::Row;
use crate::experiment::Value;
use crate::sweep::Precision;

fn name(law: Law) -> &'static str {
    match law {
        Law::Inverse => "1/N",
        Law::TwoThirds => "N^(-2/3)",
    }
}

/// The name in columns for programs.
fn key(law: Law) -> &'static str {
    match law {
        Law::Inverse => "inverse",
        Law::TwoThirds => "two_thirds",
    }
}

impl Table {
    /// The table as text in this format, with a newline at its end. In CSV, without the values at infinite size.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.for_people(format::text),
            Format::Markdown => self.for_people(format::markdown),
            Format::Csv => {
                let records: Vec<Record> = self.rows.iter().map(|row| self.record(row)).collect();
                format::csv(self.columns(), &records)
            }
            Format::Json => format!("{:#}\n", self.json()),
        }
    }

    /// The values at infinite size as CSV, if there are any.
    pub fn extrapolated_csv(&self) -> Option<String> {
        let extrapolated = self.extrapolated.as_ref()?;
        Some(format::csv(self.extrapolated_columns(extrapolated), &self.extrapolated_records(extrapolated)))
    }

    fn for_people(&self, grid: impl Fn(Vec<String>, Vec<Vec<String>>) -> String) -> String {
        let mut text = grid(self.header(), self.rows.iter().map(|row| self.cells(row)).collect());
        let mut notes = vec![self.divergence_note(), self.precision_note()];
        let mean = self.has_theory.then(|| mean_deviation(self.rows.iter().map(Row::comparison))).flatten();
        notes.push(mean.map(|mean| deviation_note("", &mean, self.rows.len())));
        text.push_str(&paragraph(notes));
        if let Some(extrapolated) = &self.extrapolated {
            let rows = extrapolated.rows.iter().map(|row| self.extrapolated_cells(row)).collect();
            text.push_str(&format!("\n{} extrapolated to infinite {}\n\n", self.observable, extrapolated.size));
            text.push_str(&grid(self.extrapolated_header(extrapolated), rows));
            let note = |(law, mean): (Law, Option<MeanDeviation>)| {
                mean.map(|mean| deviation_note(name(law), &mean, extrapolated.rows.len()))
            };
            let means = Law::ALL.into_iter().zip(self.extrapolated_deviations(extrapolated));
            text.push_str(&paragraph(means.map(note).collect()));
        }
        text
    }

    fn header(&self) -> Vec<String> {
        let mut header: Vec<String> = self.parameters.iter().map(ToString::to_string).collect();
        header.extend([self.observable, "error", "n"].map(String::from));
        header.extend(self.shows_divergence().then(|| "diverged".into()));
        header.extend(self.has_failures().then(|| "failed".into()));
        header.extend(self.has_gaps().then(|| "missing".into()));
        header.extend((self.points_without_precision() > 0).then(|| "met".into()));
        if self.has_theory {
            header.extend(["theory", "deviation", "in errors"].map(String::from));
        }
        header
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let mut cells: Vec<String> = row.parameters.iter().map(Value::to_string).collect();
        cells.extend([rounded(row.mean, row.standard_error), rounded(row.standard_error, row.standard_error)]);
        cells.push(row.n.to_string());
        cells.extend(self.shows_divergence().then(|| row.diverged.to_string()));
        cells.extend(self.has_failures().then(|| row.failed.to_string()));
        cells.extend(self.has_gaps().then(|| row.missing.to_string()));
        let met = row.precision_met.map_or("", |met| if met { "yes" } else { "no" });
        cells.extend((self.points_without_precision() > 0).then(|| met.into()));
        if self.has_theory {
            cells.push(rounded(row.theory, row.standard_error));
            cells.extend(deviation_cells(&row.comparison()));
        }
        cells
    }

    /// Whether any run diverged. The table of the flag itself tells so by its means.
    fn shows_divergence(&self) -> bool {
        self.divergence_flag != Some(self.observable) && self.rows.iter().any(|row| row.diverged > 0)
    }

    fn divergence_note(&self) -> Option<String> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| row.diverged > 0).collect();
        let diverged: usize = rows.iter().map(|row| row.diverged).sum();
        let done: usize = rows.iter().map(|row| row.done).sum();
        let without: usize = rows.iter().map(|row| row.done - row.n).sum();
        // A run may have diverged after a value of this observable was known.
        let over = if without == diverged { "the others" } else { "the n that have a value" };
        self.shows_divergence().then(|| {
            let (some, all) = (rows.len(), self.rows.len());
            format!("diverged in {diverged} of {done} replicates at {some} of {all} points; means are over {over}")
        })
    }

    fn has_failures(&self) -> bool {
        self.rows.iter().any(|row| row.failed > 0)
    }

    fn has_gaps(&self) -> bool {
        self.rows.iter().any(|row| row.missing > 0)
    }

    fn points_without_precision(&self) -> usize {
        self.rows.iter().filter(|row| self.precision.is_some() && row.precision_met == Some(false)).count()
    }

    fn precision_note(&self) -> Option<String> {
        let Precision { relative_error, max_replicates, .. } = self.precision?;
        let (not_met, points) = (self.points_without_precision(), self.rows.len());
        (not_met > 0).then(|| {
            format!(
                "precision not met at {not_met} of {points} points: with {max_replicates} replicates the error is more than \
                 {relative_error} of the mean"
            )
        })
    }

    fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = self.parameters.iter().map(ToString::to_string).collect();
        let name = self.observable;
        columns.extend([format!("{name}_mean"), format!("{name}_sem")]);
        columns.push("n".into());
        columns.extend(self.divergence_flag.map(|_| "diverged".into()));
        columns.extend(["failed", "missing"].map(String::from));
        columns.extend(self.precision.map(|_| "precision_met".into()));
        if self.has_theory {
            columns.extend([format!("{name}_theory"), format!("{name}_theory_sem")]);
            columns.extend(["deviation", "deviation_in_errors"].map(String::from));
        }
        columns
    }

    fn record(&self, row: &Row) -> Record {
        let mut numbers = vec![row.mean, row.standard_error, row.n as f64];
        numbers.extend(self.divergence_flag.map(|_| row.diverged as f64));
        numbers.extend([row.failed, row.missing].map(|count| count as f64));
        let met = row.precision_met.map_or(f64::NAN, |met| f64::from(u8::from(met)));
        numbers.extend(self.precision.map(|_| met));
        if self.has_theory {
            let comparison = row.comparison();
            numbers.extend([row.theory, row.theory_standard_error, comparison.deviation(), comparison.in_errors()]);
        }
        (row.parameters.clone(), numbers)
    }

    fn json(&self) -> serde_json::Value {
        let records: Vec<Record> = self.rows.iter().map(|row| self.record(row)).collect();
        let rows = format::objects(&self.columns(), &records);
        let mut table = serde_json::json!({ "observable": self.observable, "unit": self.unit, "rows": rows });
        if self.has_theory {
            table["mean_deviation"] = serde_json::json!(mean_deviation(self.rows.iter().map(Row::comparison)));
        }
        if let Some(extrapolated) = &self.extrapolated {
            let columns = self.extrapolated_columns(extrapolated);
            let rows = format::objects(&columns, &self.extrapolated_records(extrapolated));
            table["extrapolated"] = serde_json::json!({ "size": extrapolated.size, "rows": rows });
            for (law, mean) in Law::ALL.into_iter().zip(self.extrapolated_deviations(extrapolated)) {
                if self.has_theory {
                    table["extrapolated"][format!("mean_deviation_{}", key(law))] = serde_json::json!(mean);
                }
            }
        }
        table
    }

    fn extrapolated_header(&self, extrapolated: &Extrapolated) -> Vec<String> {
        let mut header: Vec<String> = extrapolated.parameters.iter().map(ToString::to_string).collect();
        header.push("sizes".into());
        header.extend(self.has_theory.then(|| "theory".into()));
        for law in Law::ALL.map(name) {
            header.extend([law, "error", "chi2"].map(String::from));
            if self.has_theory {
                header.extend(["deviation", "in errors"].map(String::from));
            }
        }
        header
    }

    fn extrapolated_cells(&self, row: &ExtrapolatedRow) -> Vec<String> {
        let mut cells: Vec<String> = row.parameters.iter().map(Value::to_string).collect();
        cells.push(row.sizes.to_string());
        let comparisons = row.comparisons();
        let smallest = comparisons.iter().map(|one| one.measured.standard_error).fold(f64::NAN, f64::min);
        cells.extend(self.has_theory.then(|| rounded(row.theory.value, smallest)));
        for (fit, comparison) in row.fits.iter().zip(comparisons) {
            let (value, error) = (comparison.measured.value, comparison.measured.standard_error);
            cells.extend([rounded(value, error), rounded(error, error)]);
            cells.push(fit.map_or(String::new(), |fit| format!("{:.1}", fit.chi_squared)));
            if self.has_theory {
                cells.extend(deviation_cells(&comparison));
            }
        }
        cells
    }

    fn extrapolated_columns(&self, extrapolated: &Extrapolated) -> Vec<String> {
        let name = self.observable;
        let mut columns: Vec<String> = extrapolated.parameters.iter().map(ToString::to_string).collect();
        columns.push("sizes".into());
        if self.has_theory {
            columns.extend([format!("{name}_theory"), format!("{name}_theory_sem")]);
        }
        for key in Law::ALL.map(key) {
            columns.extend([format!("{name}_{key}"), format!("{name}_{key}_sem"), format!("{name}_{key}_chi2")]);
            if self.has_theory {
                columns.extend([format!("deviation_{key}"), format!("deviation_{key}_in_errors")]);
            }
        }
        columns
    }

    fn extrapolated_records(&self, extrapolated: &Extrapolated) -> Vec<Record> {
        let record = |row: &ExtrapolatedRow| {
            let mut numbers = vec![row.sizes as f64];
            if self.has_theory {
                numbers.extend([row.theory.value, row.theory.standard_error]);
            }
            for (fit, comparison) in row.fits.iter().zip(row.comparisons()) {
                numbers.extend([comparison.measured.value, comparison.measured.standard_error]);
                numbers.push(fit.map_or(f64::NAN, |fit| fit.chi_squared));
                if self.has_theory {
                    numbers.extend([comparison.deviation(), comparison.in_errors()]);
                }
            }
            (row.parameters.clone(), numbers)
        };
        extrapolated.rows.iter().map(record).collect()
    }

    /// The mean deviation of each law; none without theory.
    fn extrapolated_deviations(&self, extrapolated: &Extrapolated) -> [Option<MeanDeviation>; 2] {
        let rows = || extrapolated.rows.iter().filter(|_| self.has_theory);
        [0, 1].map(|law| mean_deviation(rows().map(|row| row.comparisons()[law])))
    }
}

fn deviation_cells(comparison: &Comparison) -> [String; 2] {
    [
        known(comparison.deviation(), |deviation| format!("{:+.1} %", 100.0 * deviation)),
        known(comparison.in_errors(), |errors| format!("{errors:+.1}")),
    ]
}

/// One sentence on all rows together; `of` says of which values, if they are not the means.
fn deviation_note(of: &str, mean: &MeanDeviation, rows: usize) -> String {
    let percent = |number: f64| format!("{:.2}", 100.0 * number);
    let error = known(mean.standard_error, |error| format!(" ± {}", percent(error)));
    let of = if of.is_empty() { String::new() } else { format!(" of {of}") };
    format!(
        "mean |deviation|{of}: {}{error} % over {} of {rows} points; noise alone would give {} %",
        percent(mean.value),
        mean.points,
        percent(mean.expected_from_noise)
    )
}

/// The notes that there are, after an empty line.
fn paragraph(notes: Vec<Option<String>>) -> String {
    let lines: String = notes.into_iter().flatten().map(|note| format!("{note}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

#[cfg(test)]
mod tests;
