//! What the experiments on nitric oxide share: the parameters of the sheet.

use std::ops::Bound::{Excluded, Included};

use crate::experiment::{Kind, Parameter, Parameters, TaskError, Value};
use crate::models::nitric_oxide::{Arrangement, Plan, ReleaseSite, STEP, SheetParameters};

const JOINED: &str = "joined";
const SEPARATED: &str = "separated";
const DENDRITE: &str = "dendrite";
const SOMA: &str = "soma";

pub const DIFFUSION: Parameter = Parameter {
    name: "diffusion",
    unit: "um2 s-1",
    kind: Kind::Number(Included(0.0), Included(1e6)),
    default: Value::Number(3300.0),
    doc: "D, coefficient of diffusion of nitric oxide",
};

pub const DECAY: Parameter = Parameter {
    name: "decay",
    unit: "s-1",
    kind: Kind::Number(Included(0.0), Included(1e3)),
    default: Value::Number(0.3),
    doc: "k, rate at which nitric oxide decays; the half-life is ln 2 / k",
};

pub const MICROZONES: Parameter = Parameter {
    name: "microzones",
    unit: "1",
    kind: Kind::Choice(&[JOINED, SEPARATED]),
    default: Value::Choice(JOINED),
    doc: "one sheet without flux at its rim, or one periodic sheet a microzone",
};

pub const RELEASE: Parameter = Parameter {
    name: "release",
    unit: "1",
    kind: Kind::Choice(&[DENDRITE, SOMA]),
    default: Value::Choice(DENDRITE),
    doc: "where a discharge releases nitric oxide: over the whole Purkinje cell, or as much over the 35 x 35 um in its middle",
};

pub const ACCURACY: Parameter = Parameter {
    name: "accuracy",
    unit: "1",
    kind: Kind::Number(Included(0.0), Included(0.1)),
    default: Value::Number(1e-3),
    doc: "largest error of the concentration over its largest value; below 1e-4 steps are exact, and slower",
};

/// A mean rate of olive cells, by default one spike a second.
pub const fn io_rate(doc: &'static str) -> Parameter {
    let kind = Kind::Number(Excluded(0.0), Included(100.0));
    Parameter { name: "io_rate", unit: "s-1", kind, default: Value::Number(1.0), doc }
}

/// The sheet that the parameters describe.
///
/// # Errors
/// The parameters are of another experiment.
pub fn sheet(parameters: &Parameters, microzones: usize) -> Result<SheetParameters, TaskError> {
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

/// Whole steps of a time in seconds.
///
/// # Errors
/// The time is no multiple of the step.
pub fn steps(name: &'static str, seconds: f64) -> Result<usize, TaskError> {
    let steps = (seconds / STEP).round();
    if (steps * STEP - seconds).abs() > 1e-9 * seconds.abs().max(1.0) {
        let nearest = libm::round(steps * STEP * 1e6) / 1e6;
        return Err(TaskError::Model(format!(
            "{name} = {seconds} s is no multiple of the step of 0.005 s; try {nearest}"
        )));
    }
    Ok(steps as usize)
}

/// Expected seconds of one step of the sheet, and its bytes: fits `benches/nitric_oxide.rs` within a factor of two.
pub fn cost_of_sheet(sheet: &SheetParameters) -> (f64, f64) {
    let domains = 5832.0 * sheet.plan.microzones as f64;
    let radius = 0.057 * sheet.diffusion.sqrt();
    (domains * (0.8e-10 + 1.05e-10 * radius), 1e5 + domains * 400.0)
}
