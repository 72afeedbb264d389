//! What can be chosen about learning to reach.

use crate::catalogue::nitric_oxide::sheet::{DECAY, DIFFUSION, IO_RATE, MICROZONE_ORDER, MICROZONES, RELEASE, START};
use crate::experiment::{Parameter, Range};
use crate::models::nitric_oxide::FINEST_CONVOLUTION;

pub(super) const SYNAPSE: &str = "synapse";
pub(super) const MICROZONE: &str = "microzone";
pub(super) const ALL: &str = "all";
pub(super) const TORQUE: &str = "torque";
pub(super) const MUSCLES: &str = "muscles";
pub(super) const NOTHING: &str = "nothing";
pub(super) const INERTIA: &str = "inertia";
pub(super) const COMMON: &str = "common";
pub(super) const JOINT: &str = "joint";
pub(super) const NON_NEGATIVE: &str = "non-negative";
pub(super) const NONE: &str = "none";
pub(super) const SHUFFLED: &str = "shuffled";
pub(super) const ORDERED: &str = "ordered";
pub(super) const ACTIVITY: &str = "activity";
pub(super) const DISPLACED: &str = "displaced";
pub(super) const UNCORRELATED: &str = "uncorrelated";

/// From 0 to the greatest value.
const fn up_to(name: &'static str, greatest: f64, default: f64) -> Parameter {
    Parameter::number(name, Range::closed(0.0, greatest), default)
}

pub(super) static PARAMETERS: [Parameter; 30] = [
    DIFFUSION,
    DECAY,
    IO_RATE
        .with_default(0.5)
        .sentence("mean rate of the olive cells in the test before learning, above their baseline; fixes their scale"),
    MICROZONES,
    MICROZONE_ORDER,
    RELEASE,
    up_to("parallel_fibre_release", 1e3, 0.0).label("parallel-fibre release").sentence(
        "mean release of nitric oxide by parallel fibres, in proportion to their activity, relative to that by \
         climbing fibres at io_rate",
    ),
    Parameter::choice("release_course", &[ACTIVITY, DISPLACED, UNCORRELATED]).label("course of fibre release").sentence(
        "when parallel fibres release: as they are active; as they were at another time of the cycle, drawn anew for \
         each movement; or as at a time drawn anew for each fibre in each step of 5 ms. Mean and variance of every \
         fibre's release are the same",
    ),
    up_to("learning_rate", 10.0, 0.003)
        .symbol("η")
        .label("learning rate")
        .sentence("change of a weight in a step of 5 ms where (C - A) / Cmax = 1"),
    up_to("memory_trace", 10.0, 0.2).label("memory trace").unit("s", "s").sentence(
        "time constant of the two filters that make a synapse's trace of its parallel fibre; 0: activity itself, as \
         in the paper",
    ),
    Parameter::number("average_window", Range::positive(1e3), 0.3)
        .label("window of the average")
        .unit("s", "s")
        .sentence("time constant of the running average A of nitric oxide"),
    Parameter::choice("average_scope", &[SYNAPSE, MICROZONE])
        .label("scope of the average")
        .sentence("whether A is averaged for each synapse, or for the mean of its microzone"),
    Parameter::choice("normalise_by_maximum", &[SYNAPSE, ALL]).label("normalised by").sentence(
        "Cmax: each synapse's largest concentration in the test before learning, or the mean of all synapses'",
    ),
    up_to("error_delay", 10.0, 0.0)
        .label("delay of errors")
        .unit("s", "s")
        .sentence("time from a feedback torque to the olive; a multiple of 0.005"),
    Parameter::choice("actuation", &[TORQUE, MUSCLES])
        .sentence("motors at the joints, or the six muscles of Katayama & Kawato"),
    up_to("co_contraction", 1.0, 0.5)
        .label("co-contraction")
        .sentence("activation that all muscles have in common, with actuation = \"muscles\""),
    Parameter::choice("feed_forward", &[NOTHING, INERTIA])
        .label("feed-forward")
        .sentence("feed-forward torque of the controller: each joint's own inertia"),
    up_to("position_gain", 1e3, 1.0).label("position gain").sentence(
        "position gain of the controller, relative to 8 and 5 N m/rad (shoulder, elbow) times 1.0013, or with muscles \
         times 1.2687: one factor for all gains, with which the error before learning is 7.63 cm²",
    ),
    up_to("velocity_gain", 1e3, 1.0)
        .label("velocity gain")
        .sentence("velocity gain of the controller, relative to 1.5 and 0.3 N m s/rad times the same factor"),
    up_to("cerebellar_gain", 1e6, 2.0)
        .label("cerebellar gain")
        .unit("N m", "N m")
        .sentence("torque of a joint per unit of nuclear activity, flexor less extensor"),
    Parameter::choice("weight_bound", &[NON_NEGATIVE, NONE])
        .label("bound of weights")
        .sentence("whether weights stop at 0"),
    Parameter::choice("granule_wiring", &[SHUFFLED, ORDERED])
        .label("granule wiring")
        .sentence("order on the torus of the mossy fibres, four neighbours of which meet at a granule cell"),
    up_to("mossy_fibre_noise", 1.0, 0.0).label("mossy-fibre noise").sentence(
        "standard deviation of uniform noise of each mossy fibre in each step; without noise, activities are at most 1",
    ),
    Parameter::choice("olive_scale", &[COMMON, JOINT])
        .label("scale of the olive")
        .sentence("one scale from error to rate for both joints, or one for each, so that both fire alike"),
    up_to("olive_baseline", 100.0, 0.0)
        .label("baseline of the olive")
        .unit("1/s", "spikes/s")
        .sentence("rate of the olive cells without error"),
    up_to("nucleo_olivary_inhibition", 1e6, 0.0)
        .label("nucleo-olivary inhibition")
        .unit("1/s", "spikes/s")
        .sentence("how much a unit of nuclear activity lowers the rate of its microzone's olive cells"),
    START.sentence(
        "where the hand rests at first: on the 90° target, from which it goes to the middle of the circle, as in the \
         paper; or in the middle, from which it goes to that target",
    ),
    Parameter::number("target_distance", Range::positive(0.24), 0.2)
        .label("distance of targets")
        .unit("m", "m")
        .sentence("distance of the targets from the middle of the circle"),
    Parameter::whole("movements", 8, 1_000_000, 200).sentence("movements that train"),
    Parameter::number("accuracy", Range::closed(FINEST_CONVOLUTION, 0.1), 1e-2)
        .sentence("largest error of the concentration over its largest value"),
];
