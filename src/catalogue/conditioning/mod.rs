//! Timed delay conditioning with the olive in the loop: the adapter of [`crate::models::conditioning`].

mod observables;
mod parameters;
mod theory;

use self::observables::{OBSERVABLES, report};
use self::parameters::{PARAMETERS, RATE, SPIKES};
use self::theory::{THEORY, set_kernel, set_linear_course, set_short_term_plasticity};
use crate::catalogue::sources;
use crate::experiment::{Cost, Declaration, Estimates, Experiment, Parameters, TaskFailure, Value, Values};
use crate::models::conditioning::{
    ClimbingFibreCode, Conditioning as Model, ConditioningParameters, Course, STEP, ShortTermPlasticity,
};
use crate::random::RandomStream;

pub(super) struct Conditioning;

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    example: &[
        ("acquisition_trials", Value::Integer(60)),
        ("extinction_trials", Value::Integer(20)),
        ("reacquisition_trials", Value::Integer(20)),
        ("climbing_fibre_code", Value::Choice(SPIKES)),
        ("parallel_fibre_rate", Value::Number(50.0)),
    ],
    sources: &[sources::MARR_1969, sources::ALBUS_1971, sources::BULLOCK_1994],
    ..Declaration::new(
        "conditioning",
        1,
        "Timed delay conditioning of a Purkinje cell with the olive in the loop (Marr 1969; Albus 1971; Bullock et al. \
         1994).",
    )
};

impl Experiment for Conditioning {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times (`benches/circuit.rs`) within a factor of two.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        let trials = ["acquisition_trials", "extinction_trials", "reacquisition_trials"];
        let trials = trials.into_iter().try_fold(0, |sum, name| Ok(sum + parameters.count(name)?))? as f64;
        let cells = parameters.count("granule_cells")? as f64;
        let steps = parameters.number("duration")? / STEP;
        let is_dense = parameters.choice("climbing_fibre_code")? == RATE;
        let depression = if parameters.number("climbing_fibre_utilization")? > 0.0 { 6e-8 } else { 0.0 };
        let rate = parameters.number("olive_baseline")? + 0.1 * parameters.number("us_rate")?;
        let spikes = parameters.count("climbing_fibres")? as f64 * (rate * STEP).min(1.0);
        let busy = if is_dense { 1.0 } else { spikes.min(1.0) };
        let per_trial = steps * (cells * (4e-10 + 5e-10 * busy) + 3e-8 + 4e-9 * spikes + depression);
        Ok(Cost { seconds: cells * steps * 8e-8 + trials * per_trial, bytes: 1e6 + 16.0 * cells * steps })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), TaskFailure> {
        model(parameters).map(drop)
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let conditioning = Model::new(model(parameters)?).map_err(TaskFailure::model)?;
        report(&conditioning, &Course::run(&conditioning, &stream), values);
        Ok(())
    }

    fn theory_cost(&self, parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        let cells_and_steps = parameters.count("granule_cells")? as f64 * parameters.number("duration")? / STEP;
        let trials = parameters.count("acquisition_trials")? as f64;
        Ok(Cost { seconds: cells_and_steps * (8e-8 + 1e-9 * trials), bytes: 1e6 + 16.0 * cells_and_steps })
    }

    fn theory(
        &self,
        parameters: &Parameters,
        _stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        let conditioning = Model::new(model(parameters)?).map_err(TaskFailure::model)?;
        set_linear_course(&conditioning, estimates);
        set_kernel(conditioning.parameters(), estimates);
        set_short_term_plasticity(conditioning.parameters(), estimates);
        Ok(())
    }
}

fn model(parameters: &Parameters) -> Result<ConditioningParameters, TaskFailure> {
    let number = |name| parameters.number(name);
    let parameters = ConditioningParameters {
        granule_cells: parameters.count("granule_cells")?,
        sharpness: number("sharpness")?,
        shortest_time_constant: number("shortest_time_constant")?,
        longest_time_constant: number("longest_time_constant")?,
        duration: number("duration")?,
        interstimulus_interval: number("interstimulus_interval")?,
        us_duration: number("us_duration")?,
        us_rate: number("us_rate")?,
        olive_baseline: number("olive_baseline")?,
        equilibrium_rate: number("equilibrium_rate")?,
        nucleo_olivary_inhibition: number("nucleo_olivary_inhibition")?,
        olive_delay: number("olive_delay")?,
        loop_delay: number("loop_delay")?,
        eligibility_delay: number("eligibility_delay")?,
        purkinje_rate: number("purkinje_rate")?,
        nuclear_rate: number("nuclear_rate")?,
        cortical_gain: number("cortical_gain")?,
        nuclear_gain: number("nuclear_gain")?,
        feed_forward_inhibition: number("feed_forward_inhibition")?,
        learning_rate: number("learning_rate")?,
        climbing_fibres: parameters.count("climbing_fibres")?,
        climbing_fibre_code: if parameters.choice("climbing_fibre_code")? == RATE {
            ClimbingFibreCode::Rate
        } else {
            ClimbingFibreCode::Spikes
        },
        acquisition_trials: parameters.count("acquisition_trials")?,
        extinction_trials: parameters.count("extinction_trials")?,
        reacquisition_trials: parameters.count("reacquisition_trials")?,
        criterion: number("criterion")?,
        parallel_fibre_rate: number("parallel_fibre_rate")?,
        parallel_fibre_plasticity: ShortTermPlasticity {
            utilization: number("utilization")?,
            recovery: number("recovery_time_constant")?,
            facilitation: number("facilitation_time_constant")?,
        },
        climbing_fibre_plasticity: ShortTermPlasticity {
            utilization: number("climbing_fibre_utilization")?,
            recovery: number("climbing_fibre_recovery_time_constant")?,
            facilitation: 0.0,
        },
    };
    parameters.check().map_err(TaskFailure::model)?;
    Ok(parameters)
}
