//! An experiment that does nothing: the instrument of the scheduler's and the store's own tests and benchmarks.

use std::ops::Bound::Included;
use std::time::Duration;

use crate::experiment::{Cost, Experiment, Kept, Kind, Observable, Parameter, Parameters, TaskError, Value};
use crate::random::RandomStream;

pub struct Null;

static PARAMETERS: [Parameter; 4] = [
    Parameter {
        name: "index",
        unit: "1",
        kind: Kind::Integer(0, 1_000_000_000),
        default: Value::Integer(0),
        doc: "distinguishes tasks",
    },
    Parameter {
        name: "duration",
        unit: "s",
        kind: Kind::Number(Included(0.0), Included(3600.0)),
        default: Value::Number(0.0),
        doc: "how long the task sleeps",
    },
    Parameter {
        name: "outcome",
        unit: "1",
        kind: Kind::Choice(&["value", "panic", "not-finite", "error"]),
        default: Value::Choice("value"),
        doc: "what becomes of the task",
    },
    Parameter {
        name: "failing",
        unit: "1",
        kind: Kind::Number(Included(0.0), Included(1.0)),
        default: Value::Number(1.0),
        doc: "the fraction of tasks that `outcome` applies to",
    },
];

static OBSERVABLES: [Observable; 1] = [Observable {
    name: "value",
    unit: "1",
    doc: "the first uniform variate of the task's stream",
    dimensions: &[],
    kept: Kept::EveryReplicate,
    has_theory: false,
}];

impl Experiment for Null {
    fn name(&self) -> &'static str {
        "null"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Nothing: one random number a task."
    }

    fn hidden(&self) -> bool {
        true
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn observables(&self) -> &'static [Observable] {
        &OBSERVABLES
    }

    fn cost(&self, parameters: &Parameters) -> Cost {
        Cost { seconds: parameters.number("duration").unwrap_or(0.0) + 1e-6, bytes: 1e3 }
    }

    fn run(&self, parameters: &Parameters, mut stream: RandomStream) -> Result<Vec<f64>, TaskError> {
        let duration = parameters.number("duration")?;
        if duration > 0.0 {
            std::thread::sleep(Duration::from_secs_f64(duration));
        }
        let value = stream.uniform();
        if stream.bernoulli(parameters.number("failing")?) {
            match parameters.choice("outcome")? {
                // The scheduler must survive a model that panics, so one model does.
                "panic" => panic!("this null task was told to panic"),
                "error" => return Err(TaskError::Model("this null task was told to fail".into())),
                "not-finite" => return Ok(vec![f64::NAN]),
                _ => {}
            }
        }
        Ok(vec![value])
    }
}
