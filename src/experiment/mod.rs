//! What an experiment is: its declaration, its parameters and observables, and how one task is computed.

mod evaluate;
mod observable;
mod parameter;

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
