//! Collects everything that is wrong with a file, so that it can be mended in one go.

use super::super::Problem;

/// All that has been found so far.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

/// The proof that a problem is among those found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reported(());

impl Problems {
    pub(super) fn add(&mut self, problem: Problem) -> Reported {
        self.0.push(problem);
        Reported(())
    }

    /// The value, or the problem is added.
    pub(super) fn keep<T>(&mut self, outcome: Result<T, Problem>) -> Result<T, Reported> {
        outcome.map_err(|problem| self.add(problem))
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub(super) fn none(&self) -> Result<(), Reported> {
        if self.0.is_empty() { Ok(()) } else { Err(Reported(())) }
    }

    /// In the order of the file; what has no place comes first.
    pub(super) fn into_sorted(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|problem| problem.place.as_ref().map(|place| place.start));
        self.0
    }
}
