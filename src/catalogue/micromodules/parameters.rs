//! What can be chosen of nucleo-olivary loops.

use crate::experiment::{Parameter, Range};
use crate::models::micromodules::{LONGEST_DELAY, MOST_MODULES};

pub(super) const SPIKES: &str = "spikes";
pub(super) const RATE: &str = "rate";

pub(super) static PARAMETERS: [Parameter; 11] = [
    Parameter::whole("modules", 1, MOST_MODULES as i64, 8).symbol("M").sentence("modules, each with an olive cell"),
    Parameter::number("crosstalk", Range::closed(0.0, 1.0), 0.0)
        .symbol("ε")
        .sentence("share of the inhibition of the olive that comes from the mean over all modules"),
    Parameter::number("nuclear_step", Range::positive(50.0), 0.4)
        .symbol("h")
        .label("nuclear step")
        .unit("1/s", "spikes/s")
        .sentence("what a complex spike adds to the rate of its nuclear cell, by depression in the cortex"),
    Parameter::number("nucleo_olivary_inhibition", Range::closed(0.0, 100.0), 0.5)
        .symbol("k")
        .label("nucleo-olivary inhibition")
        .sentence("fall of the olive's rate per nuclear rate above rest"),
    Parameter::number("loop_delay", Range::closed(0.0, LONGEST_DELAY), 0.1)
        .symbol("δ_n")
        .label("loop delay")
        .unit("s", "s")
        .sentence("delay of the inhibition of the olive, rounded to steps of 0.005 s"),
    Parameter::number("olive_baseline", Range::closed(0.0, 100.0), 1.0)
        .symbol("c₀")
        .label("olive baseline")
        .unit("1/s", "spikes/s")
        .sentence("rate of an olive cell without error, with the nuclei at rest"),
    Parameter::number("equilibrium_rate", Range::positive(100.0), 1.0)
        .symbol("c_eq")
        .label("equilibrium rate")
        .unit("1/s", "spikes/s")
        .sentence("rate of complex spikes at which potentiation and depression cancel"),
    Parameter::number("error_rate", Range::closed(0.0, 100.0), 0.0)
        .symbol("e")
        .label("error rate")
        .unit("1/s", "spikes/s")
        .sentence("rate that an error adds to the olive cell of the first module"),
    Parameter::number("duration", Range::closed(0.1, 1e4), 60.0)
        .unit("s", "s")
        .sentence("length of the run, over whose second half rates are averaged"),
    Parameter::number("initial_rate", Range::closed(-1e3, 1e3), 0.0)
        .symbol("n(0)")
        .label("initial nuclear rate")
        .unit("1/s", "spikes/s")
        .sentence("rate of every nuclear cell above rest at the start; before, it is 0"),
    Parameter::choice("climbing_fibre_code", &[SPIKES, RATE])
        .label("climbing fibre code")
        .sentence("whether modules learn from spikes, at most one per step, or from the rate without noise"),
];
