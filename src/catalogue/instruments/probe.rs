//! An experiment whose runs may diverge and whose first replicate keeps more: with [`super::null`], an instrument of tests.

use std::ops::Bound::Included;
use std::time::Duration;

use crate::experiment::{
    Cost, Experiment, Kept, Kind, Observable, OwnDimension, Parameter, Parameters, TaskError, Value,
};
use crate::random::RandomStream;

pub struct Probe;

const PATH_STEPS: usize = 4;

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
    fraction("failing", "the fraction of tasks that fail"),
    fraction("diverging", "the fraction of the other tasks that diverge"),
];

const fn fraction(name: &'static str, doc: &'static str) -> Parameter {
    Parameter { name, unit: "1", kind: Kind::Number(Included(0.0), Included(1.0)), default: Value::Number(0.0), doc }
}

static OBSERVABLES: [Observable; 3] = [
    scalar("value", "a uniform variate; none if the run diverged"),
    scalar("diverged", "1 if the run diverged, else 0"),
    Observable {
        name: "path",
        unit: "1",
        doc: "partial sums of uniform variates, the first of which is the value; only this one if the run diverged",
        dimensions: &[OwnDimension {
            name: "step",
            unit: "1",
            doc: "step of the path",
            length: PATH_STEPS,
            coordinate: |step| step as f64,
        }],
        kept: Kept::FirstReplicate,
        has_theory: false,
    },
];

const fn scalar(name: &'static str, doc: &'static str) -> Observable {
    Observable { name, unit: "1", doc, dimensions: &[], kept: Kept::EveryReplicate, has_theory: false }
}

impl Experiment for Probe {
    fn name(&self) -> &'static str {
        "probe"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Random numbers, and runs that diverge."
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

    fn divergence_flag(&self) -> Option<&'static str> {
        Some("diverged")
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
            return Err(TaskError::Model("this probe was told to fail".into()));
        }
        let diverged = stream.bernoulli(parameters.number("diverging")?);
        let nothing = |number| if diverged { f64::NAN } else { number };
        let mut values = vec![nothing(value), f64::from(u8::from(diverged))];
        let mut sum = value;
        values.push(sum);
        for _ in 1..PATH_STEPS {
            sum += stream.uniform();
            values.push(nothing(sum));
        }
        Ok(values)
    }
}
