//! The parameters of the sheet, which several experiments have.

use crate::experiment::{Parameter, Parameters, Range, TaskFailure};
use crate::models::nitric_oxide::{Arrangement, MicrozoneOrder, Plan, ReleaseSite, STEP, SheetParameters, Start};

const JOINED: &str = "joined";
const SEPARATED: &str = "separated";
const EXTENSOR_FIRST: &str = "extensor-first";
const FLEXOR_FIRST: &str = "flexor-first";
const ANTAGONISTS_APART: &str = "antagonists-apart";
const TARGET: &str = "target";
const CENTRE: &str = "centre";
const DENDRITE: &str = "dendrite";
const SOMA: &str = "soma";

pub(in crate::catalogue) const DIFFUSION: Parameter = Parameter::number("diffusion", Range::closed(0.0, 1e6), 3300.0)
    .symbol("D")
    .unit("µm²/s", "µm²/s")
    .sentence("coefficient of diffusion of nitric oxide");

pub(in crate::catalogue) const DECAY: Parameter = Parameter::number("decay", Range::closed(0.0, 1e3), 0.3)
    .symbol("k")
    .unit("1/s", "1/s")
    .sentence("rate at which nitric oxide decays; its half-life is ln 2 / k");

pub(in crate::catalogue) const MICROZONES: Parameter = Parameter::choice("microzones", &[JOINED, SEPARATED])
    .sentence("one sheet without flux at its rim, or one periodic sheet per microzone");

pub(in crate::catalogue) const MICROZONE_ORDER: Parameter =
    Parameter::choice("microzone_order", &[EXTENSOR_FIRST, FLEXOR_FIRST, ANTAGONISTS_APART])
        .label("order of microzones")
        .sentence(
            "from left to right, extensor and flexor of the shoulder, then of the elbow, as in the paper; flexor and \
             extensor of each; or both flexors, then both extensors",
        );

/// Where the hand is before anything moves; what follows from it is each experiment's to say.
pub(in crate::catalogue) const START: Parameter =
    Parameter::choice("start", &[TARGET, CENTRE]).label("start of the hand");

pub(in crate::catalogue) const RELEASE: Parameter = Parameter::choice("release", &[DENDRITE, SOMA]).sentence(
    "where a discharge releases nitric oxide: over the whole Purkinje cell, or as much over the 35 × 35 µm in its \
     middle",
);

pub(in crate::catalogue) const ACCURACY: Parameter = Parameter::number("accuracy", Range::closed(0.0, 0.1), 1e-3)
    .sentence("largest error of the concentration over its largest value; below 1e-4 steps are exact, and slower");

/// A mean rate of olive cells, by default one spike per second.
pub(in crate::catalogue) const IO_RATE: Parameter =
    Parameter::number("io_rate", Range::positive(100.0), 1.0).symbol("r").label("olive rate").unit("1/s", "spikes/s");

/// The sheet that the parameters describe.
///
/// # Errors
/// The parameters are of another experiment.
pub(in crate::catalogue) fn sheet(parameters: &Parameters, microzones: usize) -> Result<SheetParameters, TaskFailure> {
    let arrangement = match parameters.choice("microzones")? {
        SEPARATED => Arrangement::Separated,
        _ => Arrangement::Joined,
    };
    let release = match parameters.choice("release")? {
        SOMA => ReleaseSite::Soma,
        _ => ReleaseSite::Dendrite,
    };
    Ok(SheetParameters {
        diffusion: parameters.number("diffusion")?,
        decay: parameters.number("decay")?,
        plan: Plan { microzones, arrangement },
        release,
        accuracy: parameters.number("accuracy")?,
    })
}

/// The order that the parameters name.
///
/// # Errors
/// The parameters are of another experiment.
pub(in crate::catalogue) fn microzone_order(parameters: &Parameters) -> Result<MicrozoneOrder, TaskFailure> {
    Ok(match parameters.choice("microzone_order")? {
        FLEXOR_FIRST => MicrozoneOrder::FlexorFirst,
        ANTAGONISTS_APART => MicrozoneOrder::AntagonistsApart,
        _ => MicrozoneOrder::ExtensorFirst,
    })
}

/// The start that the parameters name.
///
/// # Errors
/// The parameters are of another experiment.
pub(in crate::catalogue) fn start(parameters: &Parameters) -> Result<Start, TaskFailure> {
    Ok(if parameters.choice("start")? == CENTRE { Start::Centre } else { Start::Target })
}

/// Whole steps of a time in seconds.
///
/// # Errors
/// The time is not a multiple of the step.
pub(in crate::catalogue) fn steps(name: &'static str, seconds: f64) -> Result<usize, TaskFailure> {
    let steps = (seconds / STEP).round();
    if (steps * STEP - seconds).abs() > 1e-9 * seconds.abs().max(1.0) {
        let nearest = libm::round(steps * STEP * 1e6) / 1e6;
        return Err(TaskFailure::model(format!(
            "{name} = {seconds:?} s is not a multiple of the step of 0.005 s; try {nearest:?}"
        )));
    }
    Ok(steps as usize)
}

/// Expected seconds of one step of the sheet, and its bytes: fits `benches/nitric_oxide.rs` within a factor of two.
pub(in crate::catalogue) fn cost_of_sheet(sheet: &SheetParameters) -> (f64, f64) {
    let domains = 5832.0 * sheet.plan.microzones as f64;
    let radius = 0.057 * sheet.diffusion.sqrt();
    (domains * (0.8e-10 + 1.05e-10 * radius), 1e5 + domains * 400.0)
}
