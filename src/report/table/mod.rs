//! One row per grid point: mean, standard error, number of replicates, theory, and the deviation from it. An array has
//! one row per grid point and coordinate.

mod build;
pub(super) mod cell;
pub(super) mod columns;
pub(crate) mod deviation;
mod extrapolated;
pub(crate) mod extrapolation;
pub(super) mod format;
mod latex;
pub(super) mod look;
mod notes;
#[cfg(feature = "parquet")]
mod parquet;
mod render;
mod row;
mod wrap;

pub(crate) use build::{csv_parts, extrapolated_csv, filed, table};
pub(super) use cell::Cell;
pub(super) use columns::Columns;
pub(crate) use format::Format;
pub(super) use format::csv;
pub(super) use row::Row;

use deviation::{MeanDeviation, mean_deviation};
use extrapolated::Extrapolated;

use crate::experiment::{Kept, Observable, Quantity};
use crate::sweep::{Precision, Streams};

/// The table of one observable.
pub(crate) struct Table {
    pub observable: &'static Observable,
    /// The observable shown next to it, if it has a companion.
    pub companion: Option<&'static Observable>,
    /// The swept parameters, in grid order.
    pub parameters: Vec<Quantity>,
    pub has_theory: bool,
    /// The observable that says which runs diverged, if the experiment has one.
    pub divergence_flag: Option<&'static str>,
    /// Whether its points share random numbers.
    pub streams: Streams,
    /// What the sweep asks of this observable.
    pub precision: Option<Precision>,
    /// Of each point in grid order; of an array, all elements of a point in row-major order.
    pub rows: Vec<Row>,
    /// The values at infinite size, if the sweep has an axis of sizes.
    pub extrapolated: Option<Extrapolated>,
}

impl Table {
    /// The columns of the rows, one per grid point; those at infinite size are [`Extrapolated::columns`].
    pub(crate) fn columns(&self) -> Columns<Row> {
        let mut columns = Columns::of_parameters(&self.parameters, |row: &Row| &row.parameters);
        for (index, dimension) in self.observable.dimensions.iter().enumerate() {
            let coordinate = move |row: &Row| Cell::Coordinate(row.coordinates[index]);
            columns.add(dimension.name(), dimension.quantity.heading(), coordinate);
        }
        self.add_values(&mut columns);
        self.add_counts(&mut columns);
        if self.has_theory {
            let name = self.observable.name();
            columns.add(format!("{name}_theory"), "theory", |row| Cell::Rounded(row.theory, row.standard_error));
            let error = |row: &Row| Cell::Error(row.theory_standard_error);
            columns.add(format!("{name}_theory_sem"), "theory error", error).for_people = false;
            columns.add("deviation", "deviation", |row| Cell::Percent(row.comparison().deviation()));
            columns.add("deviation_in_errors", "in errors", |row| Cell::Signed(row.comparison().in_errors()));
        }
        columns
    }

    /// The mean with its error, and those of the companion. People see the error in brackets behind the value.
    fn add_values(&self, columns: &mut Columns<Row>) {
        let Quantity { name, .. } = self.observable.quantity;
        let heading = self.observable.quantity.heading();
        if self.observable.kept == Kept::FirstReplicate {
            columns.add(name, heading, |row| Cell::Measured(row.mean, f64::NAN));
            return;
        }
        columns.add(format!("{name}_mean"), heading, |row| Cell::Measured(row.mean, row.standard_error));
        columns.add(format!("{name}_sem"), "error", |row| Cell::Error(row.standard_error)).for_people = false;
        let mark = columns.add("selection", "", |row| Cell::Mark(row.is_selection()));
        mark.for_people = self.marks_selections();
        mark.for_programs = false;
        if let Some(companion) = self.companion {
            let Quantity { name, .. } = companion.quantity;
            let mean = |row: &Row| Cell::Measured(row.companion.value, row.companion.standard_error);
            columns.add(format!("{name}_mean"), companion.quantity.heading(), mean);
            let error = |row: &Row| Cell::Error(row.companion.standard_error);
            columns.add(format!("{name}_sem"), "error", error).for_people = false;
        }
    }

    fn add_counts(&self, columns: &mut Columns<Row>) {
        columns.add("n", "n", |row| Cell::Count(row.counts.n)).may_be_noted = true;
        let diverged = columns.add("diverged", "diverged", |row| Cell::Count(row.counts.diverged));
        diverged.for_people = self.shows_divergence();
        diverged.for_programs = self.divergence_flag.is_some();
        let absent = columns.add("absent", "absent", |row| Cell::Count(row.counts.absent));
        absent.for_people = self.rows.iter().any(|row| row.counts.absent > 0);
        absent.for_programs = self.observable.optional;
        let failed = columns.add("failed", "failed", |row| Cell::Count(row.counts.failed));
        failed.for_people = self.rows.iter().any(|row| row.counts.failed > 0);
        let censored = columns.add("censored", "censored", |row| Cell::Count(row.counts.censored()));
        censored.for_people = self.rows.iter().any(|row| row.counts.censored() > 0);
        let missing = columns.add("missing", "missing", |row| Cell::Count(row.counts.missing));
        missing.for_people = self.rows.iter().any(|row| row.counts.missing > 0);
        let met = columns.add("precision_met", "met", |row| Cell::YesOrNo(row.precision_met));
        met.for_people = self.points_without_precision() > 0;
        met.for_programs = self.precision.is_some();
    }

    /// One row of each point, which has the counts that all of its rows share.
    fn points(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().step_by(self.observable.size().max(1))
    }

    /// Whether the means of some rows, which are marked, are over a selection of the replicates.
    fn marks_selections(&self) -> bool {
        self.observable.kept == Kept::EveryReplicate && self.rows.iter().any(Row::is_selection)
    }

    /// Whether any run diverged. The table of the flag itself shows that by its means.
    fn shows_divergence(&self) -> bool {
        self.divergence_flag != Some(self.observable.name()) && self.rows.iter().any(|row| row.counts.diverged > 0)
    }

    fn points_without_precision(&self) -> usize {
        self.points().filter(|row| self.precision.is_some() && row.precision_met == Some(false)).count()
    }

    /// How far the means are from their theory, over all rows of a scalar whose mean is over all replicates. In an
    /// array, small values with large relative deviations would outweigh all others.
    pub(super) fn mean_deviation(&self) -> Option<MeanDeviation> {
        let rows = self.rows.iter().filter(|row| self.observable.is_scalar() && !row.is_selection());
        mean_deviation(rows.map(Row::comparison), self.streams)
    }
}
