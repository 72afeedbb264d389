//! Recoding in the granule layer, and the exact capacity behind it: the adapter of [`crate::models::recoding`].

mod observables;
mod parameters;
mod theory;

use self::observables::OBSERVABLES;
use self::parameters::{EXACT, NONE, PARAMETERS, PRIVATE, SHARED};
use self::theory::{THEORY, set_capacity, set_closed_forms};
use crate::catalogue::capacity::storability_failure;
use crate::catalogue::sources;
use crate::experiment::{Cost, Declaration, Estimates, Experiment, Parameters, TaskFailure, Value, Values};
use crate::models::perceptron::{longest_storable_prefix, silent_fraction};
use crate::models::recoding::{
    Circuit, ClosedForms, GranuleLayer, Measurement, RecodedSequence, RecodingParameters, Wiring, rough_capacity,
};
use crate::random::RandomStream;

pub(super) struct Recoding;

/// Patterns per granule cell at which the search for the capacity gives up.
const LOAD_LIMIT: f64 = 50.0;

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    size: Some("granule_cells"),
    example: &[
        ("granule_cells", Value::Integer(80)),
        ("wiring", Value::Choice(PRIVATE)),
        ("granule_threshold", Value::Integer(2)),
        ("mossy_correlation", Value::Number(0.5)),
        ("load", Value::Number(0.5)),
        ("noise", Value::Number(0.2)),
    ],
    sources: &[sources::MARR_1969, sources::ALBUS_1971],
    ..Declaration::new(
        "recoding",
        1,
        "Recoding of mossy fibres by granule cells, and what a Purkinje cell can store behind them (Marr 1969; Albus \
         1971).",
    )
};

impl Experiment for Recoding {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times (`benches/recoding.rs`) within a factor of two at 1000 cells; 200 cells whose activity is
    /// constant take six times as long, because their ties are decided in exact integers.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
        let circuit = circuit(parameters)?;
        let (cells, fibres) = (circuit.parameters().granule_cells as f64, circuit.fibres() as f64);
        let synapses = cells * circuit.parameters().dendrites as f64;
        let contexts = 1100.0 + 2.0 * circuit.trial_patterns() as f64;
        let golgi = if circuit.parameters().golgi_gain > 0.0 { 8e-9 * cells } else { 0.0 };
        let per_context = 6e-9 * fibres + 1e-9 * synapses + golgi;
        let measurement = contexts * per_context + 2e-9 * cells * contexts + 4e-6 * cells;
        if parameters.choice("learner")? == NONE {
            return Ok(Cost { seconds: measurement, bytes: 1e6 + contexts * cells / 4.0 + 4.0 * synapses });
        }
        let patterns = rough_capacity(&circuit) * cells;
        let ties = if circuit.parameters().golgi_gain == 1.0 { 1.4 } else { 1.0 };
        let decision = ties * (2e-8 + 4.5e-10 * patterns) * cells * cells;
        let seconds = measurement + decision + 2.0 * patterns * per_context;
        Ok(Cost { seconds, bytes: 1e6 + 16.0 * cells * cells + cells * patterns })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), TaskFailure> {
        let circuit = circuit(parameters)?;
        if parameters.choice("learner")? == EXACT {
            circuit.inhibition().map_err(TaskFailure::model)?;
        }
        Ok(())
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let circuit = circuit(parameters)?;
        let layer = GranuleLayer::draw(&circuit, &stream);
        let measurement = Measurement::new(&circuit, &layer, &stream);
        set_measurement(&circuit, &measurement, values);
        if parameters.choice("learner")? == EXACT {
            let mut sequence = RecodedSequence::new(&circuit, layer, &stream).map_err(TaskFailure::model)?;
            let longest = longest_storable_prefix(&mut sequence, LOAD_LIMIT).map_err(storability_failure)?;
            values.set("capacity", longest.patterns as f64 / circuit.parameters().granule_cells as f64);
            values.set("capacity_per_mossy_fibre", longest.patterns as f64 / circuit.fibres() as f64);
            values.set("silent_fraction", silent_fraction(&longest.weights));
        } else {
            ["capacity", "capacity_per_mossy_fibre", "silent_fraction"]
                .into_iter()
                .for_each(|name| values.absent(name));
        }
        Ok(())
    }

    fn theory(
        &self,
        parameters: &Parameters,
        stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        let circuit = circuit(parameters)?;
        let closed = ClosedForms::new(&circuit);
        set_closed_forms(&circuit, &closed, estimates);
        if parameters.choice("learner")? == EXACT {
            set_capacity(&circuit, &stream, estimates)?;
        }
        Ok(())
    }

    /// Fits measured times (`benches/recoding.rs`) within a factor of two.
    fn theory_cost(&self, parameters: &Parameters, relative_error: f64) -> Result<Cost, TaskFailure> {
        let circuit = circuit(parameters)?;
        let correlation = ClosedForms::new(&circuit).effective_correlation;
        let samples = 2.0 * (0.005 / relative_error) * (0.005 / relative_error);
        let correlated = if correlation > 0.0 { 7e-3 / (1.0 - correlation) * samples } else { 1e-4 };
        let is_drawn = circuit.parameters().wiring == Wiring::Shared && circuit.parameters().golgi_gain == 0.0;
        let drawn = if is_drawn { 0.3 + 2.0 * samples } else { 0.0 };
        Ok(Cost { seconds: correlated + drawn, bytes: 4e7 })
    }
}

fn circuit(parameters: &Parameters) -> Result<Circuit, TaskFailure> {
    let parameters = RecodingParameters {
        granule_cells: parameters.count("granule_cells")?,
        mossy_fibres: parameters.count("mossy_fibres")?,
        dendrites: parameters.count("dendrites")?,
        granule_threshold: parameters.count("granule_threshold")?,
        mossy_coding: parameters.number("mossy_coding")?,
        mossy_correlation: parameters.number("mossy_correlation")?,
        wiring: if parameters.choice("wiring")? == SHARED { Wiring::Shared } else { Wiring::Private },
        golgi_gain: parameters.number("golgi_gain")?,
        interneuron_inhibition: parameters.number("interneuron_inhibition")?,
        output_coding: parameters.number("output_coding")?,
        output_correlation: parameters.number("output_correlation")?,
        noise: parameters.number("noise")?,
        load: parameters.number("load")?,
    };
    Circuit::new(parameters).map_err(TaskFailure::model)
}

fn set_measurement(circuit: &Circuit, measurement: &Measurement, values: &mut Values) {
    let Measurement { activity, noisy, correlation, one_trial_error } = measurement;
    values.set("active_fraction", activity.active_cells / circuit.parameters().granule_cells as f64);
    values.set("active_cells", activity.active_cells);
    values.set("active_cells_deviation", activity.deviation);
    values.set("shared_cells", activity.shared_cells);
    values.set("shared_cells_noisy", noisy.shared_cells);
    // Where no cell varies there is nothing to correlate.
    for (name, value) in [
        ("granule_overlap", noisy.correlation),
        ("dimension", activity.dimension),
        ("figure_of_merit", noisy.correlation * noisy.correlation * activity.dimension),
    ] {
        if value.is_finite() { values.set(name, value) } else { values.absent(name) }
    }
    if correlation.iter().all(|value| value.is_finite()) {
        values.set_array("granule_correlation", correlation);
    } else {
        values.absent("granule_correlation");
    }
    values.set("one_trial_error", *one_trial_error);
    values.set("empty_contexts", activity.empty_contexts);
}
