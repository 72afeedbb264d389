//! One row per grid point: mean, standard error, number of replicates, theory, and the deviation from it.

mod cell;
pub(super) mod columns;
pub(crate) mod deviation;
mod extrapolated;
pub(crate) mod extrapolation;
mod format;
mod render;
mod row;

pub(crate) use format::Format;

use cell::Cell;
use columns::{Columns, swept};
use deviation::{MeanDeviation, mean_deviation};
use extrapolated::Extrapolated;
use row::Row;

use crate::experiment::{Observable, Quantity};
use crate::results::{Results, Series, Status};
use crate::sweep::{Precision, Target};

/// The table of one scalar observable.
pub(crate) struct Table {
    pub observable: &'static Observable,
    /// The swept parameters, in grid order.
    pub parameters: Vec<Quantity>,
    pub has_theory: bool,
    /// The observable that tells which runs diverged, if the experiment has one.
    pub divergence_flag: Option<&'static str>,
    /// What the sweep asks of this observable.
    pub precision: Option<Precision>,
    pub rows: Vec<Row>,
    /// The values at infinite size, if the sweep has an axis of sizes.
    pub extrapolated: Option<Extrapolated>,
}

impl Table {
    /// The columns of the rows, one per grid point; those at infinite size are [`Extrapolated::columns`].
    pub(crate) fn columns(&self) -> Columns<Row> {
        let Quantity { name, .. } = self.observable.quantity;
        let mut columns = Columns::of_parameters(&self.parameters, |row: &Row| &row.parameters);
        columns.add(format!("{name}_mean"), self.observable.quantity.heading(), |row| {
            Cell::Rounded(row.mean, row.standard_error)
        });
        columns.add(format!("{name}_sem"), "error", |row| Cell::Error(row.standard_error));
        columns.add("n", "n", |row| Cell::Count(row.n));
        let diverged = columns.add("diverged", "diverged", |row| Cell::Count(row.diverged));
        diverged.for_people = self.shows_divergence();
        diverged.for_programs = self.divergence_flag.is_some();
        let absent = columns.add("absent", "absent", |row| Cell::Count(row.absent));
        absent.for_people = self.rows.iter().any(|row| row.absent > 0);
        absent.for_programs = self.observable.optional;
        let failed = columns.add("failed", "failed", |row| Cell::Count(row.failed));
        failed.for_people = self.rows.iter().any(|row| row.failed > 0);
        let missing = columns.add("missing", "missing", |row| Cell::Count(row.missing));
        missing.for_people = self.rows.iter().any(|row| row.missing > 0);
        let met = columns.add("precision_met", "met", |row| Cell::YesOrNo(row.precision_met));
        met.for_people = self.points_without_precision() > 0;
        met.for_programs = self.precision.is_some();
        if self.has_theory {
            columns.add(format!("{name}_theory"), "theory", |row| Cell::Rounded(row.theory, row.standard_error));
            let error = |row: &Row| Cell::Error(row.theory_standard_error);
            columns.add(format!("{name}_theory_sem"), "theory error", error).for_people = false;
            columns.add("deviation", "deviation", |row| Cell::Percent(row.comparison().deviation()));
            columns.add("deviation_in_errors", "in errors", |row| Cell::Signed(row.comparison().in_errors()));
        }
        columns
    }

    /// Whether any run diverged. The table of the flag itself tells so by its means.
    fn shows_divergence(&self) -> bool {
        self.divergence_flag != Some(self.observable.name()) && self.rows.iter().any(|row| row.diverged > 0)
    }

    fn points_without_precision(&self) -> usize {
        self.rows.iter().filter(|row| self.precision.is_some() && row.precision_met == Some(false)).count()
    }

    /// How far the means are from their theory, over all rows.
    fn mean_deviation(&self) -> Option<MeanDeviation> {
        mean_deviation(self.rows.iter().map(Row::comparison))
    }
}

/// A table for each scalar observable, in the order of the catalogue.
pub(crate) fn tables(results: &Results) -> Vec<Table> {
    results.series.iter().filter(|series| series.observable.is_scalar()).map(|series| table(results, series)).collect()
}

fn table(results: &Results, series: &Series) -> Table {
    let sweep = results.sweep;
    let row = |point: usize| {
        let indices = sweep.indices(point);
        let values = sweep.axes.iter().zip(&indices).flat_map(|(axis, index)| axis.point(*index).iter().copied());
        let (theory, theory_standard_error) =
            series.theory.as_ref().map_or((f64::NAN, f64::NAN), |(theory, error)| (theory[point], error[point]));
        Row {
            parameters: values.collect(),
            mean: series.mean[point],
            standard_error: series.standard_error[point],
            n: results.values_at(series, point).iter().filter(|value| !value.is_nan()).count(),
            diverged: results.diverged_at(point),
            absent: results.absent_at(series, point),
            done: results.count_at(point, Status::Done),
            failed: results.count_at(point, Status::Failed),
            missing: results.count_at(point, Status::Missing),
            theory,
            theory_standard_error,
            precision_met: match results.extents.as_ref().map(|extents| extents[point].target) {
                None | Some(Target::Open) => None,
                Some(target) => Some(target == Target::Met),
            },
        }
    };
    let rows: Vec<Row> = (0..sweep.points()).map(row).collect();
    Table {
        observable: series.observable,
        parameters: swept(sweep),
        has_theory: series.theory.is_some(),
        divergence_flag: sweep.declaration().divergence_flag,
        precision: sweep.precision.filter(|precision| precision.observable.name() == series.observable.name()),
        extrapolated: Extrapolated::new(sweep, &rows),
        rows,
    }
}
