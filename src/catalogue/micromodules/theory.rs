//! What is known of nucleo-olivary loops without a simulation.

use crate::experiment::{Estimates, Observable, TheoryDeclaration};
use crate::models::micromodules::{LoopGain, Micromodules, Stationary};

pub(super) const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "Stability of a delayed nucleo-olivary loop, its equilibrium, and the noise of its climbing fibres",
    examples: &[
        "--nuclear-step 1 --loop-delay 0.2 --format json",
        "--error-rate 2 --crosstalk 0.3",
        "--nuclear-step 20 --nucleo-olivary-inhibition 1",
    ],
    details: "The loop is stable if its gain a = h k step is between 0 and critical_gain. Growth and period are those \
              of the largest root of z^(D+1) - z^D + a, whatever the noise. Means over a noisy run are given \
              where the loop is stable, no olive cell falls silent or fires twice in a step on the way to equilibrium \
              without noise, and the first deviation is gone: less than 1 % is left at the middle of the run. For all \
              of these except the rate of the olive, no olive cell may fall silent: its mean rate must be 2.5 \
              (mean nuclear rates) or 3 (variances) standard deviations of its inhibition above 0. At 1 spike/s that \
              needs a loop rate a/step below about 0.3/s or 0.22/s.",
    parameters: &[
        "modules",
        "crosstalk",
        "nuclear_step",
        "nucleo_olivary_inhibition",
        "loop_delay",
        "olive_baseline",
        "equilibrium_rate",
        "error_rate",
        "duration",
        "initial_rate",
        "climbing_fibre_code",
    ],
    closed_forms: &[
        Observable::scalar("gain")
            .symbol("a")
            .label("gain of the loop")
            .sentence("h k step, the gain of the loop per step for the mean over modules"),
        Observable::scalar("critical_gain")
            .label("critical gain")
            .sentence("gain from which on the loop is unstable, 2 sin(π / (2 (2 D + 1)))"),
        Observable::scalar("critical_gain_without_overshoot")
            .label("critical gain, no overshoot")
            .sentence("largest gain at which a deviation returns without overshoot, D^D / (D + 1)^(D + 1)"),
        Observable::scalar("unit_variance")
            .symbol("V")
            .label("variance for unit noise")
            .sentence("variance of a loop of this gain with noise of variance 1 per step; no value if it is unstable"),
    ],
    ..TheoryDeclaration::new(1)
};

/// Sets all that is known.
pub(super) fn set_theory(modules: &Micromodules, estimates: &mut Estimates) {
    let (gain, stationary) = (LoopGain::of(modules), Stationary::of(modules));
    estimates.set_exact("gain", gain.value);
    estimates.set_exact("critical_gain", gain.critical());
    estimates.set_exact("critical_gain_without_overshoot", gain.critical_without_overshoot());
    estimates.set_exact("growth", gain.growth());
    for (name, value) in [
        ("unit_variance", gain.unit_variance()),
        ("period", gain.period()),
        ("olive_rate", stationary.olive_rate),
        ("nuclear_rate", stationary.nuclear_rate),
        ("nuclear_variance", stationary.nuclear_variance),
        ("difference_variance", stationary.difference_variance),
        ("response_target", stationary.response_target),
        ("response_others", stationary.response_others),
    ] {
        if let Some(value) = value {
            estimates.set_exact(name, value);
        }
    }
}
