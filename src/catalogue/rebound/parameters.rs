//! What can be chosen of a nuclear cell and its inhibition.

use crate::experiment::{Parameter, Range};

const TIME: Range = Range::closed(0.01, 1e4);

pub(super) static PARAMETERS: [Parameter; 13] = [
    Parameter::number("inhibition", Range::closed(0.0, 10.0), 0.1)
        .symbol("g_I")
        .unit("mS/cm²", "mS/cm²")
        .sentence("mean conductance of the inhibition before the pause"),
    Parameter::number("applied_current", Range::closed(-5.0, 50.0), 1.2)
        .symbol("I")
        .label("applied current")
        .unit("µA/cm²", "µA/cm²")
        .sentence("constant current, in place of all excitation"),
    Parameter::number("t_conductance", Range::closed(0.0, 1.0), 0.07)
        .symbol("g_T")
        .label("T conductance")
        .unit("mS/cm²", "mS/cm²")
        .sentence("conductance of the T channels, if none is inactivated"),
    Parameter::whole("purkinje_cells", 0, 10_000, 40)
        .symbol("N")
        .label("Purkinje cells")
        .sentence("Purkinje cells that inhibit the cell; with none, the inhibition is constant"),
    Parameter::number("purkinje_rate", Range::closed(0.01, 500.0), 70.0)
        .symbol("r")
        .label("Purkinje rate")
        .unit("1/s", "spikes/s")
        .sentence("rate of each Purkinje cell, a Poisson process; the mean inhibition does not depend on it"),
    Parameter::number("inhibition_decay", Range::closed(0.01, 1e3), 10.0)
        .symbol("τ_I")
        .label("decay of the inhibition")
        .unit("ms", "ms")
        .sentence("time constant of the conductance that one spike of a Purkinje cell adds"),
    Parameter::number("synchrony", Range::closed(0.0, 1.0), 0.0)
        .sentence("share of the spikes of a Purkinje cell that all Purkinje cells fire together"),
    Parameter::number("pause", Range::closed(0.0, 1e4), 50.0)
        .unit("ms", "ms")
        .sentence("length of the pause, rounded to 0.01 ms"),
    Parameter::number("pause_start", TIME, 600.0)
        .label("start of the pause")
        .unit("ms", "ms")
        .sentence("how long the inhibition lasts before the pause, rounded to 0.01 ms"),
    Parameter::number("paused_share", Range::closed(0.0, 1.0), 1.0).label("paused share").sentence(
        "share of the Purkinje cells that pause, rounded to whole cells; of a constant inhibition, its share",
    ),
    Parameter::number("recovery_time", TIME, 100.0)
        .symbol("τ₊")
        .label("recovery of T channels")
        .unit("ms", "ms")
        .sentence("time constant of the recovery of T channels from inactivation, below -60 mV"),
    Parameter::number("inactivation_time", TIME, 20.0)
        .symbol("τ₋")
        .label("inactivation of T channels")
        .unit("ms", "ms")
        .sentence("time constant of the inactivation of T channels, from -60 mV on"),
    Parameter::number("inhibition_reversal", Range::below(-100.0, -60.0), -75.0)
        .symbol("V_I")
        .label("reversal of the inhibition")
        .unit("mV", "mV")
        .sentence("reversal potential of the inhibition"),
];
