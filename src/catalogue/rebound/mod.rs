//! Pause and rebound in one nuclear cell: the adapter of [`crate::models::rebound`].

mod observables;
mod parameters;
mod theory;

use self::observables::OBSERVABLES;
use self::parameters::PARAMETERS;
use self::theory::{THEORY, set_theory};
use crate::catalogue::sources;
use crate::experiment::{Cost, Declaration, Estimates, Experiment, Parameters, TaskFailure, Value, Values};
use crate::models::rebound::{ReboundCell, ReboundParameters, simulate};
use crate::random::RandomStream;

pub(super) struct Rebound;

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    // With constant inhibition everything is known.
    example: &[("purkinje_cells", Value::Integer(0))],
    sources: &[sources::SMITH_2000],
    ..Declaration::new(
        "rebound",
        1,
        "A nuclear cell in a pause of its inhibition: tonic firing, and bursts by T channels (Smith et al. 2000).",
    )
};

impl Experiment for Rebound {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times (`benches/circuit.rs`) within a factor of two.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        let cell = cell(parameters)?;
        let steps = (cell.steps_before() + cell.pause_steps()) as f64;
        let p = cell.parameters();
        let spikes = steps * 1e-5 * p.purkinje_cells as f64 * p.purkinje_rate;
        Ok(Cost { seconds: 1e-6 + 4e-8 * steps + 5e-8 * spikes, bytes: 1e4 })
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let course = simulate(&cell(parameters)?, &stream);
        values.set("burst_spikes", course.burst_spikes as f64);
        values.set("burst_without_t_current", course.burst_without_t_current as f64);
        match course.latency {
            Some(latency) => values.set("latency", latency),
            None => values.absent("latency"),
        }
        values.set("tonic_rate", course.tonic_rate);
        values.set("tonic_rate_without_t_current", course.tonic_rate_without_t_current);
        values.set("availability", course.availability);
        values.set("inhibition_mean", course.inhibition_mean);
        values.set("inhibition_variance", course.inhibition_variance);
        Ok(())
    }

    fn theory(
        &self,
        parameters: &Parameters,
        _stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        set_theory(&cell(parameters)?, estimates);
        Ok(())
    }

    fn theory_cost(&self, _parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        Ok(Cost { seconds: 1e-6, bytes: 1e3 })
    }
}

fn cell(parameters: &Parameters) -> Result<ReboundCell, TaskFailure> {
    let parameters = ReboundParameters {
        inhibition: parameters.number("inhibition")?,
        applied_current: parameters.number("applied_current")?,
        t_conductance: parameters.number("t_conductance")?,
        purkinje_cells: parameters.count("purkinje_cells")?,
        purkinje_rate: parameters.number("purkinje_rate")?,
        inhibition_decay: parameters.number("inhibition_decay")?,
        synchrony: parameters.number("synchrony")?,
        pause: parameters.number("pause")?,
        pause_start: parameters.number("pause_start")?,
        paused_share: parameters.number("paused_share")?,
        recovery_time: parameters.number("recovery_time")?,
        inactivation_time: parameters.number("inactivation_time")?,
        inhibition_reversal: parameters.number("inhibition_reversal")?,
    };
    ReboundCell::new(parameters).map_err(TaskFailure::model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogues_defaults_are_the_models() {
        let described = cell(&Parameters::defaults(&PARAMETERS)).unwrap();
        assert_eq!(described.parameters(), &ReboundParameters::default());
    }
}
