//! What there is to compute.

use std::collections::BTreeMap;

use crate::schedule::queue::sum;
use crate::schedule::{Manner, Pending};
use crate::sweep::Verdict;

/// What there is to compute.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    pub(crate) all: Vec<Pending>,
    /// Those that may be the death of their process; they are not among the others.
    pub(crate) suspects: BTreeMap<Manner, Vec<Pending>>,
}

/// The tasks that the verdict on one calls for.
pub(in crate::schedule) type More<'a> = dyn FnMut(u32, Verdict) -> Tasks + 'a;

/// How many tasks, and their expected seconds.
pub(super) fn size(tasks: &Tasks) -> (u64, f64) {
    let suspects = tasks.suspects.values();
    let count = tasks.all.len() + suspects.clone().map(Vec::len).sum::<usize>();
    (count as u64, sum(&tasks.all) + suspects.map(|tasks| sum(tasks)).sum::<f64>())
}
