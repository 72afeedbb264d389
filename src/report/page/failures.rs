//! What failed and what diverged, grouped by the reason.

use super::points::Points;
use crate::results::{Results, Status};
use crate::wording::counted;

/// The most places that a group names.
const MOST_PLACES: usize = 6;

/// Tasks or theory cells that ended in the same way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// `failed (model)`, or `diverged`.
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) count: usize,
    /// Where, for the first of them.
    pub(super) places: Vec<String>,
}

/// All groups: failed tasks by class and message, failed theory cells likewise, and runs that diverged.
pub(super) fn groups(points: &Points) -> Vec<Group> {
    let results = points.results;
    let mut groups = Vec::new();
    for (task, failure) in &results.failures {
        let sweep = results.sweep;
        let name = points.name(sweep.point_of(*task));
        let comma = if name.is_empty() { "" } else { ", " };
        let place = format!("{name}{comma}replicate {}", sweep.replicate_of(*task));
        add(&mut groups, format!("failed ({})", failure.class.name()), failure.message.clone(), place);
    }
    for (parameters, failure) in &results.theory_failures {
        let kind = format!("theory failed ({})", failure.class.name());
        add(&mut groups, kind, failure.message.clone(), parameters.clone());
    }
    groups.extend(diverged(points));
    groups
}

fn add(groups: &mut Vec<Group>, kind: String, message: String, place: String) {
    match groups.iter_mut().find(|group| group.kind == kind && group.message == message) {
        Some(group) => {
            group.count += 1;
            if group.places.len() < MOST_PLACES {
                group.places.push(place);
            }
        }
        None => groups.push(Group { kind, message, count: 1, places: vec![place] }),
    }
}

/// The runs that diverged, with the points where most did first.
fn diverged(points: &Points) -> Option<Group> {
    let results: &Results = points.results;
    let mut counts: Vec<(usize, usize)> =
        (0..results.sweep.points()).map(|point| (point, results.diverged_at(point))).filter(|at| at.1 > 0).collect();
    let total: usize = counts.iter().map(|at| at.1).sum();
    if total == 0 {
        return None;
    }
    counts.sort_by_key(|at| std::cmp::Reverse(at.1));
    let place = |(point, count): &(usize, usize)| {
        let done = results.status_at(*point).iter().filter(|status| **status == Status::Done).count();
        let name = points.name(*point);
        let at = if name.is_empty() { String::new() } else { format!(" at {name}") };
        format!("{count} of {done}{at}")
    };
    Some(Group {
        kind: "diverged".into(),
        message: format!("at {}", counted(counts.len(), "point")),
        count: total,
        places: counts.iter().take(MOST_PLACES).map(place).collect(),
    })
}
