//! One row a grid point: mean, standard error, number of replicates, theory, and the deviation from it.

pub mod deviation;
mod extrapolated;
pub mod extrapolation;
mod format;
mod render;
mod row;

pub use format::Format;

use extrapolated::Extrapolated;
use row::Row;

use crate::results::Results;
use crate::results::{Series, Status};
use crate::sweep::{Precision, Target};

/// The table of one scalar observable.
pub struct Table {
    pub observable: &'static str,
    pub unit: &'static str,
    /// The swept parameters, in grid order.
    pub parameters: Vec<&'static str>,
    pub has_theory: bool,
    /// The observable that tells which runs diverged, if the experiment has one.
    pub divergence_flag: Option<&'static str>,
    /// What the sweep asks of this observable.
    pub precision: Option<Precision>,
    pub rows: Vec<Row>,
    /// The values at infinite size, if the sweep has an axis of sizes.
    pub extrapolated: Option<Extrapolated>,
}

/// A table for each scalar observable, in the order of the catalogue.
pub fn tables(results: &Results) -> Vec<Table> {
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
        observable: series.observable.name(),
        unit: series.observable.quantity.unit.udunits,
        parameters: sweep.axes.iter().flat_map(|axis| axis.names.iter().copied()).collect(),
        has_theory: series.theory.is_some(),
        divergence_flag: sweep.declaration().divergence_flag,
        precision: sweep.precision.filter(|precision| precision.observable.name() == series.observable.name()),
        extrapolated: Extrapolated::new(sweep, &rows),
        rows,
    }
}
