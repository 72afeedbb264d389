//! What is known of one scalar observable at every point of a sweep.

use crate::experiment::{Better, Estimate, Observable};
use crate::report::compared::{Standing, standings};
use crate::report::figure::{AxisWords, axis_words};
use crate::report::number;
use crate::report::table::{Row, Table, table};
use crate::results::difference::MeanDifference;
use crate::results::{Results, Series};
use crate::sweep::Streams;

/// One scalar observable, with the place of every point in its ranking.
pub(super) struct Points<'r> {
    pub(super) results: &'r Results<'r>,
    pub(super) series: &'r Series,
    pub(super) table: Table,
    pub(super) axes: Vec<AxisWords>,
    /// Of each point in grid order.
    pub(super) standings: Vec<Standing>,
}

impl<'r> Points<'r> {
    /// None if the results have no such observable.
    pub(super) fn new(results: &'r Results, observable: &str) -> Option<Self> {
        let series = results.series_of(observable)?;
        let table = table(results, observable)?;
        let complete: Vec<bool> = table.rows.iter().map(is_complete).collect();
        let all: Vec<usize> = (0..table.rows.len()).collect();
        let standings = standings(results, series, &all, &complete);
        Some(Self { results, series, table, axes: axis_words(results.sweep), standings })
    }

    pub(super) fn observable(&self) -> &'static Observable {
        self.series.observable
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.table.rows
    }

    /// The points whose mean is over all of their replicates that were computed, and is known.
    pub(super) fn complete(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows().len()).filter(|point| is_complete(&self.rows()[*point]))
    }

    /// The best point, if one value is better than another and any point is complete.
    pub(super) fn best(&self) -> Option<usize> {
        self.standings.iter().position(|standing| *standing == Standing::Best)
    }

    /// `D = 330 µm²/s, k = 1/s`; empty for a sweep without axes.
    pub(super) fn name(&self, point: usize) -> String {
        let indices = self.results.sweep.indices(point);
        let names = self.axes.iter().zip(indices).map(|(axis, index)| axis.names[index].clone());
        names.collect::<Vec<_>>().join(", ")
    }

    /// Several points: `(D, k) = (330, 1), (1000, 0.3)`, or `D = 330, 1000` where only one axis has several values. At
    /// most so many are named.
    pub(super) fn names(&self, some: &[usize], most: usize) -> String {
        let moving: Vec<usize> = (0..self.axes.len()).filter(|axis| self.axes[*axis].names.len() > 1).collect();
        let bracketed = |parts: Vec<&str>| match parts.len() {
            1 => parts.concat(),
            _ => format!("({})", parts.join(", ")),
        };
        let symbols = bracketed(moving.iter().map(|axis| &*self.axes[*axis].symbol).collect());
        let values = |point: &usize| {
            let indices = self.results.sweep.indices(*point);
            bracketed(moving.iter().map(|axis| &*self.axes[*axis].values[indices[*axis]]).collect())
        };
        let shown: Vec<String> = some.iter().take(most).map(values).collect();
        let more = some.len().saturating_sub(most);
        let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
        format!("{symbols} = {}{rest}", shown.join(", "))
    }

    /// The mean of a point less that of the best one: NaN if either is not complete. Paired streams are compared
    /// replicate by replicate.
    pub(super) fn difference_from_best(&self, point: usize) -> Estimate {
        let Some(best) = self.best().filter(|best| *best != point && is_complete(&self.rows()[point])) else {
            return Estimate::UNKNOWN;
        };
        let points = [best, point];
        let replicates = points.map(|point| self.results.replicates(self.series, point, 0).collect());
        let is_paired = self.results.sweep.streams == Streams::Paired;
        MeanDifference::new(points.map(|point| self.series.estimate(point, 0)), &replicates, is_paired).estimate
    }

    /// The mean of a point with its unit and error: `3.52(9) cm²`, or `1 (exact)` where all replicates agree.
    pub(super) fn value(&self, point: usize) -> String {
        let row = &self.rows()[point];
        let unit = self.observable().quantity.unit.written;
        with_unit(&estimate_text(row.mean, row.standard_error, row.counts.n), unit)
    }

    /// Whether the lesser of two values is the better one, if one is.
    pub(super) fn better(&self) -> Option<Better> {
        self.observable().better
    }
}

/// Whether the mean of a point is that of all replicates that were computed.
pub(super) fn is_complete(row: &Row) -> bool {
    row.counts.n > 0 && !row.is_selection() && !row.mean.is_nan()
}

/// `3.52(9)`, `3.52` where no error is known, `1 (exact)` where all of several replicates agree.
pub(super) fn estimate_text(mean: f64, standard_error: f64, n: usize) -> String {
    match n {
        0 => String::new(),
        n if n > 1 && standard_error == 0.0 => exact(mean),
        _ => number::with_error(mean, standard_error).to_string(),
    }
}

/// A number that all replicates have, without zeros at its end.
fn exact(mean: f64) -> String {
    number::apart(&[mean], 4).first().map_or_else(String::new, |number| format!("{number} (exact)"))
}

/// A number with its unit behind it.
pub(super) fn with_unit(number: &str, unit: &str) -> String {
    match (number.strip_suffix(" (exact)"), unit) {
        (_, "") => number.to_string(),
        (Some(number), unit) => format!("{number} {unit} (exact)"),
        (None, unit) => format!("{number} {unit}"),
    }
}
