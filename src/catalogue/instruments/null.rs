//! An experiment that does nothing: the instrument of the scheduler's and the store's own tests and benchmarks.

use std::time::Duration;

use crate::experiment::{Cost, Declaration, Experiment, Observable, Parameter, Parameters, Range, TaskFailure, Values};
use crate::machine::process::{abort, take_all_memory};
use crate::machine::threads::sleep;
use crate::random::RandomStream;

pub(in crate::catalogue) struct Null;

/// The last four end the process, or never end.
const OUTCOMES: [&str; 10] = [
    "value",
    "panic",
    "not-finite",
    "error",
    "censored-above",
    "censored-below",
    "abort",
    "stack-overflow",
    "endless",
    "memory",
];

static PARAMETERS: [Parameter; 4] = [
    Parameter::whole("index", 0, 1_000_000_000, 0).sentence("distinguishes tasks"),
    Parameter::number("duration", Range::closed(0.0, 3600.0), 0.0).unit("s", "s").sentence("how long the task sleeps"),
    Parameter::choice("outcome", &OUTCOMES).sentence("what becomes of the task"),
    Parameter::number("failing", Range::closed(0.0, 1.0), 1.0)
        .sentence("the fraction of tasks that `outcome` applies to"),
];

static OBSERVABLES: [Observable; 1] =
    [Observable::scalar("value").sentence("the first uniform variate of the task's stream")];

static DECLARATION: Declaration = Declaration {
    hidden: true,
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    ..Declaration::new("null", 1, "Nothing: one random number per task.")
};

impl Experiment for Null {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        Ok(Cost { seconds: parameters.number("duration")? + 1e-6, bytes: 1e3 })
    }

    fn run(&self, parameters: &Parameters, mut stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let duration = parameters.number("duration")?;
        if duration > 0.0 {
            sleep(Duration::from_secs_f64(duration));
        }
        let value = stream.uniform();
        let told =
            if stream.bernoulli(parameters.number("failing")?) { parameters.choice("outcome")? } else { "value" };
        match told {
            "panic" => panic_as_told(),
            "error" => return Err(TaskFailure::model("this null task was told to fail")),
            "censored-above" => return Err(TaskFailure::censored_above("this null task was told to exceed its limit")),
            "censored-below" => return Err(TaskFailure::censored_below("this null task was told to miss its limit")),
            "not-finite" => values.set("value", f64::NAN),
            "abort" => abort(),
            "stack-overflow" => values.set("value", overflow_the_stack(value)),
            "endless" => sleep_without_end(),
            "memory" => take_all_memory(),
            _ => values.set("value", value),
        }
        Ok(())
    }
}

#[allow(clippy::panic, reason = "the scheduler must survive a model that panics, so one model does")]
fn panic_as_told() -> ! {
    panic!("this null task was told to panic")
}

/// Calls itself until there is no stack left.
#[allow(unconditional_recursion, reason = "the end of the stack is what is wanted")]
fn overflow_the_stack(value: f64) -> f64 {
    let page = std::hint::black_box([value; 512]);
    overflow_the_stack(page[0]) + page[511]
}

fn sleep_without_end() -> ! {
    loop {
        sleep(Duration::from_secs(1));
    }
}
