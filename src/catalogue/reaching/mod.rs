//! Learning to reach: the adapter of [`crate::models::reaching::Reaching`].

mod observables;
mod parameters;

use observables::{OBSERVABLES, values};
use parameters::{APART, INERTIA, JOINT, MICROZONE, MUSCLES, NONE, ORDERED, PARAMETERS, SYNAPSE};

use super::nitric_oxide::sheet::{cost_of_sheet, sheet, steps};
use crate::experiment::{Cost, Experiment, Observable, Parameter, Parameters, TaskError};
use crate::models::nitric_oxide::STEP;
use crate::models::reaching::{
    self, Actuation, AverageScope, Controller, FeedForward, LearningRule, MicrozoneOrder, MossyOrder, OliveScale,
    Reaching as Model, ReachingParameters,
};
use crate::random::RandomStream;

pub struct Reaching;

impl Experiment for Reaching {
    fn name(&self) -> &'static str {
        "reaching"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "An arm that learns to reach by nitric oxide in the cerebellum (Schweighofer & Ferriol 2000, Fig. 3)."
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
        expected_cost(parameters).unwrap_or(Cost { seconds: 1.0, bytes: 4e7 })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), String> {
        let described = described(parameters).map_err(|error| error.to_string())?;
        described.check().map_err(|error| error.to_string())
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream) -> Result<Vec<f64>, TaskError> {
        let outcome = Model::new(described(parameters)?).and_then(|model| model.run(&stream));
        outcome.map(|outcome| values(&outcome)).map_err(|error| TaskError::Model(error.to_string()))
    }
}

/// The crude controller with its gains multiplied.
fn controller(parameters: &Parameters, actuation: Actuation) -> Result<Controller, TaskError> {
    let crude = Controller::crude(actuation);
    let (position_gain, velocity_gain) = (parameters.number("position_gain")?, parameters.number("velocity_gain")?);
    Ok(Controller {
        position_gains: crude.position_gains.map(|gain| gain * position_gain),
        velocity_gains: crude.velocity_gains.map(|gain| gain * velocity_gain),
        feed_forward: if parameters.choice("feed_forward")? == INERTIA {
            FeedForward::Inertia
        } else {
            FeedForward::Nothing
        },
    })
}

fn learning(parameters: &Parameters) -> Result<LearningRule, TaskError> {
    Ok(LearningRule {
        rate: parameters.number("learning_rate")?,
        renewal: -libm::expm1(-STEP / parameters.number("average_window")?),
        scope: match parameters.choice("average_scope")? {
            MICROZONE => AverageScope::Microzone,
            _ => AverageScope::Synapse,
        },
        least_weight: if parameters.choice("weight_bound")? == NONE { f64::NEG_INFINITY } else { 0.0 },
    })
}

fn described(parameters: &Parameters) -> Result<ReachingParameters, TaskError> {
    let is = |name, choice| parameters.choice(name).map(|chosen| chosen == choice);
    let actuation = if is("actuation", MUSCLES)? {
        Actuation::Muscles { co_contraction: parameters.number("co_contraction")? }
    } else {
        Actuation::Torque
    };
    Ok(ReachingParameters {
        sheet: sheet(parameters, reaching::MICROZONES)?,
        microzone_order: if is("microzone_order", APART)? {
            MicrozoneOrder::AntagonistsApart
        } else {
            MicrozoneOrder::AntagonistsTogether
        },
        io_rate: parameters.number("io_rate")?,
        olive_scale: if is("olive_scale", JOINT)? { OliveScale::Joint } else { OliveScale::Common },
        olive_baseline: parameters.number("olive_baseline")?,
        nucleo_olivary_inhibition: parameters.number("nucleo_olivary_inhibition")?,
        error_delay: steps("error_delay", parameters.number("error_delay")?)?,
        parallel_fibre_release: parameters.number("parallel_fibre_release")?,
        memory_trace: parameters.number("memory_trace")?,
        learning: learning(parameters)?,
        normalised_by_own_maximum: is("normalise_by_maximum", SYNAPSE)?,
        cerebellar_gain: parameters.number("cerebellar_gain")?,
        mossy_order: if is("granule_wiring", ORDERED)? { MossyOrder::Ordered } else { MossyOrder::Shuffled },
        mossy_fibre_noise: parameters.number("mossy_fibre_noise")?,
        controller: controller(parameters, actuation)?,
        actuation,
        target_distance: parameters.number("target_distance")?,
        movements: parameters.count("movements")?,
    })
}

/// Fits measured times (`benches/reaching.rs`) within a factor of two.
fn expected_cost(parameters: &Parameters) -> Result<Cost, TaskError> {
    let (step, bytes) = cost_of_sheet(&sheet(parameters, reaching::MICROZONES)?);
    let steps = parameters.count("movements")? as f64 * reaching::STEPS_PER_MOVEMENT as f64;
    let noise = if parameters.number("mossy_fibre_noise")? > 0.0 { 1.2e-5 } else { 0.0 };
    Ok(Cost { seconds: 0.1 + steps * (step + 8e-6 + noise), bytes: bytes + 3e7 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogues_defaults_are_the_models() {
        let described = described(&Parameters::defaults(&PARAMETERS)).unwrap();
        assert_eq!(described, ReachingParameters::default());
    }
}
