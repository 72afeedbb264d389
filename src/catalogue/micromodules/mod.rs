//! Nucleo-olivary loops: the adapter of [`crate::models::micromodules`].

mod observables;
mod parameters;
mod theory;

use self::observables::{DIVERGED, OBSERVABLES};
use self::parameters::{PARAMETERS, SPIKES};
use self::theory::{THEORY, set_theory};
use crate::catalogue::sources;
use crate::experiment::{Cost, Declaration, Estimates, Experiment, Parameters, TaskFailure, Value, Values};
use crate::models::micromodules::{
    ClimbingFibreCode, MicromoduleParameters, Micromodules as Model, perturb, relax, simulate,
};
use crate::random::RandomStream;

pub(super) struct Micromodules;

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    divergence_flag: Some(DIVERGED),
    // A loop that oscillates while its olive never falls silent needs a long delay, or a high rate.
    example: &[
        ("modules", Value::Integer(4)),
        ("crosstalk", Value::Number(0.25)),
        ("nuclear_step", Value::Number(0.6)),
        ("nucleo_olivary_inhibition", Value::Number(1.0)),
        ("loop_delay", Value::Number(1.0)),
        ("olive_baseline", Value::Number(10.0)),
        ("equilibrium_rate", Value::Number(10.0)),
        ("error_rate", Value::Number(1.0)),
    ],
    sources: &[sources::KENYON_1998],
    ..Declaration::new(
        "micromodules",
        1,
        "Inhibition of the inferior olive by the cerebellar nuclei: stability, homeostasis and specificity (Kenyon et \
         al. 1998).",
    )
};

impl Experiment for Micromodules {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times (`benches/circuit.rs`) within a factor of two.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        let model = model(parameters)?;
        let (steps, modules) = (model.steps() as f64, model.parameters().modules as f64);
        let drawn = if model.parameters().climbing_fibre_code == ClimbingFibreCode::Spikes { 7e-9 } else { 3e-9 };
        let history = 16.0 * modules * (model.delay_steps() + 1) as f64;
        Ok(Cost { seconds: 2e-5 + steps * (2e-8 + modules * drawn), bytes: 1e5 + history })
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let model = model(parameters)?;
        let (course, deviation, relaxation) = (simulate(&model, &stream), perturb(&model), relax(&model));
        values.set("olive_rate", course.olive_rate);
        values.set("nuclear_rate", course.nuclear_rate);
        values.set("response_target", course.response_target);
        values.set("growth", deviation.growth);
        values.set(DIVERGED, f64::from(u8::from(relaxation.reached_floor && deviation.growth > 1.0)));
        for (name, value) in [
            ("nuclear_variance", course.nuclear_variance),
            ("difference_variance", course.difference_variance),
            ("response_others", course.response_others),
            ("period", deviation.period),
            ("settling_time", relaxation.settling_time),
        ] {
            match value {
                Some(value) => values.set(name, value),
                None => values.absent(name),
            }
        }
        Ok(())
    }

    fn theory(
        &self,
        parameters: &Parameters,
        _stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        set_theory(&model(parameters)?, estimates);
        Ok(())
    }

    /// Where a loop is slow, its variance is a sum over the steps of the run.
    fn theory_cost(&self, parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        Ok(Cost { seconds: 1e-4 + 2e-8 * model(parameters)?.steps() as f64, bytes: 1e5 })
    }
}

fn model(parameters: &Parameters) -> Result<Model, TaskFailure> {
    let is_spikes = parameters.choice("climbing_fibre_code")? == SPIKES;
    let parameters = MicromoduleParameters {
        modules: parameters.count("modules")?,
        crosstalk: parameters.number("crosstalk")?,
        nuclear_step: parameters.number("nuclear_step")?,
        nucleo_olivary_inhibition: parameters.number("nucleo_olivary_inhibition")?,
        loop_delay: parameters.number("loop_delay")?,
        olive_baseline: parameters.number("olive_baseline")?,
        equilibrium_rate: parameters.number("equilibrium_rate")?,
        error_rate: parameters.number("error_rate")?,
        duration: parameters.number("duration")?,
        initial_rate: parameters.number("initial_rate")?,
        climbing_fibre_code: if is_spikes { ClimbingFibreCode::Spikes } else { ClimbingFibreCode::Rate },
    };
    Model::new(parameters).map_err(TaskFailure::model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogues_defaults_are_the_models() {
        let described = model(&Parameters::defaults(&PARAMETERS)).unwrap();
        assert_eq!(described.parameters(), &MicromoduleParameters::default());
    }
}
