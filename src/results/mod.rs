//! The merged results of a sweep: every observable at every point of the grid, its statistics and its theory.

pub(crate) mod difference;
mod extents;
pub(crate) mod file;
mod found;
mod read_back;

pub(crate) use extents::verdict;
pub(crate) use found::Found;
pub(crate) use read_back::{Summary, sweep_text};

use std::collections::HashMap;

use rayon::prelude::*;

use crate::experiment::{
    Estimate, Estimates, Kept, Observable, Outcome, TaskFailure, TheoryDeclaration, evaluate_theory,
};
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
    /// The digest of what they were made from, in hexadecimal digits.
    pub records: String,
}

/// One observable over the whole grid. NaN stands for what is not there.
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
    /// Puts every outcome in its place and computes statistics and theory.
    ///
    /// # Errors
    /// A record has another number of values than its replicate keeps.
    pub fn merge(sweep: &'a Sweep, identities: &Identities, contents: &Contents) -> Result<Self, StoreError> {
        let found = Found::new(sweep, identities, contents);
        let records = found.digest();
        let mut failures = Vec::new();
        let mut status = Vec::with_capacity(found.outcomes.len());
        for (task, outcome) in found.outcomes.iter().enumerate() {
            let width = sweep.declaration().kept_width(sweep.replicate_of(Task(task as u32)));
            status.push(match outcome {
                None if found.is_needed(Task(task as u32)) => Status::Missing,
                None => Status::NotNeeded,
                Some(Outcome::Failed(failure)) => {
                    failures.push((Task(task as u32), failure.clone()));
                    Status::Failed
                }
                Some(Outcome::Done(values)) if values.len() == width => Status::Done,
                Some(Outcome::Done(values)) => {
                    let what = format!("a record has {} values where {width} are wanted", values.len());
                    let path = std::path::PathBuf::from(format!("task {task} of {}", sweep.name));
                    return Err(StoreError::Damaged { path, offset: 0, what });
                }
            });
        }
        let mut series = Vec::new();
        let mut offset = 0;
        for observable in sweep.declaration().observables {
            series.push(Series::new(sweep, observable, &found.outcomes, offset));
            offset += observable.size();
        }
        let mut results = Self { sweep, status, extents: found.extents, series, failures, records };
        results.add_theory();
        Ok(results)
    }

    /// How many tasks are in a state.
    pub fn count(&self, status: Status) -> usize {
        self.status.iter().filter(|found| **found == status).count()
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

    fn add_theory(&mut self) {
        let sweep = self.sweep;
        let Some(declared) = sweep.declaration().theory else { return };
        let like = points_of_like_theory(sweep, declared.parameters);
        let theory = |point: usize| (like[point] == point).then(|| theory_at(sweep, declared, point)).flatten();
        let theories: Vec<Option<Estimates>> = (0..sweep.points()).into_par_iter().map(theory).collect();
        for series in self.series.iter_mut().filter(|series| series.observable.has_theory) {
            let unknown = vec![Estimate::UNKNOWN; series.observable.size()];
            let at_point = |point: &usize| {
                let found = theories[*point].as_ref().and_then(|estimates| estimates.of(series.observable.name()));
                found.unwrap_or(&unknown).to_vec()
            };
            let estimates = like.iter().flat_map(at_point);
            series.theory = Some(estimates.map(|estimate| (estimate.value, estimate.standard_error)).unzip());
        }
    }
}

/// What the theory says at a point, if it has anything to say there.
fn theory_at(sweep: &Sweep, declared: TheoryDeclaration, point: usize) -> Option<Estimates> {
    let parameters = sweep.parameters(point);
    let theory = evaluate_theory(sweep.experiment, &parameters, declared.default_error());
    theory.map_err(|why| tracing::warn!("no theory at {parameters}: {why}")).ok()
}

/// For each point the first one that differs from it only in parameters that the theory does not know.
fn points_of_like_theory(sweep: &Sweep, known: &[&str]) -> Vec<usize> {
    let mut first = HashMap::new();
    let mut like = |point: usize| {
        let parameters = sweep.parameters(point);
        let entering = parameters.iter().filter(|(name, _)| known.contains(name));
        *first.entry(entering.map(|(_, value)| value.key()).collect::<Vec<_>>()).or_insert(point)
    };
    (0..sweep.points()).map(&mut like).collect()
}

impl Series {
    /// `offset` is where the observable begins among the values of a record.
    fn new(sweep: &Sweep, observable: &'static Observable, found: &[Option<&Outcome>], offset: usize) -> Self {
        let size = observable.size();
        let replicates = sweep.most_replicates() as usize;
        let stride = replicates / sweep.replicates_keeping(observable);
        let mut values = vec![f64::NAN; found.len() / stride * size];
        for (slot, outcome) in values.chunks_exact_mut(size).zip(found.iter().step_by(stride)) {
            if let Some(Outcome::Done(record)) = outcome {
                slot.copy_from_slice(&record[offset..offset + size]);
            }
        }
        let (mut mean, mut standard_error) = (Vec::new(), Vec::new());
        let averaged = if observable.kept == Kept::EveryReplicate { &values[..] } else { &[] };
        for point in averaged.chunks_exact(replicates * size) {
            for element in 0..size {
                let column = || point.iter().skip(element).step_by(size).copied().filter(|value| !value.is_nan());
                let (m, e) = mean_and_standard_error(column);
                mean.push(m);
                standard_error.push(e);
            }
        }
        Self { observable, values, mean, standard_error, theory: None }
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
    use std::sync::Arc;

    use super::*;

    #[test]
    fn points_that_the_theory_cannot_tell_apart_share_one() {
        let text = "[sweep]\nname = \"like\"\nexperiment = \"capacity\"\n[grid]\ninputs = [10, 20]\n\
            robustness = [0.5, 1.0]\nlearner = [\"exact\", \"perceptron\"]\n[fixed]\ninput_correlation = 0.5\n";
        let sweep = Arc::new(Sweep::parse(Path::new("like.toml"), text.into()).unwrap());
        let declared = sweep.declaration().theory.unwrap();
        let like = points_of_like_theory(&sweep, declared.parameters);
        assert_eq!(like, [0, 0, 2, 2, 0, 0, 2, 2]);
        let results = Results::merge(&sweep, &Identities::new(&sweep), &Contents::default()).unwrap();
        for series in &results.series {
            let Some((theory, error)) = &series.theory else { continue };
            let size = series.observable.size();
            assert_eq!((theory.len(), error.len()), (8 * size, 8 * size));
            for (point, like) in like.iter().enumerate() {
                let estimates = theory_at(&sweep, declared, point).unwrap();
                let Estimate { value, standard_error } = estimates.of(series.observable.name()).unwrap()[size - 1];
                assert_eq!(theory[(like + 1) * size - 1], value);
                assert_eq!((theory[(point + 1) * size - 1], error[(point + 1) * size - 1]), (value, standard_error));
            }
        }
    }
}
