//! What is known of a nuclear cell without a simulation.

use crate::experiment::{Estimates, Observable, TheoryDeclaration};
use crate::models::rebound::{
    ConstantInhibition, ReboundCell, critical_inhibition, firing_inhibition, inhibition_variance,
};

pub(super) const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "When inhibition makes T channels ready, when it lets the cell fire, and how long a burst takes to begin",
    examples: &[
        "--purkinje-cells 0 --inhibition 0.2",
        "--purkinje-cells 0 --applied-current 6 --inhibition 0.1",
        "--synchrony 0.3 --format json",
    ],
    details: "A constant inhibition makes T channels ready if and only if it exceeds critical_inhibition, and lets the \
              cell fire if and only if it is less than firing_inhibition, which is the smaller one: a cell that fires \
              has no T channels ready, and one that is ready was silent. Latency, tonic rate and availability are \
              those of constant inhibition (purkinje_cells = 0); mean and variance of the inhibition are those of \
              filtered Poisson processes (Campbell's theorem). The latency is that of the crossing; a run has a value \
              only if a spike follows in the pause.",
    parameters: &[
        "inhibition",
        "applied_current",
        "purkinje_cells",
        "purkinje_rate",
        "inhibition_decay",
        "synchrony",
        "pause",
        "pause_start",
        "paused_share",
        "recovery_time",
        "inactivation_time",
        "inhibition_reversal",
    ],
    closed_forms: &[
        Observable::scalar("critical_inhibition")
            .symbol("g*")
            .label("critical inhibition")
            .unit("mS/cm²", "mS/cm²")
            .sentence("constant inhibition above which T channels recover from inactivation; negative: always"),
        Observable::scalar("firing_inhibition")
            .label("firing inhibition")
            .unit("mS/cm²", "mS/cm²")
            .sentence("constant inhibition below which the cell fires; negative: never"),
    ],
    ..TheoryDeclaration::new(1)
};

/// Sets all that is known.
pub(super) fn set_theory(cell: &ReboundCell, estimates: &mut Estimates) {
    estimates.set_exact("critical_inhibition", critical_inhibition(cell));
    estimates.set_exact("firing_inhibition", firing_inhibition(cell));
    estimates.set_exact("inhibition_mean", cell.parameters().inhibition);
    let constant = ConstantInhibition::of(cell);
    for (name, value) in [
        ("latency", constant.and_then(|constant| constant.latency)),
        ("tonic_rate", constant.and_then(|constant| constant.tonic_rate)),
        ("availability", constant.map(|constant| constant.availability)),
        ("inhibition_variance", inhibition_variance(cell)),
    ] {
        if let Some(value) = value {
            estimates.set_exact(name, value);
        }
    }
}
