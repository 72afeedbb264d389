//! Makes tables from merged results.

use std::ops::Range;

use rayon::prelude::*;

use super::Table;
use super::columns::swept;
use super::extrapolated::Extrapolated;
use super::format::csv;
use super::row::{Counts, Row};
use crate::experiment::{Estimate, FailureClass, Kept, Observable, OwnDimension};
use crate::results::{Results, Series, Status};
use crate::sweep::{Sweep, Target};

/// The most rows that a table of an array may have so that `reduce` writes it as a file.
const MOST_ROWS_IN_A_FILE: usize = 50_000;

/// Points of a part of a CSV file, and parts that are made at a time.
const POINTS_OF_PART: usize = 4096;
const PARTS_AT_ONCE: usize = 32;

/// The observables whose tables belong into the results directory: all scalars, and the arrays that are not too large.
pub(crate) fn filed(sweep: &Sweep) -> impl Iterator<Item = &'static Observable> + use<> {
    let points = sweep.points();
    let is_filed =
        move |array: &&Observable| array.is_scalar() || points.saturating_mul(array.size()) <= MOST_ROWS_IN_A_FILE;
    sweep.declaration().observables.iter().filter(is_filed)
}

/// The table of an observable; `None` if the results have none of that name.
pub(crate) fn table(results: &Results, observable: &str) -> Option<Table> {
    let series = results.series_of(observable)?;
    let mut table = of_points(results, series, &Censored::new(results), 0..results.sweep.points());
    if series.observable.is_scalar() {
        table.extrapolated = Extrapolated::new(results.sweep, &table.rows);
    }
    Some(table)
}

/// The CSV of a table, some rows at a time, so that it is never held as a whole; `None` if the results have no such
/// observable.
pub(crate) fn csv_parts<'r>(results: &'r Results, observable: &str) -> Option<impl Iterator<Item = String> + use<'r>> {
    let series = results.series_of(observable)?;
    let censored = Censored::new(results);
    let points = results.sweep.points();
    let part = move |start: usize| {
        let table = of_points(results, series, &censored, start..(start + POINTS_OF_PART).min(points));
        csv(&table.columns(), &table.rows, start == 0)
    };
    let starts: Vec<usize> = (0..points).step_by(POINTS_OF_PART).collect();
    let groups: Vec<Vec<usize>> = starts.chunks(PARTS_AT_ONCE).map(<[usize]>::to_vec).collect();
    let rendered = move |group: Vec<usize>| group.into_par_iter().map(&part).collect::<Vec<String>>();
    Some(groups.into_iter().flat_map(rendered))
}

/// The values at infinite size as CSV, if there are any.
pub(crate) fn extrapolated_csv(results: &Results, observable: &Observable) -> Option<String> {
    let is_extrapolated = observable.is_scalar() && Extrapolated::has_sizes(results.sweep);
    is_extrapolated.then(|| table(results, observable.name())).flatten().and_then(|table| table.extrapolated_csv())
}

/// The rows of some points.
fn of_points(results: &Results, series: &Series, censored: &Censored, points: Range<usize>) -> Table {
    let sweep = results.sweep;
    let companion = series.observable.companion.and_then(|name| results.series_of(name));
    let coordinates = OwnDimension::product(series.observable.dimensions);
    let rows_of = |point: usize| {
        let indices = sweep.indices(point);
        let values = sweep.axes.iter().zip(&indices).flat_map(|(axis, index)| axis.point(*index).iter().copied());
        let parameters: Vec<_> = values.collect();
        let counts = counts(results, series, censored, point);
        let row = |(element, coordinates): (usize, &Vec<f64>)| {
            let measured = series.estimate(point, element);
            let theory = series.theory_at(point, element);
            Row {
                parameters: parameters.clone(),
                coordinates: coordinates.clone(),
                mean: measured.value,
                standard_error: measured.standard_error,
                companion: companion.map_or(Estimate::UNKNOWN, |series| series.estimate(point, element)),
                counts: Counts { n: results.count_values(series, point, element), ..counts },
                theory: theory.value,
                theory_standard_error: theory.standard_error,
                precision_met: precision_met(results, point),
            }
        };
        coordinates.iter().enumerate().map(row).collect::<Vec<Row>>()
    };
    let precision = sweep.precision.filter(|precision| precision.observable.name() == series.observable.name());
    Table {
        observable: series.observable,
        companion: companion.map(|series| series.observable),
        parameters: swept(sweep),
        has_theory: series.theory.is_some(),
        divergence_flag: sweep.declaration().divergence_flag,
        streams: sweep.streams,
        precision,
        extrapolated: None,
        rows: points.flat_map(rows_of).collect(),
    }
}

/// The outcomes of the replicates that keep the observable, without `n`.
fn counts(results: &Results, series: &Series, censored: &Censored, point: usize) -> Counts {
    let count = |status| results.count_at(series.observable, point, status);
    let counts = Counts {
        done: count(Status::Done),
        failed: count(Status::Failed),
        missing: count(Status::Missing),
        ..Counts::default()
    };
    match series.observable.kept {
        Kept::EveryReplicate => Counts {
            diverged: results.diverged_at(point),
            absent: results.absent_at(series, point),
            censored_above: censored.at(point, FailureClass::CensoredAbove),
            censored_below: censored.at(point, FailureClass::CensoredBelow),
            ..counts
        },
        Kept::FirstReplicate => {
            let diverged = results.divergence_flags(point).and_then(|flags| flags.first()) == Some(&1.0);
            Counts { diverged: usize::from(diverged).min(counts.done), ..counts }
        }
    }
}

fn precision_met(results: &Results, point: usize) -> Option<bool> {
    match results.extents.as_ref().map(|extents| extents[point].target) {
        None | Some(Target::Open) => None,
        Some(target) => Some(target == Target::Met),
    }
}

/// The points and classes of censored tasks, in order.
struct Censored(Vec<(usize, FailureClass)>);

impl Censored {
    fn new(results: &Results) -> Self {
        let is_censored = |class| matches!(class, FailureClass::CensoredAbove | FailureClass::CensoredBelow);
        let classes = results.failures.iter().map(|(task, failure)| (results.sweep.point_of(*task), failure.class));
        Self(classes.filter(|(_, class)| is_censored(*class)).collect())
    }

    fn at(&self, point: usize, class: FailureClass) -> usize {
        let first = self.0.partition_point(|(before, _)| *before < point);
        let of_point = self.0[first..].iter().take_while(|(here, _)| *here == point);
        of_point.filter(|(_, found)| *found == class).count()
    }
}
