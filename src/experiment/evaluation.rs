//! Computes one task so that whatever happens in the model becomes a result or a reason.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::values::{Finished, Values};
use super::{Experiment, Literal, Outcome, Parameters, TaskFailure};
use crate::random::RandomStream;

thread_local! {
    /// While this thread is inside a model.
    static INSIDE: RefCell<Option<Inside>> = const { RefCell::new(None) };
}

/// How a panic inside a model is recorded.
struct Inside {
    /// Whether the terminal sees it too.
    aloud: bool,
    /// The panic's message, once there is one.
    message: Option<String>,
}

/// What is recorded of one task, or why there is nothing: the model's own reason, a panic, or a value that is not
/// finite.
///
/// A run that diverged has a record too, in which NaN means "no value".
pub fn evaluate(experiment: &dyn Experiment, parameters: &Parameters, replicate: u32, stream: RandomStream) -> Outcome {
    recorded(experiment, replicate, run(experiment, parameters, stream, false))
}

/// As [`evaluate`]; a panic is shown on the terminal too, with what RUST_BACKTRACE asks for.
pub(crate) fn evaluate_aloud(
    experiment: &dyn Experiment,
    parameters: &Parameters,
    replicate: u32,
    stream: RandomStream,
) -> Outcome {
    recorded(experiment, replicate, run(experiment, parameters, stream, true))
}

fn recorded(experiment: &dyn Experiment, replicate: u32, values: Result<Finished, TaskFailure>) -> Outcome {
    match values.and_then(|values| finite(experiment, values)) {
        Ok(mut values) => {
            values.truncate(experiment.declaration().kept_width(replicate));
            Outcome::Done(values)
        }
        Err(failure) => Outcome::Failed(failure),
    }
}

fn run(
    experiment: &dyn Experiment,
    parameters: &Parameters,
    stream: RandomStream,
    aloud: bool,
) -> Result<Finished, TaskFailure> {
    let mut values = Values::new(experiment.declaration().observables);
    let (outcome, message) =
        quietly(aloud, || panic::catch_unwind(AssertUnwindSafe(|| experiment.run(parameters, stream, &mut values))));
    outcome.unwrap_or_else(|_| Err(TaskFailure::panic(message.unwrap_or_else(|| "panicked".into()))))?;
    values.finish()
}

/// The values, if all of them are finite that have to be.
fn finite(experiment: &dyn Experiment, mut values: Finished) -> Result<Vec<f64>, TaskFailure> {
    let diverged = has_diverged(experiment, &values)?;
    for (observable, own) in values.present() {
        for value in own.iter_mut().filter(|value| !value.is_finite()) {
            if !(diverged && value.is_nan()) {
                return Err(TaskFailure::model(format!("{} is {value}", observable.name())));
            }
            // Processors differ in the bits of the NaN that an operation gives.
            *value = f64::NAN;
        }
    }
    Ok(values.flat)
}

fn has_diverged(experiment: &dyn Experiment, values: &Finished) -> Result<bool, TaskFailure> {
    let Some(flag) = experiment.declaration().divergence_flag else { return Ok(false) };
    match values.scalar(flag).unwrap_or(f64::NAN) {
        0.0 => Ok(false),
        1.0 => Ok(true),
        other => {
            let what = "but it says whether the run diverged and can only be 0 or 1";
            Err(TaskFailure::model(format!("{flag} is {}, {what}", Literal::Number(other))))
        }
    }
}

/// What the closure, which catches panics, gives, and the message of the panic if there was one; the terminal sees it
/// only if it is to be `aloud`.
pub(super) fn quietly<T>(aloud: bool, attempt: impl FnOnce() -> T) -> (T, Option<String>) {
    keep_panics_of_models_quiet();
    INSIDE.set(Some(Inside { aloud, message: None }));
    let outcome = attempt();
    (outcome, INSIDE.take().and_then(|inside| inside.message))
}

/// A panic inside a model is a recorded result, not news for the terminal; any other panic stays as loud as ever.
fn keep_panics_of_models_quiet() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_shown = INSIDE.with_borrow_mut(|inside| match inside {
                Some(inside) => {
                    inside.message = Some(info.to_string().replace(":\n", ": "));
                    inside.aloud
                }
                None => true,
            });
            if is_shown {
                loud(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::super::{Cost, Declaration, FailureClass, Observable, OwnDimension};
    use super::*;

    /// A model that returns given values.
    struct Returning {
        declaration: &'static Declaration,
        values: [f64; 4],
    }

    const STEP: OwnDimension = OwnDimension::new("step", 2, |_| 0.0);

    static OBSERVABLES: [Observable; 3] = [
        Observable::scalar("error"),
        Observable::scalar("diverged"),
        Observable::array("path", &[STEP]).of_first_replicate(),
    ];

    static PLAIN: Declaration = Declaration { observables: &OBSERVABLES, ..Declaration::new("returning", 1, "") };
    static FLAGGED: Declaration = Declaration { divergence_flag: Some("diverged"), ..PLAIN };

    impl Experiment for Returning {
        fn declaration(&self) -> &'static Declaration {
            self.declaration
        }

        fn cost(&self, _parameters: &Parameters) -> Result<Cost, TaskFailure> {
            Ok(Cost::default())
        }

        fn run(&self, _: &Parameters, _: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
            values.set("error", self.values[0]);
            values.set("diverged", self.values[1]);
            values.set_array("path", &self.values[2..]);
            Ok(())
        }
    }

    /// The bits of what is recorded.
    fn recorded(values: [f64; 4], declaration: &'static Declaration, replicate: u32) -> Result<Vec<u64>, TaskFailure> {
        let model = Returning { declaration, values };
        match evaluate(&model, &Parameters::defaults(&[]), replicate, RandomStream::from_seed([0; 32])) {
            Outcome::Done(values) => Ok(bits(&values)),
            Outcome::Failed(failure) => Err(failure),
        }
    }

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    const NAN: f64 = f64::NAN;
    const INFINITY: f64 = f64::INFINITY;

    #[test]
    fn a_run_that_diverged_is_a_result_with_one_and_the_same_nan() {
        for values in [[0.5, 0.0, 1.0, 2.0], [0.5, 1.0, 1.0, 2.0], [NAN, 1.0, 1.0, NAN], [NAN, 1.0, NAN, NAN]] {
            assert_eq!(recorded(values, &FLAGGED, 0), Ok(bits(&values)));
        }
        let other = f64::from_bits(NAN.to_bits() | 1 << 63 | 77);
        assert_eq!(recorded([other, 1.0, 1.0, -other], &FLAGGED, 0), Ok(bits(&[NAN, 1.0, 1.0, NAN])));
    }

    #[test]
    fn whatever_else_is_not_finite_is_a_failure() {
        let wrong: [([f64; 4], &'static Declaration, &str); 9] = [
            ([NAN, 0.0, 1.0, 2.0], &FLAGGED, "error is NaN"),
            ([0.5, 0.0, 1.0, NAN], &FLAGGED, "path is NaN"),
            ([INFINITY, 1.0, 1.0, 2.0], &FLAGGED, "error is inf"),
            ([NAN, 1.0, 1.0, -INFINITY], &FLAGGED, "path is -inf"),
            ([0.5, NAN, 1.0, 2.0], &FLAGGED, "diverged is NaN"),
            ([0.5, INFINITY, 1.0, 2.0], &FLAGGED, "diverged is inf"),
            ([NAN, 2.0, 1.0, 2.0], &FLAGGED, "diverged is 2, but"),
            ([0.5, 0.25, 1.0, 2.0], &FLAGGED, "diverged is 0.25, but"),
            ([NAN, 1.0, 1.0, 2.0], &PLAIN, "error is NaN"),
        ];
        for (values, declaration, said) in wrong {
            // What is not kept is judged like the rest: a replicate does not fail by its number.
            for replicate in [0, 1] {
                let failure = recorded(values, declaration, replicate).unwrap_err();
                assert!(failure.message.contains(said), "{values:?}: {failure}");
                assert_eq!(failure.class, FailureClass::Model);
            }
        }
    }

    #[test]
    fn only_the_first_replicate_keeps_what_is_for_it() {
        let values = [0.5, 0.0, 1.0, 2.0];
        assert_eq!(recorded(values, &PLAIN, 0), Ok(bits(&values)));
        for replicate in [1, 2, 1000] {
            assert_eq!(recorded(values, &PLAIN, replicate), Ok(bits(&values[..2])));
        }
    }
}
