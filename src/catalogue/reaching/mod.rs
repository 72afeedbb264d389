//! Learning to reach: the adapter of [`crate::models::reaching::Reaching`].

mod observables;
mod parameters;

use observables::{DIVERGED, OBSERVABLES, report};
use parameters::{DISPLACED, INERTIA, JOINT, MICROZONE, MUSCLES, NONE, ORDERED, PARAMETERS, SYNAPSE, UNCORRELATED};

use super::nitric_oxide::sheet::{cost_of_sheet, microzone_order, sheet, start, steps};
use crate::catalogue::sources;
use crate::experiment::{Cost, Declaration, Experiment, Parameters, TaskFailure, Value, Values};
use crate::models::nitric_oxide::STEP;
use crate::models::reaching::{
    self, Actuation, AverageScope, Controller, FeedForward, LearningRule, MossyOrder, OliveScale, Reaching as Model,
    ReachingParameters, ReleaseCourse,
};
use crate::random::RandomStream;

pub(super) struct Reaching;

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    divergence_flag: Some(DIVERGED),
    example: &[("movements", Value::Integer(8)), ("diffusion", Value::Number(0.0))],
    sources: &[sources::SCHWEIGHOFER_2000],
    ..Declaration::new(
        "reaching",
        2,
        "An arm that learns to reach by nitric oxide in the cerebellum (Schweighofer & Ferriol 2000, Fig. 3).",
    )
};

impl Experiment for Reaching {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times (`benches/reaching.rs`) within a factor of two.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        let (step, bytes) = cost_of_sheet(&sheet(parameters, reaching::MICROZONES)?);
        let steps = parameters.count("movements")? as f64 * reaching::STEPS_PER_MOVEMENT as f64;
        let noise = if parameters.number("mossy_fibre_noise")? > 0.0 { 1.2e-5 } else { 0.0 };
        let release = match parameters.choice("release_course")? {
            _ if parameters.number("parallel_fibre_release")? == 0.0 => 0.0,
            UNCORRELATED => 1.2e-4,
            _ => 1.1e-5,
        };
        Ok(Cost { seconds: 0.1 + steps * (step + 8e-6 + noise + release), bytes: bytes + 3e7 })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), TaskFailure> {
        model_parameters(parameters)?.check().map_err(TaskFailure::model)
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let model = Model::new(model_parameters(parameters)?).map_err(TaskFailure::model)?;
        report(&model.run(&stream).map_err(TaskFailure::model)?, values);
        Ok(())
    }
}

/// The crude controller with its gains multiplied.
fn controller(parameters: &Parameters, actuation: Actuation) -> Result<Controller, TaskFailure> {
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

fn learning(parameters: &Parameters) -> Result<LearningRule, TaskFailure> {
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

fn model_parameters(parameters: &Parameters) -> Result<ReachingParameters, TaskFailure> {
    let is = |name, choice| parameters.choice(name).map(|chosen| chosen == choice);
    let actuation = if is("actuation", MUSCLES)? {
        Actuation::Muscles { co_contraction: parameters.number("co_contraction")? }
    } else {
        Actuation::Torque
    };
    Ok(ReachingParameters {
        sheet: sheet(parameters, reaching::MICROZONES)?,
        microzone_order: microzone_order(parameters)?,
        io_rate: parameters.number("io_rate")?,
        olive_scale: if is("olive_scale", JOINT)? { OliveScale::Joint } else { OliveScale::Common },
        olive_baseline: parameters.number("olive_baseline")?,
        nucleo_olivary_inhibition: parameters.number("nucleo_olivary_inhibition")?,
        error_delay: steps("error_delay", parameters.number("error_delay")?)?,
        parallel_fibre_release: parameters.number("parallel_fibre_release")?,
        release_course: match parameters.choice("release_course")? {
            DISPLACED => ReleaseCourse::Displaced,
            UNCORRELATED => ReleaseCourse::Uncorrelated,
            _ => ReleaseCourse::Activity,
        },
        memory_trace: parameters.number("memory_trace")?,
        learning: learning(parameters)?,
        normalised_by_own_maximum: is("normalise_by_maximum", SYNAPSE)?,
        cerebellar_gain: parameters.number("cerebellar_gain")?,
        mossy_order: if is("granule_wiring", ORDERED)? { MossyOrder::Ordered } else { MossyOrder::Shuffled },
        mossy_fibre_noise: parameters.number("mossy_fibre_noise")?,
        controller: controller(parameters, actuation)?,
        actuation,
        start: start(parameters)?,
        target_distance: parameters.number("target_distance")?,
        movements: parameters.count("movements")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogues_defaults_are_the_models() {
        let described = model_parameters(&Parameters::defaults(&PARAMETERS)).unwrap();
        assert_eq!(described, ReachingParameters::default());
    }

    #[test]
    fn each_order_and_each_start_has_its_name() {
        use crate::experiment::Literal;
        use crate::models::nitric_oxide::{MicrozoneOrder, Start};
        let with = |name, value: &str| {
            let parameters = Parameters::defaults(&PARAMETERS).with(name, &Literal::Text(value.to_string())).unwrap();
            model_parameters(&parameters).unwrap()
        };
        for (name, order) in [
            ("extensor-first", MicrozoneOrder::ExtensorFirst),
            ("flexor-first", MicrozoneOrder::FlexorFirst),
            ("antagonists-apart", MicrozoneOrder::AntagonistsApart),
        ] {
            assert_eq!(with("microzone_order", name).microzone_order, order);
        }
        for (name, start) in [("target", Start::Target), ("centre", Start::Centre)] {
            assert_eq!(with("start", name).start, start);
        }
    }
}
