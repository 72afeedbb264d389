//! What an experiment is: its declaration as data, its parameters and values, and how one task is computed.

mod declaration;
mod estimates;
mod evaluation;
mod observable;
mod outcome;
mod parameter;
mod parameters;
mod quantity;
mod refusal;
mod theory_cell;
mod values;

pub use declaration::{Declaration, OptimumDeclaration, RelativeError, TheoryDeclaration};
pub use estimates::{Estimate, Estimates};
pub use evaluation::evaluate;
pub(crate) use evaluation::evaluate_aloud;
pub use observable::{Better, Kept, Observable, OwnDimension, Picture};
pub use outcome::{FailureClass, Outcome, TaskFailure};
pub(crate) use parameter::canonical;
pub use parameter::{Kind, Literal, Parameter, Range, Value};
pub use parameters::Parameters;
pub use quantity::{Quantity, Unit};
pub(crate) use refusal::unquoted;
pub use theory_cell::TheoryCell;
pub use values::Values;

use crate::random::RandomStream;

/// One model as the rest of the program sees it: a declaration, and pure functions of the declared parameters.
pub trait Experiment: Sync {
    /// The entry in the catalogue.
    fn declaration(&self) -> &'static Declaration;

    /// What a task is expected to take on one core of today.
    ///
    /// # Errors
    /// The parameters do not make sense together.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure>;

    /// Whether the values make sense together; each by itself is within its range already.
    ///
    /// # Errors
    /// One sentence that names the parameters at odds and the remedy.
    fn check(&self, _parameters: &Parameters) -> Result<(), TaskFailure> {
        Ok(())
    }

    /// Computes one task: sets every declared observable.
    ///
    /// # Errors
    /// Why there is no result; the task is then recorded as failed.
    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure>;

    /// Sets what the theory knows, with relative standard errors of at most [`Estimates::relative_error`]; where it
    /// knows nothing, it sets nothing.
    ///
    /// It depends on the parameters of [`TheoryDeclaration::parameters`] and on the stream only.
    ///
    /// # Errors
    /// The relative error is out of reach, with an error that can be reached; or a model refuses the parameters.
    fn theory(
        &self,
        _parameters: &Parameters,
        _stream: RandomStream,
        _estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        Ok(())
    }

    /// What [`Experiment::theory`] is expected to take on one core of today.
    ///
    /// # Errors
    /// The parameters do not make sense together.
    fn theory_cost(&self, _parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        Ok(Cost { seconds: 0.0, bytes: 0.0 })
    }

    /// Finds the best value of the parameter of [`TheoryDeclaration::optimum`], and sets what the theory knows there.
    ///
    /// # Errors
    /// The relative error is out of reach, or nothing can be optimised.
    fn optimum(
        &self,
        _parameters: &Parameters,
        _stream: RandomStream,
        _estimates: &mut Estimates,
    ) -> Result<f64, TaskFailure> {
        Err(TaskFailure::model("no parameter of this experiment can be optimised"))
    }
}

/// The expected cost of one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Of one thread.
    pub seconds: f64,
    /// Of memory, while it is computed.
    pub bytes: f64,
}

impl Default for Cost {
    /// A guess where nothing is known.
    fn default() -> Self {
        Self { seconds: 1.0, bytes: 1e8 }
    }
}
