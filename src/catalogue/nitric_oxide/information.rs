//! Information that nitric oxide carries about the climbing fibres: the adapter of
//! [`crate::models::nitric_oxide::Transmission`].

use crate::catalogue::nitric_oxide::sheet::{
    ACCURACY, DECAY, DIFFUSION, IO_RATE, MICROZONES, RELEASE, cost_of_sheet, sheet, steps,
};
use crate::catalogue::sources;
use crate::experiment::{
    Better, Cost, Declaration, Estimates, Experiment, Observable, Parameter, Parameters, Range, TaskFailure,
    TheoryDeclaration, Value, Values,
};
use crate::models::nitric_oxide::{FINEST_CONVOLUTION, STEP, Transmission, TransmissionParameters};
use crate::random::RandomStream;

pub(in crate::catalogue) struct Information;

const MILLISECONDS_PER_STEP: usize = 5;

static PARAMETERS: [Parameter; 13] = [
    DIFFUSION,
    DECAY,
    IO_RATE.sentence("mean rate of the olive cells, which follows r (1 + sin 2π f t)"),
    Parameter::number("input_frequency", Range::positive(50.0), 1.0)
        .symbol("f")
        .label("input frequency")
        .unit("Hz", "Hz")
        .sentence("frequency at which the rate of the olive cells is modulated"),
    Parameter::whole("lag", 0, 10_000, 20)
        .unit("ms", "ms")
        .sentence("time from the rate to the nitric oxide that is compared with it; a multiple of 5"),
    MICROZONES,
    Parameter::whole("microzone_count", 1, 16, 1).label("number of microzones").sentence(
        "microzones side by side; the rate of one in the middle is modulated, and the observed synapse is in its \
         middle",
    ),
    Parameter::number("surrounding_rate", Range::closed(0.0, 100.0), 0.0)
        .label("surrounding rate")
        .unit("1/s", "spikes/s")
        .sentence("constant rate of the olive cells in the other microzones"),
    RELEASE,
    Parameter::whole("trials", 2, 100_000, 100).sentence("trials per series"),
    Parameter::number("duration", Range::closed(0.005, 1000.0), 3.0)
        .unit("s", "s")
        .sentence("duration of one trial; a multiple of 0.005"),
    Parameter::number("warm_up", Range::closed(0.0, 1000.0), 20.0)
        .label("warm-up")
        .unit("s", "s")
        .sentence("time of input before each stationary trial; a multiple of 0.005, at least a few times 1 / decay"),
    ACCURACY,
];

static OBSERVABLES: [Observable; 8] = [
    Observable::scalar("information")
        .label("information, plug-in")
        .sentence(
            "the paper's estimate, relative to the entropy of the rate: plug-in, 1000 × 1000 bins, one trial at a \
             time, nitric oxide from 0. Nearly all bias: compare information_shuffled",
        )
        .caution(
            "nearly all of it is bias: information_shuffled is the same estimate of samples that carry no information",
        )
        .companion("information_shuffled"),
    Observable::scalar("information_shuffled")
        .label("information, shuffled")
        .sentence("the paper's estimate with the samples of the rate in random order, so that there is no information"),
    Observable::scalar("information_pooled")
        .label("information, pooled")
        .sentence("the paper's estimate with all trials in one table; still biased upwards")
        .caution("still biased upwards: information_corrected has hardly any bias")
        .companion("information_corrected"),
    Observable::scalar("information_corrected")
        .better(Better::More)
        .label("information, corrected")
        .sentence(
            "relative to the entropy of the rate: stationary trials, 16 × 16 bins, less controls with the nitric \
             oxide of other trials. Hardly any bias (1e-4), but blind to structure finer than the bins",
        )
        .caution("blind to structure finer than its 16 × 16 bins"),
    Observable::scalar("information_kraskov").better(Better::More).label("information, neighbours").sentence(
        "relative to the entropy of the rate: stationary trials, 4 nearest neighbours, less controls with the nitric \
         oxide of other trials. No bins, but more scatter",
    ),
    Observable::scalar("information_rate_bound")
        .label("information rate, at least")
        .unit("bit/s", "bit/s")
        .sentence(
            "rate of information about a Gaussian signal in the octave around the input frequency: lower bound by \
             coherence. Not comparable with the others: another signal, and the whole course of the concentration",
        )
        .caution("not comparable with the other estimates: it is of another signal, and a lower bound")
        .with_theory(),
    Observable::scalar("input_entropy")
        .label("entropy of the rate")
        .unit("bit", "bit")
        .sentence("entropy of the rate in 1000 bins, stationary trials"),
    Observable::scalar("effective_cells")
        .label("cells heard")
        .sentence(
            "olive cells that the synapse hears at the input frequency: signal over noise, relative to that of one \
             cell (closed form)",
        )
        .with_theory(),
];

const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "The rate of information about a Gaussian signal around the input frequency, and the cells heard",
    examples: &["--diffusion 0", "--diffusion 3300 --input-frequency 0.25 --format json"],
    details: "The lower bound that coherence gives, from the modes of the sheet alone.",
    parameters: &[
        "diffusion",
        "decay",
        "io_rate",
        "input_frequency",
        "microzones",
        "microzone_count",
        "surrounding_rate",
        "release",
        "trials",
        "duration",
    ],
    closed_forms: &[
        Observable::scalar("mean_effective_cells")
            .label("cells heard, mean")
            .sentence("mean of effective_cells over 81 places of the microzone, three per Purkinje cell"),
        Observable::scalar("least_effective_cells").label("cells heard, least").sentence("the least of these 81"),
        Observable::scalar("greatest_effective_cells")
            .label("cells heard, greatest")
            .sentence("the greatest of these 81"),
    ],
    ..TheoryDeclaration::new(1)
};

static DECLARATION: Declaration = Declaration {
    parameters: &PARAMETERS,
    observables: &OBSERVABLES,
    theory: Some(THEORY),
    example: &[("trials", Value::Integer(10)), ("warm_up", Value::Number(5.0)), ("accuracy", Value::Number(0.01))],
    sources: &[sources::SCHWEIGHOFER_2000],
    ..Declaration::new(
        "information",
        1,
        "Information that nitric oxide carries about a climbing-fibre signal (Schweighofer & Ferriol 2000, Fig. 2).",
    )
};

impl Experiment for Information {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    /// Fits measured times (`benches/nitric_oxide.rs`) within a factor of two.
    fn cost(&self, parameters: &Parameters) -> Result<Cost, TaskFailure> {
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

    fn check(&self, parameters: &Parameters) -> Result<(), TaskFailure> {
        transmission(parameters).map(drop)
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream, values: &mut Values) -> Result<(), TaskFailure> {
        let transmission = transmission(parameters)?;
        let response = transmission.response().map_err(TaskFailure::model)?;
        let paper = transmission.paper_estimates(&response, &stream);
        values.set("information", paper.information);
        values.set("information_shuffled", paper.shuffled);
        values.set("information_pooled", paper.pooled);
        let stationary = transmission.stationary_estimates(&response, &stream).map_err(TaskFailure::model)?;
        values.set("information_corrected", stationary.corrected);
        values.set("information_kraskov", stationary.kraskov);
        values.set("input_entropy", stationary.input_entropy);
        values.set("information_rate_bound", transmission.information_rate_bound(&response, &stream));
        values.set("effective_cells", transmission.effective_cells().map_err(TaskFailure::model)?);
        Ok(())
    }

    /// Fits measured times at D = 3300: 22 ms for one microzone, 78 for three, 2.2 s for 16.
    fn theory_cost(&self, parameters: &Parameters, _relative_error: f64) -> Result<Cost, TaskFailure> {
        let microzones = parameters.count("microzone_count")? as f64;
        Ok(Cost { seconds: 0.015 + 0.0085 * microzones * microzones, bytes: 1e7 })
    }

    fn theory(
        &self,
        parameters: &Parameters,
        _stream: RandomStream,
        estimates: &mut Estimates,
    ) -> Result<(), TaskFailure> {
        let transmission = transmission(parameters)?;
        let bound = transmission.information_rate_theory().map_err(TaskFailure::model)?;
        estimates.set_exact("information_rate_bound", bound);
        estimates.set_exact("effective_cells", transmission.effective_cells().map_err(TaskFailure::model)?);
        let cells = transmission.effective_cells_over().map_err(TaskFailure::model)?;
        estimates.set_exact("mean_effective_cells", cells.iter().sum::<f64>() / cells.len() as f64);
        estimates.set_exact("least_effective_cells", cells.iter().copied().fold(f64::INFINITY, f64::min));
        estimates.set_exact("greatest_effective_cells", cells.iter().copied().fold(0.0, f64::max));
        Ok(())
    }
}

fn transmission(parameters: &Parameters) -> Result<Transmission, TaskFailure> {
    let lag = parameters.count("lag")?;
    if !lag.is_multiple_of(MILLISECONDS_PER_STEP) {
        let nearest = (lag + 2) / MILLISECONDS_PER_STEP * MILLISECONDS_PER_STEP;
        return Err(TaskFailure::model(format!("lag = {lag} ms is not a multiple of the step of 5 ms; try {nearest}")));
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
    Transmission::new(parameters).map_err(TaskFailure::model)
}
