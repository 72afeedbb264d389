//! The table of values at infinite size: one row per combination of the other axes.

use super::cell::Cell;
use super::columns::{Columns, swept};
use super::deviation::{Comparison, MeanDeviation, mean_deviation};
use super::extrapolation::{FEWEST_SIZES, Fit, Law, Measured, extrapolate, usable};
use super::row::Row;
use crate::experiment::{Estimate, Quantity, Value};
use crate::sweep::{Streams, Sweep};

pub(crate) struct Extrapolated {
    /// The name of the parameter that goes to infinity.
    pub size: &'static str,
    /// The other swept parameters, in grid order.
    pub parameters: Vec<Quantity>,
    pub rows: Vec<ExtrapolatedRow>,
}

pub(crate) struct ExtrapolatedRow {
    pub parameters: Vec<Value>,
    /// How many sizes have a weight in the fits.
    pub sizes: usize,
    /// One for each of [`Law::ALL`].
    pub fits: [Option<Fit>; 2],
    /// At the largest size; NaN where there is none.
    pub theory: Estimate,
}

/// The axis of the experiment's size, if it is long enough.
fn axis_of_sizes(sweep: &Sweep) -> Option<usize> {
    let size = sweep.declaration().size?;
    sweep.axes.iter().position(|axis| axis.names == [size] && axis.len() >= FEWEST_SIZES)
}

impl Extrapolated {
    /// Whether there may be something to fit.
    pub(crate) fn has_sizes(sweep: &Sweep) -> bool {
        axis_of_sizes(sweep).is_some()
    }

    /// From the table of all points; `None` unless the experiment's size is an axis by itself, and there is something
    /// to fit.
    pub(crate) fn new(sweep: &Sweep, rows: &[Row]) -> Option<Self> {
        let size = sweep.declaration().size?;
        let along = axis_of_sizes(sweep)?;
        let stride: usize = sweep.axes[along + 1..].iter().map(crate::sweep::Axis::len).product();
        let column: usize = sweep.axes[..along].iter().map(|axis| axis.names.len()).sum();
        let others = |row: &Row| {
            let mut parameters = row.parameters.clone();
            parameters.remove(column);
            parameters
        };
        let of_combination = |first: usize| {
            let points = (0..sweep.axes[along].len()).map(|index| &rows[first + index * stride]);
            let with_sizes: Vec<(f64, &Row)> =
                points.map(|row| (Cell::Parameter(row.parameters[column]).number(), row)).collect();
            ExtrapolatedRow::new(others(&rows[first]), &with_sizes)
        };
        let mut parameters = swept(sweep);
        parameters.remove(column);
        let firsts = (0..sweep.points()).filter(|point| sweep.indices(*point)[along] == 0);
        let rows: Vec<ExtrapolatedRow> = firsts.map(of_combination).collect();
        let something = rows.iter().any(|row| row.fits.iter().any(Option::is_some));
        something.then_some(Self { size, parameters, rows })
    }

    /// The columns of these rows, for the observable of this name.
    pub(crate) fn columns(&self, name: &str, has_theory: bool) -> Columns<ExtrapolatedRow> {
        let mut columns = Columns::of_parameters(&self.parameters, |row: &ExtrapolatedRow| &row.parameters);
        columns.add("sizes", "sizes", |row| Cell::Count(row.sizes)).may_be_noted = true;
        if has_theory {
            let theory = |row: &ExtrapolatedRow| Cell::Rounded(row.theory.value, row.smallest_error());
            let error = |row: &ExtrapolatedRow| Cell::Error(row.theory.standard_error);
            columns.add(format!("{name}_theory"), "theory", theory);
            columns.add(format!("{name}_theory_sem"), "theory error", error).for_people = false;
        }
        for law in Law::ALL {
            let key = law.key();
            let value = move |row: &ExtrapolatedRow| Cell::Measured(row.fit(law).value, row.fit(law).standard_error);
            let error = move |row: &ExtrapolatedRow| Cell::Error(row.fit(law).standard_error);
            columns.add(format!("{name}_{key}"), law.title(), value);
            columns.add(format!("{name}_{key}_sem"), "error", error).for_people = false;
            columns.add(format!("{name}_{key}_chi2"), "chi2", move |row| Cell::Decimal(row.fit(law).chi_squared));
            if has_theory {
                let [deviation, in_errors] = [format!("deviation_{key}"), format!("deviation_{key}_in_errors")];
                columns.add(deviation, "deviation", move |row| Cell::Percent(row.comparison(law).deviation()));
                columns.add(in_errors, "in errors", move |row| Cell::Signed(row.comparison(law).in_errors()));
            }
        }
        columns
    }

    /// How far the values of a law are from their theory, over all rows.
    pub(super) fn mean_deviation(&self, law: Law, streams: Streams) -> Option<MeanDeviation> {
        mean_deviation(self.rows.iter().map(|row| row.comparison(law)), streams)
    }
}

impl ExtrapolatedRow {
    fn new(parameters: Vec<Value>, points: &[(f64, &Row)]) -> Self {
        // A mean over a selection is not the mean at that size: it has no weight.
        let measured = |&(size, row): &(f64, &Row)| {
            let standard_error = if row.is_selection() { f64::NAN } else { row.standard_error };
            Measured { size, mean: row.mean, standard_error }
        };
        let measured: Vec<Measured> = points.iter().map(measured).collect();
        let largest = points.iter().max_by(|left, right| left.0.total_cmp(&right.0));
        Self {
            parameters,
            sizes: usable(&measured).len(),
            fits: Law::ALL.map(|law| extrapolate(&measured, law)),
            theory: largest.map_or(Estimate::UNKNOWN, |(_, row)| row.comparison().theory),
        }
    }

    /// NaN if there is no fit.
    fn fit(&self, law: Law) -> Fit {
        let unknown = Fit { value: f64::NAN, standard_error: f64::NAN, chi_squared: f64::NAN };
        self.fits[law as usize].unwrap_or(unknown)
    }

    /// The value of a law, with the theory.
    fn comparison(&self, law: Law) -> Comparison {
        let Fit { value, standard_error, .. } = self.fit(law);
        Comparison { measured: Estimate { value, standard_error }, theory: self.theory }
    }

    fn smallest_error(&self) -> f64 {
        Law::ALL.iter().map(|law| self.fit(*law).standard_error).fold(f64::NAN, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Counts;
    use super::*;

    fn row(mean: f64, counts: Counts) -> Row {
        Row {
            parameters: Vec::new(),
            coordinates: Vec::new(),
            mean,
            standard_error: 0.01,
            companion: Estimate::UNKNOWN,
            counts,
            theory: 2.0,
            theory_standard_error: 0.0,
            precision_met: None,
        }
    }

    /// Where large values are censored, the mean of the others is too small.
    #[test]
    fn a_mean_over_a_selection_has_no_weight() {
        let all = Counts { n: 10, done: 10, ..Counts::default() };
        let some = [
            Counts { n: 7, done: 7, failed: 3, censored_above: 3, ..Counts::default() },
            Counts { n: 7, done: 10, diverged: 3, ..Counts::default() },
            Counts { n: 7, done: 10, absent: 3, ..Counts::default() },
        ];
        let fit = |last: &Row| {
            let sizes = [100.0, 200.0, 400.0].map(|size| row(2.0 - 7.0 / size, all));
            let points: Vec<(f64, &Row)> =
                [100.0, 200.0, 400.0].into_iter().zip(&sizes).chain([(800.0, last)]).collect();
            ExtrapolatedRow::new(Vec::new(), &points)
        };
        let whole = fit(&row(1.0, all));
        assert!(whole.sizes == 4 && (whole.fit(Law::Inverse).value - 2.0).abs() > 0.1);
        for counts in some {
            let fitted = fit(&row(1.0, counts));
            assert!(fitted.sizes == 3 && (fitted.fit(Law::Inverse).value - 2.0).abs() < 1e-12, "{counts:?}");
        }
        // Replicates that are not there yet are not a selection.
        assert_eq!(fit(&row(1.0, Counts { n: 7, done: 7, missing: 3, ..Counts::default() })).sizes, 4);
    }
}
