//! What the records contain about the theory of a sweep.

use super::Series;
use crate::experiment::{Outcome, TaskFailure};
use crate::store::run_record::TheoryCounts;
use crate::store::{Contents, StoreError};
use crate::sweep::TheoryCells;

/// The outcome of each theory cell of a sweep, in its place.
pub(crate) struct FoundTheory<'a> {
    pub(crate) cells: TheoryCells,
    outcomes: Vec<Option<&'a Outcome>>,
}

impl<'a> FoundTheory<'a> {
    pub(super) fn new(cells: TheoryCells, contents: &'a Contents) -> Self {
        let outcome = |cell| contents.cells.get(&cells.get(cell).digest());
        let outcomes =
            if contents.cells.is_empty() { vec![None; cells.len()] } else { (0..cells.len()).map(outcome).collect() };
        Self { cells, outcomes }
    }

    /// Every outcome with the number of its cell.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = (usize, &'a Outcome)> {
        self.outcomes.iter().enumerate().filter_map(|(cell, outcome)| Some((cell, (*outcome)?)))
    }

    /// How many cells there are, and their outcomes.
    pub(crate) fn counts(&self) -> TheoryCounts {
        let failed = self.outcomes().filter(|(_, outcome)| matches!(outcome, Outcome::Failed(_))).count() as u64;
        let done = self.outcomes().count() as u64 - failed;
        TheoryCounts { cells: self.cells.len() as u64, done, failed }
    }

    /// The cells that are not computed, and where the theory stands; one whose failure `is_retried` counts as not
    /// computed.
    pub(crate) fn missing(&self, is_retried: impl Fn(&TaskFailure) -> bool) -> (Vec<usize>, TheoryCounts) {
        let is_missing = |outcome: &Option<&Outcome>| match outcome {
            None => true,
            Some(Outcome::Failed(failure)) => is_retried(failure),
            Some(Outcome::Done(_)) => false,
        };
        let missing: Vec<usize> = (0..self.outcomes.len()).filter(|cell| is_missing(&self.outcomes[*cell])).collect();
        let counts = self.counts();
        let failed = counts.cells - counts.done - missing.len() as u64;
        (missing, TheoryCounts { failed, ..counts })
    }

    /// The cells that have failed, by what sets them apart, with the reasons.
    pub(super) fn failures(&self) -> Vec<(String, TaskFailure)> {
        let failed = self.outcomes().filter_map(|(cell, outcome)| match outcome {
            Outcome::Failed(failure) => Some((self.cells.described(cell), failure.clone())),
            Outcome::Done(_) => None,
        });
        failed.collect()
    }

    /// Gives each observable that has a theory what the cells of its points say.
    ///
    /// # Errors
    /// A record has another number of values than the theory.
    pub(super) fn set(&self, series: &mut [Series], points: usize, width: usize) -> Result<(), StoreError> {
        for (cell, outcome) in self.outcomes() {
            if let Outcome::Done(values) = outcome
                && values.len() != width
            {
                let what = format!("a record of the theory has {} values where {width} are expected", values.len());
                return Err(StoreError::Damaged { path: format!("theory cell {cell}").into(), offset: 0, what });
            }
        }
        let mut offset = 0;
        for series in series.iter_mut().filter(|series| series.observable.has_theory) {
            let size = series.observable.size();
            let (mut values, mut errors) = (Vec::with_capacity(points * size), Vec::with_capacity(points * size));
            for point in 0..points {
                match self.outcomes[self.cells.of_point(point)] {
                    Some(Outcome::Done(record)) => {
                        let elements = record[offset..offset + 2 * size].as_chunks::<2>().0;
                        elements.iter().for_each(|[value, error]| {
                            values.push(*value);
                            errors.push(*error);
                        });
                    }
                    _ => {
                        values.resize(values.len() + size, f64::NAN);
                        errors.resize(errors.len() + size, f64::NAN);
                    }
                }
            }
            series.theory = Some((values, errors));
            offset += 2 * size;
        }
        Ok(())
    }
}
