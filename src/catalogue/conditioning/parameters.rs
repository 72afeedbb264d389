//! What can be chosen of an experiment on conditioning.

use crate::experiment::{Parameter, Range};

pub(super) const SPIKES: &str = "spikes";
pub(super) const RATE: &str = "rate";

const TIME: Range = Range::closed(0.0, 60.0);
const SPIKE_RATE: Range = Range::closed(0.0, 1e4);

const fn time(name: &'static str, default: f64) -> Parameter {
    Parameter::number(name, TIME, default).unit("s", "s")
}

const fn rate(name: &'static str, default: f64) -> Parameter {
    Parameter::number(name, SPIKE_RATE, default).unit("1/s", "spikes/s")
}

pub(super) static PARAMETERS: [Parameter; 32] = [
    Parameter::whole("granule_cells", 2, 10_000, 100)
        .symbol("N")
        .label("granule cells")
        .sentence("granule cells with different times of their largest activity"),
    Parameter::number("sharpness", Range::closed(0.1, 100.0), 8.0)
        .symbol("m")
        .sentence("sharpness of the granule cells in time: their activity is ((t/τ) e^(1 - t/τ))^m"),
    Parameter::number("shortest_time_constant", Range::closed(1e-3, 1000.0), 0.03)
        .symbol("τ_min")
        .label("shortest time constant")
        .unit("s", "s")
        .sentence("time of the largest activity of the fastest granule cell; spaced evenly in the logarithm"),
    Parameter::number("longest_time_constant", Range::closed(1e-3, 1000.0), 1.5)
        .symbol("τ_max")
        .label("longest time constant")
        .unit("s", "s")
        .sentence("time of the largest activity of the slowest granule cell"),
    Parameter::number("duration", Range::closed(0.005, 60.0), 1.5)
        .unit("s", "s")
        .sentence("length of a trial, from the onset of the tone"),
    Parameter::number("interstimulus_interval", Range::positive(60.0), 0.25)
        .symbol("ISI")
        .label("interstimulus interval")
        .unit("s", "s")
        .sentence(
            "time from the onset of the tone to that of the unconditioned stimulus; more than half a step of 5 ms",
        ),
    time("us_duration", 0.05)
        .symbol("T_us")
        .label("duration of the US")
        .sentence("how long the unconditioned stimulus lasts"),
    rate("us_rate", 20.0)
        .symbol("u")
        .label("rate added by the US")
        .sentence("by how much the unconditioned stimulus raises the rate of the olive"),
    rate("olive_baseline", 1.0)
        .symbol("c_0")
        .label("olive baseline")
        .sentence("rate of the olive without a stimulus and with the nucleus at rest"),
    rate("equilibrium_rate", 1.0)
        .symbol("c_eq")
        .label("equilibrium rate")
        .sentence("rate of the olive at which depression and potentiation are equal"),
    Parameter::number("nucleo_olivary_inhibition", Range::closed(0.0, 1e4), 0.5)
        .symbol("k")
        .label("nucleo-olivary inhibition")
        .sentence("spikes/s that the olive loses per spike/s of the nucleus"),
    time("olive_delay", 0.02)
        .symbol("δ_o")
        .label("olive delay")
        .sentence("time from the unconditioned stimulus to the olive"),
    time("loop_delay", 0.1).symbol("δ_n").label("loop delay").sentence("time from the nucleus to the olive"),
    time("eligibility_delay", 0.1)
        .symbol("d")
        .label("eligibility delay")
        .sentence("time by which a parallel fibre must precede a climbing fibre for the strongest depression"),
    rate("purkinje_rate", 80.0)
        .symbol("P_0")
        .label("Purkinje rate")
        .sentence("rate of the Purkinje cell without a tone"),
    rate("nuclear_rate", 50.0).symbol("n_0").label("nuclear rate").sentence("rate of the nucleus without a tone"),
    rate("cortical_gain", 200.0)
        .symbol("G")
        .label("cortical gain")
        .sentence("rate of the Purkinje cell per mean weighted activity of the granule cells"),
    Parameter::number("nuclear_gain", Range::closed(0.0, 1e3), 1.0)
        .symbol("κ")
        .label("nuclear gain")
        .sentence("spikes of the nucleus per missing spike of the Purkinje cell"),
    Parameter::number("feed_forward_inhibition", Range::closed(0.0, 1e3), 1.0)
        .symbol("q")
        .label("feed-forward inhibition")
        .sentence("weight of the basket and stellate cells that the granule cells drive; 1 balances naive weights"),
    Parameter::number("learning_rate", Range::closed(0.0, 1e3), 0.01)
        .symbol("η")
        .label("learning rate")
        .sentence("change of a weight per coincidence of a spike of the climbing fibres and full activity"),
    Parameter::whole("climbing_fibres", 1, 1000, 10)
        .symbol("F")
        .label("climbing fibres")
        .sentence("climbing fibres whose mean the synapses see"),
    Parameter::choice("climbing_fibre_code", &[SPIKES, RATE])
        .label("climbing-fibre code")
        .sentence("whether climbing fibres fire at random, or signal the rate of the olive itself"),
    Parameter::whole("acquisition_trials", 1, 1_000_000, 300)
        .symbol("A")
        .label("acquisition trials")
        .sentence("trials with the tone and the unconditioned stimulus"),
    Parameter::whole("extinction_trials", 0, 1_000_000, 300)
        .label("extinction trials")
        .sentence("trials with the tone alone, after these"),
    Parameter::whole("reacquisition_trials", 0, 1_000_000, 300)
        .label("reacquisition trials")
        .sentence("trials with both, after these"),
    Parameter::number("criterion", Range::positive(1e4), 15.0).unit("1/s", "spikes/s").sentence(
        "rate of the nucleus above its resting rate, before the unconditioned stimulus, that counts as a response",
    ),
    Parameter::number("parallel_fibre_rate", Range::closed(0.0, 1000.0), 0.0)
        .unit("1/s", "spikes/s")
        .symbol("ν")
        .label("parallel-fibre rate")
        .sentence("rate of a fully active parallel fibre, for its short-term plasticity; 0 for none"),
    Parameter::number("utilization", Range::positive(1.0), 0.2)
        .symbol("U")
        .sentence("share of its resources that a rested parallel fibre uses per spike"),
    time("recovery_time_constant", 0.1)
        .symbol("τ_r")
        .label("recovery time constant")
        .sentence("time constant with which the resources of a parallel fibre recover; 0 for no depression"),
    time("facilitation_time_constant", 0.1)
        .symbol("τ_f")
        .label("facilitation time constant")
        .sentence("time constant with which a parallel fibre's facilitation decays; 0 for none"),
    Parameter::number("climbing_fibre_utilization", Range::closed(0.0, 1.0), 0.0)
        .symbol("U_c")
        .label("climbing-fibre utilization")
        .sentence("share of its resources that a climbing fibre uses per spike; 0 for no depression"),
    time("climbing_fibre_recovery_time_constant", 1.0)
        .symbol("τ_c")
        .label("climbing-fibre recovery")
        .sentence("time constant with which the resources of a climbing fibre recover; 0 for no depression"),
];
