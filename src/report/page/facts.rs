//! The six facts at the top of a page.

use super::points::{Points, with_unit};
use super::runs::Cost;
use crate::experiment::Better;
use crate::report::number;
use crate::results::Status;

/// One fact: a number and what it is.
pub(super) struct Fact {
    pub(super) value: String,
    pub(super) label: String,
}

/// Tasks done, failed, diverged (or theory cells), the best mean, what it compares with, and the cost.
pub(super) fn facts(points: &Points, cost: &Cost, has_run: bool) -> Vec<Fact> {
    let results = points.results;
    let count = |status| results.count(status) as u64;
    let done = format!("{} / {}", number::grouped(count(Status::Done)), number::grouped(results.tasks() as u64));
    let cost = match has_run {
        true => fact(cost.time.clone(), cost.means.clone()),
        false => fact("—".into(), "no record of a run".into()),
    };
    vec![
        fact(done, "tasks done".into()),
        fact(number::grouped(count(Status::Failed)), "failed".into()),
        third(points),
        best(points),
        fifth(points),
        cost,
    ]
}

fn fact(value: String, label: String) -> Fact {
    Fact { value, label }
}

fn third(points: &Points) -> Fact {
    let results = points.results;
    if results.sweep.declaration().divergence_flag.is_some() {
        let diverged: usize = (0..results.sweep.points()).map(|point| results.diverged_at(point)).sum();
        return fact(number::grouped(diverged as u64), "diverged".into());
    }
    match results.theory.cells {
        0 => fact(number::grouped(results.sweep.points() as u64), "points".into()),
        cells => fact(format!("{} / {cells}", results.theory.done), "theory cells done".into()),
    }
}

/// The best mean, or the largest where no value is better than another.
fn best(points: &Points) -> Fact {
    let label = points.observable().quantity.label;
    let word = if points.better() == Some(Better::Less) { "smallest" } else { "largest" };
    let mean = |point: &usize| points.rows()[*point].mean;
    let largest = || points.complete().max_by(|left, right| mean(left).total_cmp(&mean(right)));
    match points.best().or_else(largest) {
        Some(point) => fact(points.value(point), format!("{word} {label}")),
        None => fact("—".into(), format!("{word} {label}")),
    }
}

/// What the best mean compares with: its theory, its companion, or the worst mean.
fn fifth(points: &Points) -> Fact {
    if points.table.has_theory {
        let mean = points.table.mean_deviation();
        let text = mean.map_or_else(|| "—".into(), |mean| mean.text());
        return fact(text, "mean deviation from theory".into());
    }
    if let (Some(companion), Some(best)) = (points.table.companion, points.best()) {
        let estimate = points.rows()[best].companion;
        let text = number::with_error(estimate.value, estimate.standard_error).to_string();
        let quantity = companion.quantity;
        return fact(with_unit(&text, quantity.unit.written), format!("{} there", quantity.label));
    }
    let (known, all) = (points.complete().count(), points.rows().len());
    if known < 2 {
        return fact(format!("{known} / {all}"), "points known".into());
    }
    let sign = if points.better() == Some(Better::Less) { -1.0 } else { 1.0 };
    let cost = |point: &usize| sign * points.rows()[*point].mean;
    let worst = points.complete().min_by(|left, right| cost(left).total_cmp(&cost(right)));
    let word = if points.better() == Some(Better::Less) { "largest" } else { "smallest" };
    let value = worst.map_or_else(|| "—".into(), |point| points.value(point));
    fact(value, format!("{word} {}", points.observable().quantity.label))
}
