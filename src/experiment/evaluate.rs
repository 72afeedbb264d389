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
    let mut offset = 0;
    for observable in experiment.observables() {
        let own = &values[offset..offset + observable.size()];
        if let Some(value) = own.iter().find(|value| !value.is_finite()) {
            return Err(format!("{} is {value}", observable.name));
        }
        offset += observable.size();
    }
    values.truncate(experiment.kept_width(replicate));
    Ok(values)
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
