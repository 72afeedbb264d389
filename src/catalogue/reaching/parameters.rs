//! What can be chosen about learning to reach.

use std::ops::Bound::{Excluded, Included};

use crate::catalogue::nitric_oxide::sheet::{DECAY, DIFFUSION, MICROZONES, RELEASE, io_rate};
use crate::experiment::{Kind, Parameter, Value};
use crate::models::nitric_oxide::FINEST_CONVOLUTION;

pub const TOGETHER: &str = "antagonists-together";
pub const APART: &str = "antagonists-apart";
pub const SYNAPSE: &str = "synapse";
pub const MICROZONE: &str = "microzone";
pub const ALL: &str = "all";
pub const TORQUE: &str = "torque";
pub const MUSCLES: &str = "muscles";
pub const NOTHING: &str = "nothing";
pub const INERTIA: &str = "inertia";
pub const COMMON: &str = "common";
pub const JOINT: &str = "joint";
pub const NON_NEGATIVE: &str = "non-negative";
pub const NONE: &str = "none";
pub const SHUFFLED: &str = "shuffled";
pub const ORDERED: &str = "ordered";

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

pub static PARAMETERS: [Parameter; 28] = [
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
        "of the controller, over 8 and 5 N m/rad (shoulder, elbow); muscles: over 10.2 and 6.4",
    ),
    number("velocity_gain", "1", 1e3, 1.0, "of the controller, over 1.5 and 0.3 N m s/rad; muscles: over 1.9 and 0.38"),
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
