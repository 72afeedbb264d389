//! What can be chosen of an experiment on prediction.

use crate::experiment::{Parameter, Range};

pub(super) const PREDICTION: &str = "prediction";
pub(super) const FEEDBACK: &str = "feedback";

const fn time_constant(name: &'static str, default: f64) -> Parameter {
    Parameter::number(name, Range::closed(1e-3, 100.0), default).unit("s", "s")
}

pub(super) static PARAMETERS: [Parameter; 15] = [
    time_constant("plant_time_constant", 0.15)
        .symbol("τ")
        .label("plant's time constant")
        .sentence("time constant of the plant, which low-passes commands"),
    Parameter::number("plant_change", Range::closed(0.01, 100.0), 1.0)
        .label("change of the plant")
        .sentence("factor on the plant's time constant after learning"),
    Parameter::number("sensory_delay", Range::closed(0.0, 1.0), 0.1)
        .symbol("δ")
        .label("sensory delay")
        .unit("s", "s")
        .sentence("delay with which the senses report"),
    Parameter::number("sensory_noise", Range::closed(0.0, 100.0), 0.1)
        .symbol("σ_v")
        .label("sensory noise")
        .sentence("standard deviation of the noise of the senses, in learning and in control"),
    Parameter::number("plant_noise", Range::closed(0.0, 100.0), 0.0)
        .symbol("σ_w")
        .label("plant noise")
        .sentence("standard deviation of the disturbance of the plant in each step"),
    Parameter::whole("parallel_fibres", 1, 64, 8)
        .symbol("n")
        .label("parallel fibres")
        .sentence("parallel fibres, each of which low-passes the commands"),
    time_constant("shortest_time_constant", 0.02)
        .label("shortest time constant")
        .sentence("time constant of the fastest parallel fibre; spaced evenly in the logarithm"),
    time_constant("longest_time_constant", 1.0)
        .label("longest time constant")
        .sentence("time constant of the slowest parallel fibre"),
    time_constant("command_time_constant", 0.05)
        .label("commands' time constant")
        .sentence("time constant of the random commands in learning"),
    time_constant("reference_time_constant", 0.5)
        .label("reference's time constant")
        .sentence("time constant of the random reference in control"),
    Parameter::number("learning_rate", Range::closed(0.0, 100.0), 0.002)
        .symbol("η")
        .label("learning rate")
        .sentence("change of a weight per error and activity, in each step"),
    Parameter::whole("learning_steps", 0, 100_000_000, 20_000)
        .symbol("L")
        .label("learning steps")
        .sentence("steps of 5 ms of learning"),
    Parameter::choice("controller", &[PREDICTION, FEEDBACK])
        .sentence("whether the controller knows the senses corrected by the forward model, or the senses alone"),
    Parameter::number("feedback_gain", Range::closed(0.0, 1e4), 1.0)
        .symbol("K")
        .label("feedback gain")
        .sentence("gain on the difference of reference and plant"),
    Parameter::whole("control_steps", 1, 100_000_000, 20_000)
        .label("control steps")
        .sentence("steps of 5 ms over which tracking errors are averaged"),
];
