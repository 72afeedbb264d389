//! The catalogue of experiments: one adapter an experiment, parameters in, observables out.
//!
//! A new model is a folder of pure functions, one adapter here, and one line in [`catalogue`].

mod capacity;
mod evaluate;
mod information;
mod movement;
mod nitric_oxide;
mod null;
mod observable;
mod parameter;
mod probe;
mod reaching;

pub use capacity::problem as capacity_problem;
pub use evaluate::evaluate;
pub use observable::{Estimate, Kept, Observable, OwnDimension};
pub use parameter::{Kind, Literal, Parameter, Parameters, Value};

use crate::random::RandomStream;

/// One model as the rest of the program sees it.
pub trait Experiment: Sync {
    /// The name in sweep files.
    fn name(&self) -> &'static str;

    /// Raised whenever the same parameters and stream give other numbers: it is part of a task's identity.
    fn version(&self) -> u32;

    /// One sentence, with the source.
    fn summary(&self) -> &'static str;

    /// Left out of the printed catalogue (instruments for tests and benchmarks).
    fn hidden(&self) -> bool {
        false
    }

    fn parameters(&self) -> &'static [Parameter];

    /// The first one is what `table` shows.
    fn observables(&self) -> &'static [Observable];

    /// The parameter that stands for the size of the model, if it has one: tables extrapolate an axis of it to infinity.
    fn size_parameter(&self) -> Option<&'static str> {
        None
    }

    /// The scalar observable that is 1 for a run that diverged and 0 for any other, if runs can diverge.
    ///
    /// A run that diverged is a result like any other, except that its other observables may be NaN: they have no value.
    fn divergence_flag(&self) -> Option<&'static str> {
        None
    }

    /// What a task is expected to take on one core of today.
    fn cost(&self, parameters: &Parameters) -> Cost;

    /// Whether the values make sense together; each by itself is within its range already.
    ///
    /// # Errors
    /// One sentence that names the parameters at odds and the remedy.
    fn check(&self, _parameters: &Parameters) -> Result<(), String> {
        Ok(())
    }

    /// Computes one task: all observables, flattened in the order of [`Experiment::observables`].
    ///
    /// A pure function of its arguments.
    ///
    /// # Errors
    /// Why there is no result; the task is then recorded as failed.
    fn run(&self, parameters: &Parameters, stream: RandomStream) -> Result<Vec<f64>, TaskError>;

    /// Theory for the observables that have one (see [`Observable::has_theory`]), by name, one estimate an element.
    ///
    /// A pure function of the [`Experiment::theory_parameters`].
    fn theory(&self, _parameters: &Parameters) -> Vec<(&'static str, Vec<Estimate>)> {
        Vec::new()
    }

    /// The names of the parameters that the theory knows; points that agree in them share one theory.
    fn theory_parameters(&self) -> Vec<&'static str> {
        self.parameters().iter().map(|parameter| parameter.name).collect()
    }

    /// The number of values that [`Experiment::run`] returns.
    fn width(&self) -> usize {
        self.observables().iter().map(Observable::size).sum()
    }

    /// The number of these that are recorded, which are the first ones.
    fn kept_width(&self, replicate: u32) -> usize {
        let is_kept = |observable: &&Observable| observable.kept == Kept::EveryReplicate || replicate == 0;
        self.observables().iter().filter(is_kept).map(Observable::size).sum()
    }

    /// Where the values of an observable begin among those of a task.
    fn place(&self, observable: &str) -> Option<usize> {
        let index = self.observables().iter().position(|declared| declared.name == observable)?;
        Some(self.observables()[..index].iter().map(Observable::size).sum())
    }
}

/// The expected cost of one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    pub seconds: f64,
    pub bytes: f64,
}

/// Why a task has no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TaskError {
    #[error("{0}")]
    Model(String),
    #[error("the adapter asks for the parameter `{0}`, which its catalogue entry does not declare so")]
    Undeclared(&'static str),
}

/// Every experiment, hidden ones included.
pub fn catalogue() -> &'static [&'static dyn Experiment] {
    &[
        &capacity::Capacity,
        &information::Information,
        &movement::Movement,
        &reaching::Reaching,
        &null::Null,
        &probe::Probe,
    ]
}

/// The experiment of that name.
pub fn find(name: &str) -> Option<&'static dyn Experiment> {
    catalogue().iter().copied().find(|experiment| experiment.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_entry_is_sound() {
        for experiment in catalogue() {
            let name = experiment.name();
            let parameters = Parameters::defaults(experiment.parameters());
            for (index, parameter) in experiment.parameters().iter().enumerate() {
                let earlier = &experiment.parameters()[..index];
                assert!(earlier.iter().all(|other| other.name != parameter.name), "{name}: {} twice", parameter.name);
                assert_eq!(
                    parameter.accept(&parameter.default.into()),
                    Ok(parameter.default),
                    "{name}: {}",
                    parameter.name
                );
            }
            assert_eq!(experiment.check(&parameters), Ok(()), "{name}: the defaults are at odds");
            assert!(experiment.cost(&parameters).seconds > 0.0, "{name}");
            if let Some(size) = experiment.size_parameter() {
                let declared = experiment.parameters().iter().find(|parameter| parameter.name == size);
                assert!(declared.is_some_and(|declared| !matches!(declared.kind, Kind::Choice(_))), "{name}: {size}");
            }
            if let Some(flag) = experiment.divergence_flag() {
                let declared = experiment.observables().iter().find(|observable| observable.name == flag);
                assert!(declared.is_some_and(Observable::is_scalar), "{name}: {flag} is no scalar observable");
            }
            for observable in experiment.observables() {
                let clash = experiment.parameters().iter().any(|parameter| parameter.name == observable.name);
                let reserved = ["replicate", "status", "precision"].contains(&observable.name);
                assert!(!clash && !reserved, "{}", observable.name);
                let whole = observable.kept == Kept::EveryReplicate || !observable.is_scalar();
                assert!(whole, "{name}: the scalar {} is for every replicate to keep", observable.name);
            }
            let in_order =
                experiment.observables().is_sorted_by_key(|observable| observable.kept == Kept::FirstReplicate);
            assert!(in_order, "{name}: what only the first replicate keeps comes last");
            for (observable, theory) in experiment.theory(&parameters) {
                let declared = experiment.observables().iter().find(|declared| declared.name == observable);
                let fits = declared.is_some_and(|declared| declared.has_theory && declared.size() == theory.len());
                assert!(fits, "{observable}");
            }
            for known in experiment.theory_parameters() {
                assert!(experiment.parameters().iter().any(|parameter| parameter.name == known), "{name}: {known}");
            }
        }
    }
}
