//! What is measured of a nuclear cell.

use crate::experiment::Observable;

pub(super) static OBSERVABLES: [Observable; 8] = [
    Observable::scalar("burst_spikes").label("spikes in the pause").sentence("spikes in the pause"),
    Observable::scalar("burst_without_t_current")
        .label("spikes without T current")
        .sentence("spikes in the pause of the same cell without T channels, under the same inhibition"),
    Observable::scalar("latency")
        .unit("ms", "ms")
        .sentence(
            "time from the start of the pause until V reaches -60 mV; no value if it was already there, or without a \
             burst",
        )
        .optional()
        .with_theory(),
    Observable::scalar("tonic_rate")
        .label("tonic rate")
        .unit("1/s", "spikes/s")
        .sentence("rate of spikes in the second half of the time before the pause")
        .with_theory(),
    Observable::scalar("tonic_rate_without_t_current")
        .label("rate without T current")
        .unit("1/s", "spikes/s")
        .sentence("the same rate of the same cell without T channels, under the same inhibition"),
    Observable::scalar("availability")
        .symbol("h")
        .label("available T channels")
        .sentence("share of T channels that are not inactivated when the pause starts")
        .with_theory(),
    Observable::scalar("inhibition_mean")
        .label("mean inhibition")
        .unit("mS/cm²", "mS/cm²")
        .sentence("mean conductance of the inhibition in the second half of the time before the pause")
        .with_theory(),
    Observable::scalar("inhibition_variance")
        .label("variance of the inhibition")
        .unit("mS²/cm⁴", "(mS/cm²)²")
        .sentence("mean squared deviation of the conductance from `inhibition` over the same time")
        .with_theory(),
];
