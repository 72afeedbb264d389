//! The merged results of a sweep: every observable at every point of the grid, its statistics and its theory.

pub(crate) mod difference;
pub(crate) mod file;
mod found;
mod lost;
mod read_back;
mod theory;

pub(crate) use found::Found;
pub(crate) use lost::Lost;
pub(crate) use read_back::{Summary, sweep_text};

use std::sync::Arc;

use crate::experiment::{Estimate, Kept, Observable, TaskFailure};
use crate::store::run_record::TheoryCounts;
use crate::store::{Contents, StoreError};
use crate::sweep::statistics::mean_and_standard_error;
use crate::sweep::{Extent, Identities, Sweep, Target, Task};

/// The state of one task, as `status` in the results file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// It has no record.
    Missing = 0,
    /// It has values.
    Done = 1,
    /// It has a reason why there are none.
    Failed = 2,
    /// The precision is met, or given up, without this replicate.
    NotNeeded = 3,
}

impl Status {
    fn of_byte(byte: u8) -> Option<Self> {
        [Self::Missing, Self::Done, Self::Failed, Self::NotNeeded].into_iter().find(|status| *status as u8 == byte)
    }
}

/// Everything about a sweep that does not depend on how it was computed.
pub struct Results<'a> {
    /// What was computed.
    pub sweep: &'a Sweep,
    /// One per task.
    pub status: Vec<Status>,
    /// One per point, if the sweep asks for a precision.
    pub extents: Option<Vec<Extent>>,
    /// One per observable, in the order of the catalogue.
    pub series: Vec<Series>,
    /// The failed tasks with their reasons, in task order.
    pub failures: Vec<(Task, TaskFailure)>,
    /// How many theory cells there are, and their outcomes.
    pub(crate) theory: TheoryCounts,
    /// The theory cells that have failed, by what sets them apart, with the reasons.
    pub(crate) theory_failures: Vec<(String, TaskFailure)>,
    /// The digest of what they were made from, in hexadecimal digits.
    pub records: String,
}

/// One observable over the whole grid. NaN means missing.
pub struct Series {
    /// What the values are of.
    pub observable: &'static Observable,
    /// Shape (points, replicates, own dimensions…), or (points, own dimensions…) if only the first replicate keeps it.
    pub values: Vec<f64>,
    /// Over the values that are there; shape (points, own dimensions…). Empty if only the first replicate keeps it.
    pub mean: Vec<f64>,
    /// Standard error of the mean, s/√n with s the sample standard deviation; NaN for n < 2. Empty where the mean is.
    pub standard_error: Vec<f64>,
    /// Value and standard error, if the observable has a theory; shape (points, own dimensions…).
    pub theory: Option<(Vec<f64>, Vec<f64>)>,
}

impl<'a> Results<'a> {
    /// Puts every value in its place and computes statistics.
    ///
    /// # Errors
    /// A record is damaged, cannot be read, or has another number of values than its replicate keeps.
    pub fn merge(sweep: &'a Arc<Sweep>, identities: &Identities, contents: &Contents) -> Result<Self, StoreError> {
        let found = Found::new(sweep, identities, contents)?;
        let mut series = values(sweep, &found, contents)?;
        series.iter_mut().for_each(|series| series.compute_statistics(sweep));
        found.theory.set(&mut series, sweep.points(), sweep.declaration().theory_width())?;
        Ok(Self { series, records: found.digest(), ..Self::tally(sweep, found) })
    }

    /// The same without any value, which is not looked at: `series` is empty.
    ///
    /// # Errors
    /// Values that decide how many replicates there are cannot be read, or are damaged.
    pub(crate) fn count_only(
        sweep: &'a Arc<Sweep>,
        identities: &Identities,
        contents: &Contents,
    ) -> Result<Self, StoreError> {
        Ok(Self::tally(sweep, Found::new(sweep, identities, contents)?))
    }

    fn tally(sweep: &'a Sweep, found: Found) -> Self {
        Self {
            sweep,
            failures: found.failures(),
            theory: found.theory.counts(),
            theory_failures: found.theory.failures(),
            status: found.status,
            extents: found.extents,
            series: Vec::new(),
            records: String::new(),
        }
    }

    /// How many tasks are in a state.
    pub fn count(&self, status: Status) -> usize {
        self.status.iter().filter(|found| **found == status).count()
    }

    /// Why tasks and theory cells have failed.
    pub(crate) fn all_failures(&self) -> impl Iterator<Item = &TaskFailure> {
        let tasks = self.failures.iter().map(|(_, failure)| failure);
        tasks.chain(self.theory_failures.iter().map(|(_, failure)| failure))
    }

    /// The state of each replicate of a point.
    pub(crate) fn status_at(&self, point: usize) -> &[Status] {
        let replicates = self.sweep.most_replicates() as usize;
        &self.status[point * replicates..][..replicates]
    }

    /// How many of the replicates of a point that keep an observable are in a state.
    pub(crate) fn count_at(&self, observable: &Observable, point: usize, status: Status) -> usize {
        let keeping = &self.status_at(point)[..self.sweep.replicates_keeping(observable)];
        keeping.iter().filter(|found| **found == status).count()
    }

    /// What the results have of an observable, if they have anything.
    pub(crate) fn series_of(&self, observable: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.observable.name() == observable)
    }

    /// The values of an observable at a point, of the replicates that keep it.
    pub(crate) fn values_at<'s>(&self, series: &'s Series, point: usize) -> &'s [f64] {
        let size = self.sweep.replicates_keeping(series.observable) * series.observable.size();
        &series.values[point * size..][..size]
    }

    /// One element of an observable at a point, for each replicate that keeps it; NaN where there is none.
    pub(crate) fn replicates<'s>(
        &self,
        series: &'s Series,
        point: usize,
        element: usize,
    ) -> impl Iterator<Item = f64> + use<'s> {
        self.values_at(series, point).iter().skip(element).step_by(series.observable.size()).copied()
    }

    /// How many replicates have a value of an element.
    pub(crate) fn count_values(&self, series: &Series, point: usize, element: usize) -> usize {
        self.replicates(series, point, element).filter(|value| !value.is_nan()).count()
    }

    /// How many replicates of a point have diverged.
    pub(crate) fn diverged_at(&self, point: usize) -> usize {
        self.divergence_flags(point).map_or(0, |flags| flags.iter().filter(|flag| **flag == 1.0).count())
    }

    /// The flag of each replicate of a point, if runs can diverge.
    pub(crate) fn divergence_flags(&self, point: usize) -> Option<&[f64]> {
        let flag = self.sweep.declaration().divergence_flag?;
        Some(self.values_at(self.series_of(flag)?, point))
    }

    /// How many replicates of a point are done and have not diverged, but have no value of an observable.
    pub(crate) fn absent_at(&self, series: &Series, point: usize) -> usize {
        if !series.observable.optional {
            return 0;
        }
        let diverged = self.divergence_flags(point);
        let values = self.values_at(series, point).chunks_exact(series.observable.size());
        let replicates = values.enumerate().filter(|(replicate, values)| {
            self.status_at(point)[*replicate] == Status::Done
                && values.iter().all(|value| value.is_nan())
                && diverged.is_none_or(|flags| flags[*replicate] != 1.0)
        });
        replicates.count()
    }

    /// How many tasks there are, as far as outcomes have called for them.
    pub fn tasks(&self) -> usize {
        self.status.len() - self.count(Status::NotNeeded)
    }

    /// How many points stand so with their precision; none if the sweep asks for no precision.
    pub(crate) fn points_at(&self, target: Target) -> usize {
        self.extents.iter().flatten().filter(|extent| extent.target == target).count()
    }
}

/// Every observable with the values of all tasks in their places.
fn values(sweep: &Sweep, found: &Found, contents: &Contents) -> Result<Vec<Series>, StoreError> {
    let declaration = sweep.declaration();
    let mut series: Vec<Series> =
        declaration.observables.iter().map(|observable| Series::without_values(sweep, observable)).collect();
    let tasks = found.tasks();
    let mut other_width = None;
    let damage = contents.visit(&mut |number, values| {
        let Some(task) = tasks.get(number) else { return };
        let replicate = sweep.replicate_of(task);
        if values.len() != declaration.kept_width(replicate) {
            other_width.get_or_insert((task, values.len()));
            return;
        }
        let mut rest = values;
        for series in &mut series {
            // What only the first replicate keeps is at the end, and may not be there.
            let Some((own, others)) = rest.split_at_checked(series.observable.size()) else { break };
            rest = others;
            series.set(sweep, task, own);
        }
    })?;
    if let Some((Task(task), found)) = other_width {
        let wanted = declaration.kept_width(sweep.replicate_of(Task(task)));
        let what = format!("a record has {found} values where {wanted} are expected");
        return Err(StoreError::Damaged { path: format!("task {task} of {}", sweep.name).into(), offset: 0, what });
    }
    damage.into_iter().next().map_or(Ok(series), Err)
}

impl Series {
    fn without_values(sweep: &Sweep, observable: &'static Observable) -> Self {
        let values = vec![f64::NAN; sweep.points() * sweep.replicates_keeping(observable) * observable.size()];
        Self { observable, values, mean: Vec::new(), standard_error: Vec::new(), theory: None }
    }

    /// Puts the values of a task in their place.
    fn set(&mut self, sweep: &Sweep, task: Task, values: &[f64]) {
        let (point, replicate) = (sweep.point_of(task), sweep.replicate_of(task) as usize);
        let place = point * sweep.replicates_keeping(self.observable) + replicate;
        self.values[place * values.len()..][..values.len()].copy_from_slice(values);
    }

    fn compute_statistics(&mut self, sweep: &Sweep) {
        if self.observable.kept == Kept::FirstReplicate {
            return;
        }
        let size = self.observable.size();
        for point in self.values.chunks_exact(sweep.most_replicates() as usize * size) {
            for element in 0..size {
                let column = || point.iter().skip(element).step_by(size).copied().filter(|value| !value.is_nan());
                let (mean, standard_error) = mean_and_standard_error(column);
                self.mean.push(mean);
                self.standard_error.push(standard_error);
            }
        }
    }

    /// The mean of an element over replicates, or the value that the first one keeps.
    pub(crate) fn estimate(&self, point: usize, element: usize) -> Estimate {
        let place = point * self.observable.size() + element;
        match self.observable.kept {
            Kept::EveryReplicate => Estimate { value: self.mean[place], standard_error: self.standard_error[place] },
            Kept::FirstReplicate => Estimate { value: self.values[place], standard_error: f64::NAN },
        }
    }

    /// The theory of an element, if there is one.
    pub(crate) fn theory_at(&self, point: usize, element: usize) -> Estimate {
        let place = point * self.observable.size() + element;
        self.theory
            .as_ref()
            .map_or(Estimate::UNKNOWN, |(value, error)| Estimate { value: value[place], standard_error: error[place] })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::experiment::Outcome;
    use crate::sweep::TheoryCells;

    #[test]
    fn every_point_has_the_theory_of_its_cell_or_none() {
        let text = "[sweep]\nname = \"like\"\nexperiment = \"capacity\"\n[grid]\ninputs = [10, 20]\n\
            robustness = [0.5, 1.0, 2.0, 3.0]\nlearner = [\"exact\", \"perceptron\"]\n";
        let sweep = Arc::new(Sweep::parse(Path::new("like.toml"), text.into()).unwrap());
        let cells = TheoryCells::new(&sweep);
        let mut contents = Contents::default();
        for cell in [0, 1] {
            contents.cells.insert(cells.get(cell).digest(), cells.get(cell).outcome());
        }
        let failure = TaskFailure::model("no");
        contents.cells.insert(cells.get(2).digest(), Outcome::Failed(failure.clone()));
        let results = Results::merge(&sweep, &Identities::new(&sweep), &contents).unwrap();
        assert_eq!(results.theory, TheoryCounts { cells: 4, done: 2, failed: 1 });
        assert_eq!(results.theory_failures, [("robustness = 2".into(), failure)]);
        for series in results.series.iter().filter(|series| series.observable.has_theory) {
            let size = series.observable.size();
            for point in 0..16 {
                let cell = cells.get(cells.of_point(point));
                let estimates = cell.evaluate(cell.stream()).unwrap();
                for element in 0..size {
                    let (found, own) = (series.theory_at(point, element), &estimates.of(series.observable.name()));
                    match cells.of_point(point) {
                        0 | 1 => assert_eq!(found, own.unwrap()[element]),
                        _ => assert!(found.value.is_nan() && found.standard_error.is_nan()),
                    }
                }
            }
        }
        let short = Outcome::Done(vec![1.0]);
        contents.cells.insert(cells.get(3).digest(), short);
        assert!(Results::merge(&sweep, &Identities::new(&sweep), &contents).is_err());
    }
}
