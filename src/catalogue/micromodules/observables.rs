//! What is measured of nucleo-olivary loops.

use crate::experiment::Observable;

/// The name of the observable that is 1 for an unstable loop that made the olive fall silent.
pub(super) const DIVERGED: &str = "diverged";

pub(super) static OBSERVABLES: [Observable; 10] = [
    Observable::scalar("olive_rate")
        .symbol("c")
        .label("olive rate")
        .unit("1/s", "spikes/s")
        .sentence("mean rate of the olive cells of all modules over the second half of the run")
        .with_theory(),
    Observable::scalar("nuclear_rate")
        .symbol("n")
        .label("nuclear rate")
        .unit("1/s", "spikes/s")
        .sentence("mean over modules and the second half of the run of the nuclear rate above rest")
        .with_theory(),
    Observable::scalar("nuclear_variance")
        .label("nuclear variance")
        .unit("1/s²", "(spikes/s)²")
        .sentence(
            "squared deviation from equilibrium, at the end, of the mean over modules of n: its mean over replicates \
             is the variance",
        )
        .optional()
        .with_theory(),
    Observable::scalar("difference_variance")
        .label("variance of differences")
        .unit("1/s²", "(spikes/s)²")
        .sentence("variance over modules of the deviation of n from equilibrium, at the end")
        .optional()
        .with_theory(),
    Observable::scalar("growth")
        .label("growth per step")
        .sentence(
            "factor by which a small deviation changes per step of 0.005 s, by a fit (near the limit, good to 1e-7)",
        )
        .with_theory(),
    Observable::scalar("period")
        .unit("s", "s")
        .sentence("period of the oscillation of a small deviation; no value without one")
        .optional()
        .with_theory(),
    Observable::scalar("response_target")
        .label("response of the target")
        .unit("1/s", "spikes/s")
        .sentence("mean nuclear rate of the module that has the error, over the second half of the run")
        .with_theory(),
    Observable::scalar("response_others")
        .label("response of the others")
        .unit("1/s", "spikes/s")
        .sentence("mean nuclear rate of the other modules, over the second half of the run")
        .optional()
        .with_theory(),
    Observable::scalar("settling_time")
        .label("settling time")
        .unit("s", "s")
        .sentence("time until all modules stay within 5 % of the first deviation, without noise; no value if never")
        .optional(),
    Observable::scalar(DIVERGED)
        .label("loop unstable")
        .sentence("1 if deviations grow until an olive cell falls silent, without noise, else 0"),
];
