//! An experiment some runs of which have no value of an observable, with a theory that is silent at some points.

use crate::experiment::{
    Cost, Declaration, Estimates, Experiment, Observable, Parameter, Parameters, Range, TaskFailure, TheoryDeclaration,
    Values,
};
use crate::random::RandomStream;

pub(in crate::catalogue) struct Latency;

static PARAMETERS: [Parameter; 1] = [Parameter::number("silence", Range::closed(0.0, 1.0), 0.5)
    .sentence("the fraction of runs in which nothing happens")];

static OBSERVABLES: [Observable; 2] = [
    Observable::scalar("events").sentence("1 if something happened, else 0").with_theory(),
    Observable::scalar("latency")
        .unit("s", "s")
        .sentence("when it happened: uniform between 0 and 1 s")
        .optional()
        .with_theory(),
];

static DECLARATION: Declaration = Declaration {
    hidden: true,
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(TheoryDeclaration {
        summary: "How often something happens, and when",
        parameters: &["silence"],
        closed_forms: &[Observable::scalar("odds").sentence("of an event against silence")],
        ..TheoryDeclaration::new(1)
    }),
    ..Declaration::new("latency", 1, "Events that may not happen.")
};

impl Experiment for Latency {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn cost(&self, _parameters: &Parameters) -> Result<Cost, TaskFailure> {
        Ok(Cost { seconds: 1e-6, bytes: 1e3 })
    }

    fn run(&self, parameters: &Parameters, mut stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let silent = stream.bernoulli(parameters.number("silence")?);
        values.set("events", f64::from(u8::from(!silent)));
        if silent {
            values.absent("latency");
        } else {
            values.set("latency", stream.uniform());
        }
        Ok(())
    }

    fn theory_cost(&self, _parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        Ok(Cost { seconds: 1e-6, bytes: 1e3 })
    }

    fn theory(
        &self,
        parameters: &Parameters,
        _stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        let silence = parameters.number("silence")?;
        estimates.set_exact("events", 1.0 - silence);
        if silence < 1.0 {
            estimates.set_exact("latency", 0.5);
        }
        if silence > 0.0 {
            estimates.set_exact("odds", (1.0 - silence) / silence);
        }
        Ok(())
    }
}
