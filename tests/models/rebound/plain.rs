//! The same runs with every spike of every Purkinje cell in a list and every conductance a sum over it, and the
//! membrane by a method of another kind.

use microzone::models::rebound::{Course, ReboundParameters, simulate};
use microzone::random::RandomStream;

use crate::rebound::{cell, constant, stream};

const STEP: f64 = 0.01;

/// The numbers of the substreams, as the documentation of the streams has them.
const OWN_SPIKES: u64 = 0;
const COMMON_SPIKES: u64 = 1;

/// When a spike came, in ms, and what it added to the conductance.
type Spikes = Vec<(f64, f64)>;

fn spikes(p: &ReboundParameters, stream: &RandomStream) -> Spikes {
    let end = p.pause_start + p.pause;
    let cells = p.purkinje_cells as f64;
    let jump = p.inhibition / (cells * p.purkinje_rate / 1000.0 * p.inhibition_decay);
    let paused = (p.paused_share * cells).round();
    let mut spikes = Vec::new();
    let mut own = stream.substream(OWN_SPIKES);
    let own_rate = cells * p.purkinje_rate / 1000.0 * (1.0 - p.synchrony);
    let mut time = next(0.0, &mut own, own_rate);
    while time <= end {
        let number = (own.uniform() * cells).floor();
        if time < p.pause_start || number >= paused {
            spikes.push((time, jump));
        }
        time = next(time, &mut own, own_rate);
    }
    let mut common = stream.substream(COMMON_SPIKES);
    let common_rate = p.purkinje_rate / 1000.0 * p.synchrony;
    let mut time = next(0.0, &mut common, common_rate);
    while time <= end {
        let firing = if time < p.pause_start { cells } else { cells - paused };
        spikes.push((time, jump * firing));
        time = next(time, &mut common, common_rate);
    }
    spikes
}

/// The next spike of a process; without a rate there is none.
fn next(time: f64, stream: &mut RandomStream, rate: f64) -> f64 {
    let wait = -(1.0 - stream.uniform()).ln();
    if rate > 0.0 { time + wait / rate } else { f64::INFINITY }
}

/// g_I at a time.
fn conductance(p: &ReboundParameters, spikes: &Spikes, time: f64) -> f64 {
    if p.purkinje_cells == 0 {
        return p.inhibition * if time >= p.pause_start { 1.0 - p.paused_share } else { 1.0 };
    }
    let decayed = |since: f64| (-since / p.inhibition_decay).exp();
    let sum: f64 =
        spikes.iter().filter(|(spike, _)| *spike < time).map(|(spike, jump)| jump * decayed(time - spike)).sum();
    p.inhibition * decayed(time) + sum
}

/// V and h.
type State = [f64; 2];

/// dV/dt and dh/dt.
fn slope(p: &ReboundParameters, t_conductance: f64, g: f64, [v, h]: State) -> State {
    let open = v >= -60.0;
    let t_current = if open { t_conductance * h * (v - 120.0) } else { 0.0 };
    let current = p.applied_current - 0.035 * (v + 65.0) - t_current - g * (v - p.inhibition_reversal);
    [current / 2.0, if open { -h / p.inactivation_time } else { (1.0 - h) / p.recovery_time }]
}

/// One step of the classical method of Runge and Kutta.
fn advance(p: &ReboundParameters, t_conductance: f64, g: f64, state: State, step: f64) -> State {
    let moved = |slope: State, by: f64| [state[0] + by * slope[0], state[1] + by * slope[1]];
    let first = slope(p, t_conductance, g, state);
    let second = slope(p, t_conductance, g, moved(first, 0.5 * step));
    let third = slope(p, t_conductance, g, moved(second, 0.5 * step));
    let fourth = slope(p, t_conductance, g, moved(third, step));
    let mean = |i: usize| (first[i] + 2.0 * second[i] + 2.0 * third[i] + fourth[i]) / 6.0;
    [state[0] + step * mean(0), state[1] + step * mean(1)]
}

/// The run with steps a quarter as long, and everything from lists.
fn plain(p: &ReboundParameters, stream: &RandomStream) -> Course {
    const PARTS: usize = 4;
    let spikes = spikes(p, stream);
    let (before, pause) = ((p.pause_start / STEP).round() as usize, (p.pause / STEP).round() as usize);
    let conductances: Vec<f64> = (0..before + pause).map(|step| conductance(p, &spikes, step as f64 * STEP)).collect();
    let fired = |t_conductance: f64| -> (Vec<f64>, Vec<State>) {
        let (mut state, mut times, mut states) = ([-65.0, 0.0], Vec::new(), Vec::new());
        for (step, conductance) in conductances.iter().enumerate() {
            states.push(state);
            for part in 0..PARTS {
                state = advance(p, t_conductance, *conductance, state, STEP / PARTS as f64);
                if state[0] >= -35.0 {
                    state[0] = -50.0;
                    times.push((step as f64 + (part + 1) as f64 / PARTS as f64) * STEP);
                }
            }
        }
        (times, states)
    };
    let ((with, states), (without, _)) = (fired(p.t_conductance), fired(0.0));
    let in_pause = |times: &[f64]| times.iter().filter(|time| **time > p.pause_start).count();
    let crossing = states[before..].iter().position(|state| state[0] >= -60.0).filter(|step| *step > 0);
    let half = (before / 2) as f64 * STEP;
    // Each moment of the second half lies in one interval, and counts as one over its length.
    let moments: Vec<f64> = (0..30_000).map(|i| half + (i as f64 + 0.5) / 30_000.0 * (p.pause_start - half)).collect();
    let tonic_rate = |times: &[f64]| {
        let early: Vec<f64> = times.iter().copied().filter(|time| *time <= p.pause_start).collect();
        let last_interval = early.len().checked_sub(2).map(|i| early[i + 1] - early[i]);
        let rate = |moment: f64| match early.iter().position(|time| *time > moment) {
            Some(0) => 0.0,
            Some(next) => 1.0 / (early[next] - early[next - 1]),
            None => last_interval.filter(|interval| moment < early[early.len() - 1] + interval).map_or(0.0, f64::recip),
        };
        let is_silent = early.last().is_none_or(|last| *last <= half);
        if is_silent { 0.0 } else { moments.iter().map(|moment| rate(*moment)).sum::<f64>() / 30.0 }
    };
    let measured = &conductances[before / 2..before];
    let mean = |of: &dyn Fn(f64) -> f64| measured.iter().map(|g| of(*g)).sum::<f64>() / measured.len() as f64;
    Course {
        burst_spikes: in_pause(&with),
        burst_without_t_current: in_pause(&without),
        latency: crossing.map(|step| (step as f64 - 0.5) * STEP).filter(|_| in_pause(&with) > 0),
        tonic_rate: tonic_rate(&with),
        tonic_rate_without_t_current: tonic_rate(&without),
        availability: states[before][1],
        inhibition_mean: mean(&|g| g),
        inhibition_variance: mean(&|g| (g - p.inhibition) * (g - p.inhibition)),
    }
}

fn sets() -> Vec<ReboundParameters> {
    let base = ReboundParameters::default();
    vec![
        constant(),
        ReboundParameters { inhibition: 0.02, applied_current: 3.0, ..constant() },
        ReboundParameters { inhibition: 0.2, paused_share: 0.7, pause: 120.0, ..constant() },
        base,
        ReboundParameters { synchrony: 0.5, ..base },
        ReboundParameters { synchrony: 1.0, inhibition: 0.05, applied_current: 2.0, paused_share: 0.5, ..base },
        ReboundParameters { purkinje_cells: 10, inhibition_decay: 3.0, inhibition_reversal: -85.0, ..base },
        ReboundParameters { pause_start: 200.0, pause: 300.0, paused_share: 0.3, recovery_time: 30.0, ..base },
    ]
}

#[test]
fn a_plain_program_measures_the_same() {
    for (number, parameters) in sets().into_iter().enumerate() {
        let stream = stream(number as u64);
        let (own, plain) = (simulate(&cell(parameters), &stream), plain(&parameters, &stream));
        let close = |own: f64, plain: f64, tolerance: f64| (own - plain).abs() <= tolerance;
        assert!(close(own.inhibition_mean, plain.inhibition_mean, 1e-11), "{own:?} {plain:?} {parameters:?}");
        assert!(close(own.inhibition_variance, plain.inhibition_variance, 1e-11), "{own:?} {plain:?} {parameters:?}");
        // Spikes are stamped at the end of their step, so that intervals are longer by half a step.
        for (own_rate, rate) in
            [(own.tonic_rate, plain.tonic_rate), (own.tonic_rate_without_t_current, plain.tonic_rate_without_t_current)]
        {
            assert!(close(own_rate, rate, 0.5 + 1e-3 * rate), "{own:?} {plain:?} {parameters:?}");
        }
        assert!(close(own.availability, plain.availability, 2e-3), "{own:?} {plain:?} {parameters:?}");
        let spikes = [own.burst_spikes, own.burst_without_t_current];
        assert_eq!(spikes, [plain.burst_spikes, plain.burst_without_t_current], "{parameters:?}");
        match (own.latency, plain.latency) {
            (Some(own), Some(plain)) => assert!(close(own, plain, 0.0301), "{own} {plain} {parameters:?}"),
            (own, plain) => assert_eq!(own, plain, "{parameters:?}"),
        }
    }
}
