//! Learning to reach: the adapter of [`crate::reaching::Reaching`].

use std::ops::Bound::{Excluded, Included};

use super::nitric_oxide::{DECAY, DIFFUSION, MICROZONES, RELEASE, cost_of_sheet, io_rate, sheet, steps};
use super::{Cost, Experiment, Kind, Observable, OwnDimension, Parameter, Parameters, TaskError, Value};
use crate::nitric_oxide::{FINEST_CONVOLUTION, STEP};
use crate::random::RandomStream;
use crate::reaching::{
    self, Actuation, AverageScope, Controller, FeedForward, LearningRule, MicrozoneOrder, MossyOrder, OliveScale,
    Outcome, Reaching as Model, ReachingParameters, TARGETS, TESTS,
};

pub struct Reaching;

const TOGETHER: &str = "antagonists-together";
const APART: &str = "antagonists-apart";
const SYNAPSE: &str = "synapse";
const MICROZONE: &str = "microzone";
const ALL: &str = "all";
const TORQUE: &str = "torque";
const MUSCLES: &str = "muscles";
const NOTHING: &str = "nothing";
const INERTIA: &str = "inertia";
const COMMON: &str = "common";
const JOINT: &str = "joint";
const NON_NEGATIVE: &str = "non-negative";
const NONE: &str = "none";
const SHUFFLED: &str = "shuffled";
const ORDERED: &str = "ordered";

const fn number(name: &'static str, unit: &'static str, largest: f64, default: f64, doc: &'static str) -> Parameter {
    let kind = Kind::Number(Included(0.0), Included(largest));
    Parameter { name, unit, kind, default: Value::Number(default), doc }
}

const fn positive(name: &'static str, unit: &'static str, largest: f64, default: f64, doc: &'static str) -> Parameter {
    let kind = Kind::Number(Excluded(0.0), Included(largest));
    Parameter { name, unit, kind, default: Value::Number(default), doc }
}

/// The first choice is the default.
const fn choice(name: &'static str, choices: &'static [&'static str], doc: &'static str) -> Parameter {
    Parameter { name, unit: "1", kind: Kind::Choice(choices), default: Value::Choice(choices[0]), doc }
}

static PARAMETERS: [Parameter; 28] = [
    DIFFUSION,
    DECAY,
    Parameter {
        default: Value::Number(0.5),
        ..io_rate("mean rate of the olive cells in the test before learning, above their baseline; fixes their scale")
    },
    MICROZONES,
    choice(
        "microzone_order",
        &[TOGETHER, APART],
        "from left to right: flexor and extensor of the shoulder, then of the elbow; or both flexors, then both extensors",
    ),
    RELEASE,
    number(
        "parallel_fibre_release",
        "1",
        1e3,
        0.0,
        "mean release of nitric oxide by parallel fibres, in proportion to their activity, over that by climbing fibres at io_rate",
    ),
    number("learning_rate", "1", 10.0, 0.003, "eta, change of a weight in a step of 5 ms for (C - A) / Cmax = 1"),
    number(
        "memory_trace",
        "s",
        10.0,
        0.2,
        "time constant of the two filters that make a synapse's trace of its parallel fibre; 0: activity itself, as in the paper",
    ),
    positive("average_window", "s", 1e3, 0.3, "time constant of the running average A of nitric oxide"),
    choice("average_scope", &[SYNAPSE, MICROZONE], "whether A is each synapse's own, or that of its microzone's mean"),
    choice(
        "normalise_by_maximum",
        &[SYNAPSE, ALL],
        "Cmax: each synapse's largest concentration in the test before learning, or the mean of all synapses'",
    ),
    number("error_delay", "s", 10.0, 0.0, "from a feedback torque to the olive; a multiple of 0.005"),
    choice("actuation", &[TORQUE, MUSCLES], "motors at the joints, or the six muscles of Katayama & Kawato"),
    number("co_contraction", "1", 1.0, 0.5, "with muscles: activation that all have in common"),
    choice("feed_forward", &[NOTHING, INERTIA], "torque of the controller ahead of errors: each joint's own inertia"),
    number(
        "position_gain",
        "1",
        1e3,
        1.0,
        "of the controller, over 8 and 5 N m/rad (shoulder, elbow); muscles: over 10.8 and 6.7",
    ),
    number("velocity_gain", "1", 1e3, 1.0, "of the controller, over 1.5 and 0.3 N m s/rad; muscles: over 2 and 0.4"),
    number(
        "cerebellar_gain",
        "N m",
        1e6,
        2.0,
        "torque of a joint for a unit of nuclear activity, flexor less extensor",
    ),
    choice("weight_bound", &[NON_NEGATIVE, NONE], "whether weights stop at 0"),
    choice(
        "granule_wiring",
        &[SHUFFLED, ORDERED],
        "order on the torus of the mossy fibres, four neighbours of which meet at a granule cell",
    ),
    number(
        "mossy_fibre_noise",
        "1",
        1.0,
        0.0,
        "standard deviation of uniform noise of each mossy fibre in each step; they are at most 1 without",
    ),
    choice(
        "olive_scale",
        &[COMMON, JOINT],
        "one scale from error to rate for both joints, or one for each, so that both fire alike",
    ),
    number("olive_baseline", "s-1", 100.0, 0.0, "rate of the olive cells without error"),
    number(
        "nucleo_olivary_inhibition",
        "s-1",
        1e6,
        0.0,
        "how much a unit of nuclear activity lowers the rate of its microzone's olive cells",
    ),
    positive("target_distance", "m", 0.24, 0.2, "from the middle of the circle to the targets"),
    Parameter {
        name: "movements",
        unit: "1",
        kind: Kind::Integer(8, 1_000_000),
        default: Value::Integer(200),
        doc: "that train",
    },
    Parameter {
        name: "accuracy",
        unit: "1",
        kind: Kind::Number(Included(FINEST_CONVOLUTION), Included(0.1)),
        default: Value::Number(1e-2),
        doc: "largest error of the concentration over its largest value",
    },
];

const fn scalar(name: &'static str, unit: &'static str, doc: &'static str) -> Observable {
    Observable { name, unit, doc, dimensions: &[], has_theory: false }
}

const TEST: OwnDimension = OwnDimension {
    name: "share_of_training",
    unit: "1",
    doc: "movements before the test, over all (of 200: 0, 25, 50, 100, 150, 200)",
    length: TESTS,
    coordinate: reaching::share_of_training,
};

const TARGET: OwnDimension = OwnDimension {
    name: "target",
    unit: "degree",
    doc: "direction of the target from the middle of the circle, counterclockwise from the right",
    length: TARGETS,
    coordinate: reaching::direction,
};

static OBSERVABLES: [Observable; 23] = [
    scalar(
        "mse",
        "cm2",
        "mean squared distance of the hand from the desired path, over the 16 movements of the last test",
    ),
    scalar("mse_initial", "cm2", "the same in the test before learning"),
    scalar("mse_normalised", "1", "mse over mse_initial"),
    scalar("diverged", "1", "1 if the arm was lost (a joint more than half a turn from where it should be), else 0"),
    scalar("movements_until_lost", "1", "movements that were trained"),
    scalar("peak_io_rate", "s-1", "largest rate of olive cells in the test before learning"),
    scalar("mean_io_rate", "s-1", "mean rate of olive cells over the training"),
    scalar(
        "input_below_2_hz",
        "1",
        "share at or below 2 Hz of the variance of the olive's input in the test before learning",
    ),
    scalar("input_below_5_hz", "1", "the same at or below 5 Hz"),
    scalar("no_maximum", "s", "mean over synapses of Cmax, in what a discharge releases in one second"),
    scalar("no_maximum_deviation", "s", "standard deviation over synapses of Cmax"),
    scalar("no_maximum_zeros", "1", "share of synapses that met no nitric oxide before learning, and do not learn"),
    scalar("weight_mean", "1", "mean over synapses of the weights at the end"),
    scalar("weight_deviation", "1", "standard deviation over synapses of the weights at the end"),
    scalar("weight_zeros", "1", "share of weights that are 0 at the end"),
    scalar("mossy_active", "1", "share of mossy fibres above 0, mean over states of the desired path"),
    scalar("mossy_sparseness", "1", "Treves-Rolls sparseness <r>^2 / <r^2> of mossy fibres"),
    scalar("mossy_overlap", "1", "cosine between the mossy fibres' patterns at two states, mean over pairs"),
    scalar("granule_active", "1", "share of granule cells above 0"),
    scalar("granule_sparseness", "1", "Treves-Rolls sparseness of granule cells"),
    scalar("granule_overlap", "1", "cosine between the granule cells' patterns at two states, mean over pairs"),
    Observable {
        name: "learning_curve",
        unit: "cm2",
        doc: "mean squared distance in each test",
        dimensions: &[TEST],
        has_theory: false,
    },
    Observable {
        name: "mse_by_target",
        unit: "cm2",
        doc: "mean squared distance in the last test, over the ways to a target and back",
        dimensions: &[TARGET],
        has_theory: false,
    },
];

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

    fn cost(&self, parameters: &Parameters) -> Cost {
        expected_cost(parameters).unwrap_or(Cost { seconds: 1.0, bytes: 4e7 })
    }

    fn check(&self, parameters: &Parameters) -> Result<(), String> {
        model(parameters).map(|_| ()).map_err(|error| error.to_string())
    }

    fn run(&self, parameters: &Parameters, stream: RandomStream) -> Result<Vec<f64>, TaskError> {
        let outcome = model(parameters)?.run(&stream).map_err(|error| TaskError::Model(error.to_string()))?;
        Ok(values(&outcome))
    }
}

/// Gains of the controller for position and velocity, of shoulder and elbow: ours, for an error of 7.63 cm² before learning.
fn controller(parameters: &Parameters, actuation: Actuation) -> Result<Controller, TaskError> {
    let (position, velocity) = match actuation {
        Actuation::Torque => ([8.0, 5.0], [1.5, 0.3]),
        Actuation::Muscles { .. } => ([10.8, 6.7], [2.0, 0.4]),
    };
    let (position_gain, velocity_gain) = (parameters.number("position_gain")?, parameters.number("velocity_gain")?);
    Ok(Controller {
        position_gains: position.map(|gain| gain * position_gain),
        velocity_gains: velocity.map(|gain| gain * velocity_gain),
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

fn model(parameters: &Parameters) -> Result<Model, TaskError> {
    let is = |name, choice| parameters.choice(name).map(|chosen| chosen == choice);
    let actuation = if is("actuation", MUSCLES)? {
        Actuation::Muscles { co_contraction: parameters.number("co_contraction")? }
    } else {
        Actuation::Torque
    };
    let described = ReachingParameters {
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
    };
    Model::new(described).map_err(|error| TaskError::Model(error.to_string()))
}

/// All observables in their order; NaN for what is not known after the arm was lost.
fn values(outcome: &Outcome) -> Vec<f64> {
    let initial = outcome.initial.mean_squared_error();
    let end = |of: &dyn Fn(&reaching::End) -> f64| outcome.end.as_ref().map_or(f64::NAN, of);
    let error = end(&|end| end.test.mean_squared_error());
    let mut values = vec![
        error,
        initial,
        error / initial,
        f64::from(u8::from(outcome.end.is_none())),
        outcome.movements as f64,
        outcome.peak_rate,
        end(&|end| end.mean_rate),
        outcome.shares_below[0],
        outcome.shares_below[1],
        outcome.largest_concentrations.mean,
        outcome.largest_concentrations.deviation,
        outcome.largest_concentrations.zeros,
        end(&|end| end.weights.mean),
        end(&|end| end.weights.deviation),
        end(&|end| end.weights.zeros),
    ];
    for expansion in [&outcome.mossy, &outcome.granule] {
        values.extend([expansion.active, expansion.sparseness, expansion.overlap]);
    }
    values.extend(outcome.learning_curve.map(|error| error.unwrap_or(f64::NAN)));
    values.extend(outcome.end.as_ref().map_or([f64::NAN; TARGETS], |end| end.test.by_target()));
    values
}

/// Fits measured times (`benches/reaching.rs`) within a factor of two.
fn expected_cost(parameters: &Parameters) -> Result<Cost, TaskError> {
    let (step, bytes) = cost_of_sheet(&sheet(parameters, reaching::MICROZONES)?);
    let steps = parameters.count("movements")? as f64 * reaching::STEPS_PER_MOVEMENT as f64;
    Ok(Cost { seconds: 0.1 + steps * (step + 8e-6), bytes: bytes + 3e7 })
}
