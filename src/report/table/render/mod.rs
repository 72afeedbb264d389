//! What a table looks like in each format.

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};

use super::Table;
use super::cell::known;
use super::columns::Columns;
use super::deviation::MeanDeviation;
use super::extrapolated::{Extrapolated, ExtrapolatedRow};
use super::extrapolation::Law;
use super::format::{self, Format};
use super::row::Row;
use crate::experiment::Quantity;
use crate::sweep::Precision;

impl Table {
    /// The table as text in this format, with a newline at its end. In CSV, without the values at infinite size.
    pub(crate) fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.for_people(NOTHING),
            Format::Markdown => self.for_people(ASCII_MARKDOWN),
            Format::Csv => format::csv(&self.columns(), &self.rows),
            Format::Json => format!("{:#}\n", self.json()),
        }
    }

    /// The values at infinite size as CSV, if there are any.
    pub(crate) fn extrapolated_csv(&self) -> Option<String> {
        self.extrapolated
            .as_ref()
            .map(|extrapolated| format::csv(&self.extrapolated_columns(extrapolated), &extrapolated.rows))
    }

    fn for_people(&self, preset: &str) -> String {
        let mean = self.mean_deviation().map(|mean| deviation_note("", &mean, self.rows.len()));
        let mut text = format::grid(preset, &self.columns(), &self.rows);
        text.push_str(&paragraph([self.divergence_note(), self.absence_note(), self.precision_note(), mean]));
        if let Some(extrapolated) = &self.extrapolated {
            let label = self.observable.quantity.label;
            text.push_str(&format!("\n{label} extrapolated to infinite {}\n\n", extrapolated.size));
            text.push_str(&format::grid(preset, &self.extrapolated_columns(extrapolated), &extrapolated.rows));
            let note = |law: Law| {
                let mean = extrapolated.mean_deviation(law)?;
                Some(deviation_note(law.title(), &mean, extrapolated.rows.len()))
            };
            text.push_str(&paragraph(Law::ALL.map(note)));
        }
        text
    }

    fn extrapolated_columns(&self, extrapolated: &Extrapolated) -> Columns<ExtrapolatedRow> {
        extrapolated.columns(self.observable.name(), self.has_theory)
    }

    fn divergence_note(&self) -> Option<String> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| row.diverged > 0).collect();
        let diverged: usize = rows.iter().map(|row| row.diverged).sum();
        let done: usize = rows.iter().map(|row| row.done).sum();
        let without: usize = rows.iter().map(|row| row.done - row.n - row.absent).sum();
        // A run may have diverged after a value of this observable was known. What is absent is no matter of
        // divergence.
        let over = if without == diverged { "the others" } else { "the n that have a value" };
        self.shows_divergence().then(|| {
            let (some, all) = (rows.len(), self.rows.len());
            format!("diverged in {diverged} of {done} replicates at {some} of {all} points; means are over {over}")
        })
    }

    fn absence_note(&self) -> Option<String> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| row.absent > 0).collect();
        let absent: usize = rows.iter().map(|row| row.absent).sum();
        let done: usize = rows.iter().map(|row| row.done).sum();
        let (some, all) = (rows.len(), self.rows.len());
        let sentence =
            format!("no value in {absent} of {done} replicates at {some} of {all} points; means are over the others");
        (absent > 0).then_some(sentence)
    }

    fn precision_note(&self) -> Option<String> {
        let Precision { relative_error, max_replicates, .. } = self.precision?;
        let (not_met, points) = (self.points_without_precision(), self.rows.len());
        (not_met > 0).then(|| {
            format!(
                "precision not met at {not_met} of {points} points: with {max_replicates} replicates the error is more \
                 than {relative_error} of the mean"
            )
        })
    }

    fn json(&self) -> serde_json::Value {
        let rows = format::objects(&self.columns(), &self.rows);
        let Quantity { name, unit, .. } = self.observable.quantity;
        let mut table = serde_json::json!({ "observable": name, "unit": unit.udunits, "rows": rows });
        if self.has_theory {
            table["mean_deviation"] = serde_json::json!(self.mean_deviation());
        }
        if let Some(extrapolated) = &self.extrapolated {
            let rows = format::objects(&self.extrapolated_columns(extrapolated), &extrapolated.rows);
            table["extrapolated"] = serde_json::json!({ "size": extrapolated.size, "rows": rows });
            for law in Law::ALL.into_iter().filter(|_| self.has_theory) {
                let key = format!("mean_deviation_{}", law.key());
                table["extrapolated"][key] = serde_json::json!(extrapolated.mean_deviation(law));
            }
        }
        table
    }
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
fn paragraph(notes: impl IntoIterator<Item = Option<String>>) -> String {
    let lines: String = notes.into_iter().flatten().map(|note| format!("{note}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

#[cfg(test)]
mod tests;
