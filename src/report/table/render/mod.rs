//! What a table looks like in each format.

use super::Table;
use super::columns::Columns;
use super::extrapolated::{Extrapolated, ExtrapolatedRow};
use super::extrapolation::Law;
use super::format::{self, Format};
use super::look::Look;
use super::notes::deviation_note;
use crate::experiment::Quantity;

impl Table {
    /// The table as text in this format, with a newline at its end. In CSV, without the values at infinite size.
    pub(crate) fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.for_people(Look::Text),
            Format::Markdown => self.for_people(Look::Markdown),
            Format::Latex => format!("% \\usepackage{{booktabs}}\n{}", self.for_people(Look::Latex)),
            Format::Csv => format::csv(&self.columns(), &self.rows, true),
            Format::Json => format!("{:#}\n", self.json()),
        }
    }

    /// The values at infinite size as CSV, if there are any.
    pub(crate) fn extrapolated_csv(&self) -> Option<String> {
        self.extrapolated
            .as_ref()
            .map(|extrapolated| format::csv(&self.extrapolated_columns(extrapolated), &extrapolated.rows, true))
    }

    fn for_people(&self, look: Look) -> String {
        let mut text = look.table(self.columns(), &self.rows, self.notes());
        if let Some(extrapolated) = &self.extrapolated {
            let note = |law: Law| {
                let mean = extrapolated.mean_deviation(law, self.streams)?;
                Some(deviation_note(law.title(), &mean, extrapolated.rows.len(), self.streams))
            };
            let notes = Law::ALL.into_iter().filter_map(note).collect();
            let label = self.observable.quantity.label;
            text.push_str(&look.title(&format!("{label} extrapolated to infinite {}", extrapolated.size)));
            text.push_str(&look.table(self.extrapolated_columns(extrapolated), &extrapolated.rows, notes));
        }
        text
    }

    pub(in crate::report) fn extrapolated_columns(&self, extrapolated: &Extrapolated) -> Columns<ExtrapolatedRow> {
        extrapolated.columns(self.observable.name(), self.has_theory)
    }

    fn json(&self) -> serde_json::Value {
        let rows = format::objects(&self.columns(), &self.rows);
        let Quantity { name, unit, .. } = self.observable.quantity;
        let mut table = serde_json::json!({ "observable": name, "unit": unit.udunits, "rows": rows });
        table["notes"] = serde_json::json!(self.notes());
        if self.has_theory {
            table["mean_deviation"] = serde_json::json!(self.mean_deviation());
        }
        if let Some(extrapolated) = &self.extrapolated {
            let rows = format::objects(&self.extrapolated_columns(extrapolated), &extrapolated.rows);
            table["extrapolated"] = serde_json::json!({ "size": extrapolated.size, "rows": rows });
            for law in Law::ALL.into_iter().filter(|_| self.has_theory) {
                let key = format!("mean_deviation_{}", law.key());
                table["extrapolated"][key] = serde_json::json!(extrapolated.mean_deviation(law, self.streams));
            }
        }
        table
    }
}

#[cfg(test)]
mod tests;
