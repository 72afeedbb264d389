//! An experiment whose runs may diverge and whose first replicate keeps more: with [`super::null`], an instrument of
//! tests.

use std::time::Duration;

use crate::experiment::{
    Cost, Declaration, Experiment, Observable, OwnDimension, Parameter, Parameters, Range, TaskFailure, Values,
};
use crate::machine::threads::sleep;
use crate::random::RandomStream;

pub(in crate::catalogue) struct Probe;

const PATH_STEPS: usize = 4;

static PARAMETERS: [Parameter; 4] = [
    Parameter::whole("index", 0, 1_000_000_000, 0).sentence("distinguishes tasks"),
    Parameter::number("duration", Range::closed(0.0, 3600.0), 0.0).unit("s", "s").sentence("how long the task sleeps"),
    Parameter::number("failing", Range::closed(0.0, 1.0), 0.0).sentence("the fraction of tasks that fail"),
    Parameter::number("diverging", Range::closed(0.0, 1.0), 0.0)
        .sentence("the fraction of the other tasks that diverge"),
];

static OBSERVABLES: [Observable; 3] = [
    Observable::scalar("value").sentence("a uniform variate; none if the run diverged"),
    Observable::scalar("diverged").sentence("1 if the run diverged, else 0"),
    Observable::array("path", &[STEP])
        .sentence(
            "partial sums of uniform variates, the first of which is the value; only this one if the run diverged",
        )
        .of_first_replicate(),
];

const STEP: OwnDimension = OwnDimension::new("step", PATH_STEPS, |step| step as f64).sentence("step of the path");

static DECLARATION: Declaration = Declaration {
    hidden: true,
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    divergence_flag: Some("diverged"),
    ..Declaration::new("probe", 1, "Random numbers, and runs that diverge.")
};

impl Experiment for Probe {
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
        if stream.bernoulli(parameters.number("failing")?) {
            return Err(TaskFailure::model("this probe was told to fail"));
        }
        let diverged = stream.bernoulli(parameters.number("diverging")?);
        let nothing = |number| if diverged { f64::NAN } else { number };
        values.set("value", nothing(value));
        values.set("diverged", f64::from(u8::from(diverged)));
        let mut path = [value; PATH_STEPS];
        let mut sum = value;
        for place in &mut path[1..] {
            sum += stream.uniform();
            *place = nothing(sum);
        }
        values.set_array("path", &path);
        Ok(())
    }
}
