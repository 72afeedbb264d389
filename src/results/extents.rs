//! How many replicates the points of a sweep with a precision call for, given the records.

use crate::store::Contents;
use crate::sweep::{Extent, Identities, Precision, Sweep, Task, Verdict};

/// How many replicates a point calls for.
pub(super) fn extent(
    contents: &Contents,
    sweep: &Sweep,
    precision: Precision,
    identities: &Identities,
    point: usize,
) -> Extent {
    let known = |replicate| verdict(contents, precision, identities, sweep.task(point, replicate));
    precision.extent(sweep.replicates, known)
}

/// The verdict on a task, if there is a record of it.
pub(crate) fn verdict(
    contents: &Contents,
    precision: Precision,
    identities: &Identities,
    task: Task,
) -> Option<Verdict> {
    if contents.outcomes.is_empty() {
        return None;
    }
    contents.outcomes.get(&identities.digest(task)).map(|outcome| precision.verdict(outcome))
}
