//! Makes tables from merged results.

use super::Table;
use super::columns::swept;
use super::extrapolated::Extrapolated;
use super::row::{Counts, Row};
use crate::experiment::{Estimate, FailureClass, Kept, Observable, OwnDimension};
use crate::results::{Results, Series, Status};
use crate::sweep::{Sweep, Target};

/// The most rows that a table of an array may have so that `reduce` writes it as a file.
const MOST_ROWS_IN_A_FILE: usize = 50_000;

/// The observables whose tables belong into the results directory: all scalars, and the arrays that are not too large.
pub(crate) fn filed(sweep: &Sweep) -> impl Iterator<Item = &'static Observable> + use<> {
    let points = sweep.points();
    let is_filed =
        move |array: &&Observable| array.is_scalar() || points.saturating_mul(array.size()) <= MOST_ROWS_IN_A_FILE;
    sweep.declaration().observables.iter().filter(is_filed)
}

/// The table of an observable; `None` if the results have none of that name.
pub(crate) fn table(results: &Results, observable: &str) -> Option<Table> {
    let series = find(results, observable)?;
    let sweep = results.sweep;
    let companion = series.observable.companion.and_then(|name| find(results, name));
    let censored = Censored::new(results);
    let coordinates = OwnDimension::product(series.observable.dimensions);
    let rows_of = |point: usize| {
        let indices = sweep.indices(point);
        let values = sweep.axes.iter().zip(&indices).flat_map(|(axis, index)| axis.point(*index).iter().copied());
        let parameters: Vec<_> = values.collect();
        let counts = counts(results, series, &censored, point);
        let row = |(element, coordinates): (usize, &Vec<f64>)| {
            let measured = estimate(series, point, element);
            let theory = theory(series, point, element);
            Row {
                parameters: parameters.clone(),
                coordinates: coordinates.clone(),
                mean: measured.value,
                standard_error: measured.standard_error,
                companion: companion.map_or(Estimate::UNKNOWN, |series| estimate(series, point, element)),
                counts: Counts { n: values_at(results, series, point, element), ..counts },
                theory: theory.value,
                theory_standard_error: theory.standard_error,
                precision_met: precision_met(results, point),
            }
        };
        coordinates.iter().enumerate().map(row).collect::<Vec<Row>>()
    };
    let rows: Vec<Row> = (0..sweep.points()).flat_map(rows_of).collect();
    let precision = sweep.precision.filter(|precision| precision.observable.name() == series.observable.name());
    Some(Table {
        observable: series.observable,
        companion: companion.map(|series| series.observable),
        parameters: swept(sweep),
        has_theory: series.theory.is_some(),
        divergence_flag: sweep.declaration().divergence_flag,
        precision,
        extrapolated: series.observable.is_scalar().then(|| Extrapolated::new(sweep, &rows)).flatten(),
        rows,
    })
}

fn find<'r>(results: &'r Results, observable: &str) -> Option<&'r Series> {
    results.series.iter().find(|series| series.observable.name() == observable)
}

/// The mean of an element over replicates, or the value that the first one keeps.
fn estimate(series: &Series, point: usize, element: usize) -> Estimate {
    let place = point * series.observable.size() + element;
    match series.observable.kept {
        Kept::EveryReplicate => Estimate { value: series.mean[place], standard_error: series.standard_error[place] },
        Kept::FirstReplicate => Estimate { value: series.values[place], standard_error: f64::NAN },
    }
}

fn theory(series: &Series, point: usize, element: usize) -> Estimate {
    let place = point * series.observable.size() + element;
    let known = series.theory.as_ref();
    known.map_or(Estimate::UNKNOWN, |(value, error)| Estimate { value: value[place], standard_error: error[place] })
}

/// How many replicates have a value of an element.
fn values_at(results: &Results, series: &Series, point: usize, element: usize) -> usize {
    let size = series.observable.size();
    let values = match series.observable.kept {
        Kept::EveryReplicate => results.values_at(series, point),
        Kept::FirstReplicate => &series.values[point * size..][..size],
    };
    values.iter().skip(element).step_by(size).filter(|value| !value.is_nan()).count()
}

/// What became of the replicates that keep the observable, without `n`.
fn counts(results: &Results, series: &Series, censored: &Censored, point: usize) -> Counts {
    match series.observable.kept {
        Kept::EveryReplicate => Counts {
            n: 0,
            done: results.count_at(point, Status::Done),
            diverged: results.diverged_at(point),
            absent: results.absent_at(series, point),
            failed: results.count_at(point, Status::Failed),
            censored_above: censored.at(point, FailureClass::CensoredAbove),
            censored_below: censored.at(point, FailureClass::CensoredBelow),
            missing: results.count_at(point, Status::Missing),
        },
        Kept::FirstReplicate => {
            let is = |wanted| usize::from(results.status_at(point).first() == Some(&wanted));
            let diverged = results.divergence_flags(point).and_then(|flags| flags.first()) == Some(&1.0);
            let done = is(Status::Done);
            let diverged = usize::from(diverged).min(done);
            Counts { done, diverged, failed: is(Status::Failed), missing: is(Status::Missing), ..Counts::default() }
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
