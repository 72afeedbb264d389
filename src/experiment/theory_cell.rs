//! A cell of theory: what the theory of an experiment says at one set of the parameters that it knows.

use std::panic::{self, AssertUnwindSafe};

use super::evaluation::quietly;
use super::{Cost, Estimate, Estimates, Experiment, Outcome, Parameters, TaskFailure};
use crate::random::RandomStream;

/// What names the theory of an experiment at a point, and computes it.
///
/// The identity is a text, one `key value` line each for the experiment, the version of its theory, every parameter
/// that the theory knows in alphabetical order, and the relative standard error that is asked for, where the theory has
/// one. BLAKE3 of that text is the cell's digest, and the key of its random stream: the errors of different cells are
/// independent.
pub struct TheoryCell {
    experiment: &'static dyn Experiment,
    parameters: Parameters,
    relative_error: f64,
}

impl TheoryCell {
    /// The cell of an experiment that has a theory. `relative_error` is the one that is asked for, if anybody asks.
    pub fn new(experiment: &'static dyn Experiment, parameters: Parameters, relative_error: Option<f64>) -> Self {
        let default = experiment.declaration().theory.map_or(0.0, |theory| theory.default_error());
        Self { experiment, parameters, relative_error: relative_error.unwrap_or(default) }
    }

    /// The text that names it.
    pub fn identity(&self) -> String {
        let declaration = self.experiment.declaration();
        let Some(theory) = declaration.theory else { return String::new() };
        let mut known: Vec<_> = self.parameters.iter().filter(|(name, _)| theory.parameters.contains(name)).collect();
        known.sort_unstable_by_key(|(name, _)| *name);
        let mut text = format!("theory {}\nversion {}\n", declaration.name, theory.version);
        known.iter().for_each(|(name, value)| text.push_str(&format!("{name} {}\n", value.identity())));
        if theory.relative_error.is_some() {
            text.push_str(&format!("relative_error {:e}\n", self.relative_error));
        }
        text
    }

    /// The digest that names it.
    pub fn digest(&self) -> [u8; 32] {
        *blake3::hash(self.identity().as_bytes()).as_bytes()
    }

    /// The stream of its random numbers.
    pub fn stream(&self) -> RandomStream {
        RandomStream::from_seed(self.digest())
    }

    /// What it is expected to take on one thread of today.
    pub(crate) fn cost(&self) -> Cost {
        // The parameters make sense together, so that an error is the adapter's; the cost is an estimate anyway.
        self.experiment.theory_cost(&self.parameters, self.relative_error).unwrap_or_default()
    }

    /// What the theory says, with the stream of this cell.
    ///
    /// # Errors
    /// As [`TheoryCell::evaluate`].
    pub fn estimates(&self) -> Result<Estimates, TaskFailure> {
        self.evaluate(self.stream())
    }

    /// The predictions of the theory, or why there are none. `stream` is the stream of this cell or, where a difference
    /// of two cells is wanted, the same stream for both: then most of their errors cancel.
    ///
    /// # Errors
    /// The accuracy is out of reach, or the theory contradicts its declaration.
    pub fn evaluate(&self, stream: RandomStream) -> Result<Estimates, TaskFailure> {
        let mut estimates = Estimates::new(self.experiment.declaration(), self.relative_error);
        self.experiment.theory(&self.parameters, stream, &mut estimates)?;
        estimates.finish()
    }

    /// The best value of the parameter that the theory can optimise, and what the theory says there.
    ///
    /// # Errors
    /// As [`TheoryCell::evaluate`]; or nothing can be optimised.
    pub(crate) fn optimum(&self, stream: RandomStream) -> Result<(f64, Estimates), TaskFailure> {
        let mut estimates = Estimates::new(self.experiment.declaration(), self.relative_error);
        let best = self.experiment.optimum(&self.parameters, stream, &mut estimates)?;
        Ok((best, estimates.finish()?))
    }

    /// What is recorded of the cell: for each observable that has a theory, in the order of the declaration, value and
    /// standard error of each element in turn, NaN where nothing is known. A panic is a failure like any other.
    pub(crate) fn outcome(&self) -> Outcome {
        let (outcome, message) = quietly(false, || panic::catch_unwind(AssertUnwindSafe(|| self.estimates())));
        match outcome {
            Ok(Ok(estimates)) => Outcome::Done(recorded(&estimates)),
            Ok(Err(failure)) => Outcome::Failed(failure),
            Err(_) => Outcome::Failed(TaskFailure::panic(message.unwrap_or_else(|| "panicked".into()))),
        }
    }
}

fn recorded(estimates: &Estimates) -> Vec<f64> {
    let with_theory = estimates.declaration().observables.iter().filter(|observable| observable.has_theory);
    let elements = with_theory.flat_map(|observable| match estimates.of(observable.name()) {
        Some(found) => found.to_vec(),
        None => vec![Estimate::UNKNOWN; observable.size()],
    });
    // Processors differ in the bits of the NaN that an operation gives.
    let canonical = |value: f64| if value.is_nan() { f64::NAN } else { value };
    elements.flat_map(|element| [canonical(element.value), canonical(element.standard_error)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Literal;

    fn cell(changes: &[(&str, f64)], relative_error: Option<f64>) -> TheoryCell {
        let experiment = crate::catalogue::find("capacity").unwrap();
        let parameters = changes
            .iter()
            .fold(Parameters::defaults(experiment.declaration().parameters), |parameters, (name, value)| {
                parameters.with(name, &Literal::Number(*value)).unwrap()
            });
        TheoryCell::new(experiment, parameters, relative_error)
    }

    #[test]
    fn a_cell_is_named_by_what_its_theory_knows_and_by_its_accuracy() {
        let base = cell(&[], None);
        let version = crate::catalogue::find("capacity").unwrap().declaration().theory.unwrap().version;
        assert_eq!(
            base.identity(),
            format!(
                "theory capacity\nversion {version}\nbistability 0e0\ninput_correlation 0e0\noutput_coding 5e-1\n\
                 output_correlation 0e0\nrobustness 0e0\nweight_bound non-negative\nrelative_error 5e-3\n"
            )
        );
        assert_eq!(cell(&[("inputs", 77.0), ("load_limit", 9.0)], None).digest(), base.digest());
        assert_eq!(cell(&[], Some(0.005)).digest(), base.digest());
        assert_ne!(cell(&[], Some(0.01)).digest(), base.digest());
        assert_ne!(cell(&[("robustness", 1.0)], None).digest(), base.digest());
    }

    #[test]
    fn cells_have_random_numbers_of_their_own_and_one_stream_pairs_them() {
        let at = |correlation: f64, stream: &TheoryCell| {
            let cell = cell(&[("input_correlation", 0.8), ("output_correlation", correlation)], Some(0.05));
            cell.evaluate(stream.stream()).unwrap().of("capacity").unwrap()[0].value
        };
        let (one, other) = (cell(&[], None), cell(&[("robustness", 1.0)], None));
        assert_eq!(at(0.5, &one).to_bits(), at(0.5, &one).to_bits());
        assert_ne!(at(0.5, &one), at(0.5, &other));
    }
}
