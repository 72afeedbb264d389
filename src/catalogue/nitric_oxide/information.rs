//! Information that nitric oxide carries about the climbing fibres: the adapter of [`crate::models::nitric_oxide::Transmission`].

use std::ops::Bound::{Excluded, Included};

use crate::catalogue::nitric_oxide::sheet::{
    ACCURACY, DECAY, DIFFUSION, MICROZONES, RELEASE, cost_of_sheet, io_rate, sheet, steps,
};
use crate::experiment::{Cost, Estimate, Experiment, Kept, Kind, Observable, Parameter, Parameters, TaskError, Value};
use crate::models::nitric_oxide::{FINEST_CONVOLUTION, STEP, Transmission, TransmissionParameters};
use crate::random::RandomStream;

pub struct Information;

const MILLISECONDS_PER_STEP: usize = 5;

static PARAMETERS: [Parameter; 13] = [
    DIFFUSION,
    DECAY,
    io_rate("r, mean rate of the olive cells, which follows r (1 + sin 2 pi f t)"),
    Parameter {
        name: "input_frequency",
        unit: "Hz",
        kind: Kind::Number(Excluded(0.0), Included(50.0)),
        default: Value::Number(1.0),
        doc: "f, frequency of the rate",
    },
    Parameter {
        name: "lag",
        unit: "ms",
        kind: Kind::Integer(0, 10_000),
        default: Value::Integer(20),
        doc: "from the rate to the nitric oxide that is compared with it; a multiple of 5",
    },
    MICROZONES,
    Parameter {
        name: "microzone_count",
        unit: "1",
        kind: Kind::Integer(1, 16),
        default: Value::Integer(1),
        doc: "microzones side by side; the rate of one in the middle is modulated, and the synapse is in its middle",
    },
    Parameter {
        name: "surrounding_rate",
        unit: "s-1",
        kind: Kind::Number(Included(0.0), Included(100.0)),
        default: Value::Number(0.0),
        doc: "constant rate of the olive cells in the other microzones",
    },
    RELEASE,
    Parameter {
        name: "trials",
        unit: "1",
        kind: Kind::Integer(2, 100_000),
        default: Value::Integer(100),
        doc: "trials of one series",
    },
    Parameter {
        name: "duration",
        unit: "s",
        kind: Kind::Number(Included(0.005), Included(1000.0)),
        default: Value::Number(3.0),
        doc: "of one trial; a multiple of 0.005",
    },
    Parameter {
        name: "warm_up",
        unit: "s",
        kind: Kind::Number(Included(0.0), Included(1000.0)),
        default: Value::Number(20.0),
        doc: "input before each stationary trial; a multiple of 0.005, and a few times 1 / decay",
    },
    ACCURACY,
];

static OBSERVABLES: [Observable; 8] = [
    scalar(
        "information",
        "1",
        "the paper's estimate, over the entropy of the rate: plug-in, 1000 x 1000 bins, a trial at a time, nitric oxide from 0. \
         Nearly all bias: compare information_shuffled",
    ),
    scalar("information_shuffled", "1", "the same with the rate's samples in random order, so that there is none"),
    scalar("information_pooled", "1", "the paper's estimate with all trials in one table; still biased upwards"),
    scalar(
        "information_corrected",
        "1",
        "over the entropy of the rate: stationary trials, 16 x 16 bins, less controls with the nitric oxide of other trials. \
         Hardly any bias (1e-4), but blind to structure finer than the bins",
    ),
    scalar(
        "information_kraskov",
        "1",
        "over the entropy of the rate: stationary trials, 4 nearest neighbours, less controls with the nitric oxide of other \
         trials. No bins, but more scatter",
    ),
    Observable {
        name: "information_rate_bound",
        unit: "bit s-1",
        doc: "rate of information about a Gaussian signal in the octave around the input frequency: lower bound by coherence. Not \
              comparable with the others: another signal, and the whole course of the concentration",
        dimensions: &[],
        kept: Kept::EveryReplicate,
        has_theory: true,
    },
    scalar("input_entropy", "bit", "entropy of the rate in 1000 bins, stationary trials"),
    scalar(
        "effective_cells",
        "1",
        "olive cells that the synapse hears at the input frequency: signal over noise, over that of one cell (closed form)",
    ),
];

const fn scalar(name: &'static str, unit: &'static str, doc: &'static str) -> Observable {
    Observable { name, unit, doc, dimensions: &[], kept: Kept::EveryReplicate, has_theory: false }
}

impl Experiment for Information {
    fn name(&self) -> &'static str {
        "information"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Information that nitric oxide carries about a climbing-fibre signal (Schweighofer & Ferriol 2000, Fig. 2)."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn observables(&self) -> &'static [Observable] {
        &OBSERVABLES
    }

    fn cost(&self, parameters: &Parameters) -> Cost {
        expected_cost(parameters).unwrap_or(Cost { seconds: 1.0, bytes: 1e8 })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), String> {
        transmission(parameters).map(|_| ()).map_err(|error| error.to_string())
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream) -> Result<Vec<f64>, TaskError> {
        let transmission = transmission(parameters)?;
        let response = transmission.response().map_err(model)?;
        let paper = transmission.paper_estimates(&response, &stream);
        let stationary = transmission.stationary_estimates(&response, &stream).map_err(model)?;
        Ok(vec![
            paper.information,
            paper.shuffled,
            paper.pooled,
            stationary.corrected,
            stationary.kraskov,
            transmission.information_rate_bound(&response, &stream),
            stationary.input_entropy,
            transmission.effective_cells().map_err(model)?,
        ])
    }

    fn theory(&self, parameters: &Parameters) -> Vec<(&'static str, Vec<Estimate>)> {
        let theory = transmission(parameters).ok().and_then(|one| one.information_rate_theory().ok());
        let exact = |value| vec![Estimate { value, standard_error: 0.0 }];
        theory.map(|value| ("information_rate_bound", exact(value))).into_iter().collect()
    }

    fn theory_parameters(&self) -> Vec<&'static str> {
        let known = |name: &&str| !["lag", "warm_up", "accuracy"].contains(name);
        self.parameters().iter().map(|parameter| parameter.name).filter(known).collect()
    }
}

fn transmission(parameters: &Parameters) -> Result<Transmission, TaskError> {
    let lag = parameters.count("lag")?;
    if !lag.is_multiple_of(MILLISECONDS_PER_STEP) {
        let nearest = (lag + 2) / MILLISECONDS_PER_STEP * MILLISECONDS_PER_STEP;
        return Err(TaskError::Model(format!("lag = {lag} ms is no multiple of the step of 5 ms; try {nearest}")));
    }
    let parameters = TransmissionParameters {
        sheet: sheet(parameters, parameters.count("microzone_count")?)?,
        io_rate: parameters.number("io_rate")?,
        input_frequency: parameters.number("input_frequency")?,
        lag: lag / MILLISECONDS_PER_STEP,
        surrounding_rate: parameters.number("surrounding_rate")?,
        trials: parameters.count("trials")?,
        steps: steps("duration", parameters.number("duration")?)?,
        warm_up: steps("warm_up", parameters.number("warm_up")?)?,
    };
    Transmission::new(parameters).map_err(model)
}

fn model(error: impl std::fmt::Display) -> TaskError {
    TaskError::Model(error.to_string())
}

/// Fits measured times (`benches/nitric_oxide.rs`) within a factor of two.
fn expected_cost(parameters: &Parameters) -> Result<Cost, TaskError> {
    let sheet = sheet(parameters, parameters.count("microzone_count")?)?;
    let (step, bytes) = cost_of_sheet(&sheet);
    let trials = parameters.count("trials")? as f64;
    let duration = parameters.number("duration")? / STEP;
    let warm_up = parameters.number("warm_up")? / STEP;
    let cells = 27.0 * sheet.plan.microzones as f64;
    let uptake = if sheet.accuracy < FINEST_CONVOLUTION { cells * 216.0 * 5.4e-10 } else { 3e-7 };
    let response = (duration + warm_up) * (step + cells * uptake);
    let discharges = parameters.number("io_rate")? * STEP * 27.0;
    let draws = trials * (3.0 * duration + warm_up) * cells * 5e-9;
    let superposition = trials * discharges * (warm_up + duration) * 2.0 * duration * 2e-10;
    let estimates = trials * duration * 8e-7;
    let octave = parameters.number("input_frequency")? * 0.7 * trials * duration * STEP;
    let phasors = octave * trials * duration * 1e-9;
    let seconds = response + draws + superposition + estimates + phasors;
    Ok(Cost { seconds, bytes: bytes + cells * 8.0 * (duration + warm_up) + trials * duration * 200.0 })
}
