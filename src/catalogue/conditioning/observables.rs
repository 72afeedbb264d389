//! What is measured of a course of conditioning.

use crate::experiment::{Better, Observable, OwnDimension, Values};
use crate::models::conditioning::{CURVE_POINTS, Conditioning, Course, Response};

/// Points of a response over a trial.
const TIMES: usize = 151;

const SHARE: OwnDimension =
    OwnDimension::new("share_of_trials", CURVE_POINTS, |point| point as f64 / (CURVE_POINTS - 1) as f64)
        .label("share of trials")
        .sentence("share of the acquisition trials that came before");

const PHASE: OwnDimension = OwnDimension::new("phase", 3, |phase| phase as f64)
    .sentence("0 after acquisition, 1 after extinction, 2 after reacquisition");

const TIME: OwnDimension = OwnDimension::new("time", TIMES, share_of_duration)
    .label("share of the duration")
    .sentence("time since the onset of the tone, relative to the duration of a trial");

fn share_of_duration(point: usize) -> f64 {
    point as f64 / (TIMES - 1) as f64
}

pub(super) static OBSERVABLES: [Observable; 15] = [
    Observable::scalar("response_peak")
        .label("response")
        .unit("1/s", "spikes/s")
        .sentence("largest rate of the nucleus above its resting rate, before the onset of the US, after acquisition")
        .better(Better::More)
        .optional(),
    Observable::scalar("response_time")
        .label("time of the response")
        .unit("s", "s")
        .sentence("when the response is largest, since the onset of the tone")
        .optional(),
    Observable::scalar("response_lead")
        .label("lead of the response")
        .unit("s", "s")
        .sentence("by how much the largest response precedes the unconditioned stimulus")
        .optional(),
    Observable::scalar("response_width")
        .label("width of the response")
        .unit("s", "s")
        .sentence("full width at half of the response")
        .optional(),
    Observable::scalar("first_trial_peak")
        .label("response after one trial")
        .unit("1/s", "spikes/s")
        .sentence(
            "largest rate of the nucleus above its resting rate after one paired trial in which climbing fibres signal \
             the rate itself",
        )
        .optional()
        .with_theory(),
    Observable::scalar("first_trial_time")
        .label("time after one trial")
        .unit("s", "s")
        .sentence("when that response is largest, since the onset of the tone")
        .optional()
        .with_theory(),
    Observable::scalar("trials_to_criterion")
        .label("trials to criterion")
        .sentence(
            "smallest number of paired trials after which the response reaches the criterion; one more than all trials \
             if it never does",
        )
        .better(Better::Less),
    Observable::scalar("extinction_remainder")
        .label("response left")
        .sentence("response after extinction relative to that after acquisition")
        .optional(),
    Observable::scalar("savings")
        .sentence(
            "1 - trials to criterion of reacquisition / of acquisition; no value where either never reaches it, or \
             acquisition begins with it",
        )
        .optional(),
    Observable::scalar("pause_depth")
        .label("depth of the pause")
        .unit("1/s", "spikes/s")
        .sentence("largest fall in the rate of the Purkinje cell, after acquisition"),
    Observable::scalar("climbing_fibre_rate_us")
        .label("olive rate during the US")
        .unit("1/s", "spikes/s")
        .sentence("mean rate of the olive while the unconditioned stimulus excites it, after acquisition")
        .optional(),
    Observable::scalar("climbing_fibre_rate_before")
        .label("olive rate before the US")
        .unit("1/s", "spikes/s")
        .sentence("mean rate of the olive from the onset of the tone to that of the US, after acquisition"),
    Observable::scalar("weight_zeros")
        .label("silent fraction")
        .sentence("fraction of weights that are exactly zero after acquisition"),
    Observable::array("learning_curve", &[SHARE])
        .label("learning curve")
        .unit("1/s", "spikes/s")
        .sentence("rate of the nucleus above its resting rate, at the time at which it grows fastest at first")
        .with_theory(),
    Observable::array("response", &[PHASE, TIME])
        .label("rate above baseline")
        .unit("1/s", "spikes/s")
        .sentence("rate of the nucleus above its resting rate, over a trial")
        .of_first_replicate(),
];

pub(super) fn report(conditioning: &Conditioning, course: &Course, values: &mut Values) {
    let before = conditioning.steps_before_us();
    let set = |values: &mut Values, name: &str, value: Option<f64>| match value {
        Some(value) => values.set(name, value),
        None => values.absent(name),
    };
    let after = |weights: &[f64]| conditioning.respond(weights);
    let acquired = after(&course.acquired);
    let extinguished = after(&course.extinguished);
    let peak = acquired.peak(before);
    set(values, "response_peak", peak.map(|peak| peak.rate));
    set(values, "response_time", peak.map(|peak| peak.time));
    let interval = conditioning.parameters().interstimulus_interval;
    set(values, "response_lead", peak.map(|peak| interval - peak.time));
    set(values, "response_width", peak.and_then(|peak| acquired.width(peak)));
    let first = after(&Course::first_trial(conditioning)).peak(conditioning.steps());
    set(values, "first_trial_peak", first.map(|peak| peak.rate));
    set(values, "first_trial_time", first.map(|peak| peak.time));
    let never = conditioning.parameters().acquisition_trials + 1;
    values.set("trials_to_criterion", course.trials_to_criterion.unwrap_or(never) as f64);
    let rest = extinguished.peak(before).map_or(0.0, |peak| peak.rate);
    set(values, "extinction_remainder", peak.map(|peak| rest / peak.rate));
    set(values, "savings", course.savings());
    values.set("pause_depth", acquired.pause_depth(conditioning.parameters().purkinje_rate));
    let (during, before_us) = conditioning.olive_means(&acquired);
    set(values, "climbing_fibre_rate_us", during);
    values.set("climbing_fibre_rate_before", before_us);
    let zeros = course.acquired.iter().filter(|weight| **weight == 0.0).count();
    values.set("weight_zeros", zeros as f64 / course.acquired.len() as f64);
    values.set_array("learning_curve", &course.learning_curve);
    let over_time = |response: &Response| -> Vec<f64> {
        let duration = conditioning.parameters().duration;
        (0..TIMES).map(|point| response.nucleus_at(share_of_duration(point) * duration)).collect()
    };
    let phases = [&acquired, &extinguished, &after(&course.reacquired)];
    values.set_array("response", &phases.map(over_time).concat());
}
