//! Computes one task so that whatever happens in the model becomes a result or a reason.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use super::{Experiment, Parameters};
use crate::random::RandomStream;

thread_local! {
    /// While this thread is inside a model: the panic's message, once there is one.
    static PANIC: RefCell<Option<Option<String>>> = const { RefCell::new(None) };
}

/// What is recorded of one task, or why there is nothing: the model's own reason, a panic, or a value that is not finite.
///
/// A run that diverged has a record too, in which NaN stands for what has no value.
///
/// # Errors
/// The reason, as it is recorded.
pub fn evaluate(
    experiment: &dyn Experiment,
    parameters: &Parameters,
    replicate: u32,
    stream: RandomStream,
) -> Result<Vec<f64>, String> {
    keep_panics_of_models_quiet();
    PANIC.set(Some(None));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| experiment.run(parameters, stream)));
    let message = PANIC.take().flatten();
    let mut values = match outcome {
        Ok(result) => result.map_err(|error| error.to_string())?,
        Err(_) => return Err(message.unwrap_or_else(|| "panicked".into())),
    };
    if values.len() != experiment.width() {
        return Err(format!("the model returned {} values, its catalogue entry {}", values.len(), experiment.width()));
    }
    let diverged = has_diverged(experiment, &values)?;
    let mut offset = 0;
    for observable in experiment.observables() {
        let own = &mut values[offset..offset + observable.size()];
        for value in own.iter_mut().filter(|value| !value.is_finite()) {
            if !(diverged && value.is_nan()) {
                return Err(format!("{} is {value}", observable.name));
            }
            // Processors differ in the bits of the NaN that an operation gives.
            *value = f64::NAN;
        }
        offset += observable.size();
    }
    values.truncate(experiment.kept_width(replicate));
    Ok(values)
}

fn has_diverged(experiment: &dyn Experiment, values: &[f64]) -> Result<bool, String> {
    let Some(flag) = experiment.divergence_flag() else { return Ok(false) };
    match experiment.place(flag).map_or(f64::NAN, |place| values[place]) {
        0.0 => Ok(false),
        1.0 => Ok(true),
        other => Err(format!("{flag} is {other}, but it tells whether the run diverged and can only be 0 or 1")),
    }
}

/// A panic inside a model is a recorded result, not news for the terminal; any other panic stays as loud as ever.
fn keep_panics_of_models_quiet() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let inside = PANIC.with_borrow_mut(|state| match state {
                Some(message) => {
                    *message = Some(info.to_string().replace(":\n", ": "));
                    true
                }
                None => false,
            });
            if !inside {
                loud(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::super::{Cost, Kept, Observable, OwnDimension, Parameter, TaskError};
    use super::*;

    /// A model that returns what it is told to.
    struct Returning {
        values: Vec<f64>,
        flag: Option<&'static str>,
    }

    const STEP: OwnDimension = OwnDimension { name: "step", unit: "1", doc: "", length: 2, coordinate: |_| 0.0 };

    static OBSERVABLES: [Observable; 3] = [
        observable("error", &[], Kept::EveryReplicate),
        observable("diverged", &[], Kept::EveryReplicate),
        observable("path", &[STEP], Kept::FirstReplicate),
    ];

    const fn observable(name: &'static str, dimensions: &'static [OwnDimension], kept: Kept) -> Observable {
        Observable { name, unit: "1", doc: "", dimensions, kept, has_theory: false }
    }

    impl Experiment for Returning {
        fn name(&self) -> &'static str {
            "returning"
        }

        fn version(&self) -> u32 {
            1
        }

        fn summary(&self) -> &'static str {
            ""
        }

        fn parameters(&self) -> &'static [Parameter] {
            &[]
        }

        fn observables(&self) -> &'static [Observable] {
            &OBSERVABLES
        }

        fn divergence_flag(&self) -> Option<&'static str> {
            self.flag
        }

        fn cost(&self, _parameters: &Parameters) -> Cost {
            Cost { seconds: 1.0, bytes: 1.0 }
        }

        fn run(&self, _parameters: &Parameters, _stream: RandomStream) -> Result<Vec<f64>, TaskError> {
            Ok(self.values.clone())
        }
    }

    /// The bits of what is recorded.
    fn recorded(values: &[f64], flag: Option<&'static str>, replicate: u32) -> Result<Vec<u64>, String> {
        let model = Returning { values: values.to_vec(), flag };
        let outcome = evaluate(&model, &Parameters::defaults(&[]), replicate, RandomStream::from_seed([0; 32]));
        outcome.map(|values| bits(&values))
    }

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    const NAN: f64 = f64::NAN;
    const INFINITY: f64 = f64::INFINITY;

    #[test]
    fn a_run_that_diverged_is_a_result_with_one_and_the_same_nan() {
        let flag = Some("diverged");
        for values in [[0.5, 0.0, 1.0, 2.0], [0.5, 1.0, 1.0, 2.0], [NAN, 1.0, 1.0, NAN], [NAN, 1.0, NAN, NAN]] {
            assert_eq!(recorded(&values, flag, 0), Ok(bits(&values)));
        }
        let other = f64::from_bits(NAN.to_bits() | 1 << 63 | 77);
        assert_eq!(recorded(&[other, 1.0, 1.0, -other], flag, 0), Ok(bits(&[NAN, 1.0, 1.0, NAN])));
    }

    #[test]
    fn whatever_else_is_not_finite_is_a_failure() {
        let flag = Some("diverged");
        let wrong: [(&[f64], Option<&str>, &str); 10] = [
            (&[NAN, 0.0, 1.0, 2.0], flag, "error is NaN"),
            (&[0.5, 0.0, 1.0, NAN], flag, "path is NaN"),
            (&[INFINITY, 1.0, 1.0, 2.0], flag, "error is inf"),
            (&[NAN, 1.0, 1.0, -INFINITY], flag, "path is -inf"),
            (&[0.5, NAN, 1.0, 2.0], flag, "diverged is NaN"),
            (&[0.5, INFINITY, 1.0, 2.0], flag, "diverged is inf"),
            (&[NAN, 2.0, 1.0, 2.0], flag, "diverged is 2, but"),
            (&[0.5, 0.25, 1.0, 2.0], flag, "diverged is 0.25, but"),
            (&[NAN, 1.0, 1.0, 2.0], None, "error is NaN"),
            (&[NAN, 1.0, 1.0], flag, "3 values, its catalogue entry 4"),
        ];
        for (values, flag, said) in wrong {
            // What is not kept is judged like the rest: a replicate does not fail by its number.
            for replicate in [0, 1] {
                let reason = recorded(values, flag, replicate).unwrap_err();
                assert!(reason.contains(said), "{values:?}: {reason}");
            }
        }
    }

    #[test]
    fn only_the_first_replicate_keeps_what_is_for_it() {
        let values = [0.5, 0.0, 1.0, 2.0];
        assert_eq!(recorded(&values, None, 0), Ok(bits(&values)));
        for replicate in [1, 2, 1000] {
            assert_eq!(recorded(&values, None, replicate), Ok(bits(&values[..2])));
        }
    }
}
