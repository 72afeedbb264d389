//! What is known of the cell without a simulation.

use super::parameters::{CAPACITANCE, LEAK, LEAK_REVERSAL, RESET, ReboundCell, SPIKE_THRESHOLD, STEP, T_THRESHOLD};

/// Time constants of T channels after which their first availability, at most a tenth or so, is forgotten.
const INACTIVATED: f64 = 8.0;

/// Time constants of the inhibition after which its variance is that of long times but for e^(-10).
const STATIONARY: f64 = 5.0;

/// g*, in mS/cm²: a constant inhibition makes T channels ready if and only if it is larger,
/// g* = (g_L (V_L - V_h) + I)/(V_h - V_I).
///
/// It is negative where the cell rests below V_h without inhibition.
pub fn critical_inhibition(cell: &ReboundCell) -> f64 {
    balance(cell, T_THRESHOLD)
}

/// In mS/cm²: a constant inhibition lets the cell fire if and only if it is less, (g_L (V_L - V_θ) + I)/(V_θ - V_I)
/// with V_θ = -35 mV.
///
/// It is less than [`critical_inhibition`] wherever that is not negative. It is negative where the cell is silent
/// without inhibition.
pub fn firing_inhibition(cell: &ReboundCell) -> f64 {
    balance(cell, SPIKE_THRESHOLD)
}

/// The conductance at which the cell rests at this voltage.
fn balance(cell: &ReboundCell, voltage: f64) -> f64 {
    let p = cell.parameters();
    (LEAK * (LEAK_REVERSAL - voltage) + p.applied_current) / (voltage - p.inhibition_reversal)
}

/// The variance of g_I in mS²/cm⁴, mean × jump/2 × (1 - synchrony + cells × synchrony), the jump being what one spike
/// of one cell adds, mean/(cells × rate × decay) (Campbell's theorem); 0 for constant inhibition.
///
/// `None` where the inhibition, which begins at its mean, does not yet vary as much in the second half of the time
/// before the pause.
pub fn inhibition_variance(cell: &ReboundCell) -> Option<f64> {
    let p = cell.parameters();
    let together = 1.0 - p.synchrony + p.purkinje_cells as f64 * p.synchrony;
    let begins = cell.first_measured_step() as f64 * STEP;
    let is_stationary = p.purkinje_cells == 0 || begins >= STATIONARY * p.inhibition_decay;
    is_stationary.then(|| 0.5 * p.inhibition * cell.jump() * together)
}

/// What is known with constant inhibition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantInhibition {
    /// (C/g) ln((V_∞ - V_0)/(V_∞ - V_h)) in ms, with the conductance g and the resting potential V_∞ of the pause, and
    /// the potential V_0 at its beginning. `None` if V_0 ≥ V_h, or V_h is not reached in the pause.
    ///
    /// Whether a spike follows within the pause is not part of it.
    pub latency: Option<f64>,
    /// In 1/s: 0 for an inhibition of at least [`firing_inhibition`], else that of the leaky cell,
    /// (g/C)/ln((V_ss + 50 mV)/(V_ss + 35 mV)). `None` if the cell does not fire regularly yet in the second half of
    /// the time before the pause, or too slowly for it.
    pub tonic_rate: Option<f64>,
    /// 1 - e^(-t/τ₊) for the time t before the pause where inhibition exceeds [`critical_inhibition`]; else
    /// (1 - e^(-t₁/τ₊)) e^(-(t - t₁)/τ₋), t₁ being the end of the step in which V_h is reached.
    pub availability: f64,
}

/// Without T current, V goes to a limit with a time constant.
#[derive(Clone, Copy)]
struct Leaky {
    /// In mV.
    limit: f64,
    /// In ms.
    time_constant: f64,
}

impl Leaky {
    fn new(cell: &ReboundCell, inhibition: f64) -> Self {
        let p = cell.parameters();
        let total = LEAK + inhibition;
        let current = LEAK * LEAK_REVERSAL + p.applied_current + inhibition * p.inhibition_reversal;
        Self { limit: current / total, time_constant: CAPACITANCE / total }
    }

    /// The voltage some ms after it was `from`.
    fn after(&self, time: f64, from: f64) -> f64 {
        self.limit + (from - self.limit) * libm::exp(-time / self.time_constant)
    }

    /// How long the way up takes, in ms; `None` if `to` is not reached.
    fn time(&self, from: f64, to: f64) -> Option<f64> {
        (self.limit > to).then(|| self.time_constant * libm::log((self.limit - from) / (self.limit - to)))
    }
}

impl ConstantInhibition {
    /// The theory of this cell; `None` with Purkinje cells, whose spikes make the inhibition vary.
    pub fn of(cell: &ReboundCell) -> Option<Self> {
        let p = cell.parameters();
        if p.purkinje_cells > 0 {
            return None;
        }
        let (before, paused) =
            (Leaky::new(cell, p.inhibition), Leaky::new(cell, p.inhibition * (1.0 - p.paused_share)));
        let [time, pause] = [cell.steps_before(), cell.pause_steps()].map(|steps| steps as f64 * STEP);
        let first_crossing = before.time(LEAK_REVERSAL, T_THRESHOLD);
        let voltage = before.after(time, LEAK_REVERSAL);
        let is_below = first_crossing.is_none_or(|crossing| crossing > time);
        let latency = paused.time(voltage, T_THRESHOLD).filter(|latency| is_below && *latency <= pause);
        let on_grid = |time: f64| (time / STEP).ceil() * STEP;
        let recovered = |time: f64| -libm::expm1(-time / p.recovery_time);
        let availability = match first_crossing.map(on_grid).filter(|crossing| *crossing < time) {
            None => recovered(time),
            Some(crossing) => recovered(crossing) * libm::exp((crossing - time) / p.inactivation_time),
        };
        let measured_from = cell.first_measured_step() as f64 * STEP;
        let settled = first_crossing.map_or(0.0, |crossing| crossing + INACTIVATED * p.inactivation_time);
        let tonic_rate = match (before.time(RESET, SPIKE_THRESHOLD), before.time(LEAK_REVERSAL, SPIKE_THRESHOLD)) {
            (Some(period), Some(first)) => (measured_from >= settled.max(first) + period).then(|| 1e3 / period),
            _ => (is_below || measured_from >= settled).then_some(0.0),
        };
        Some(Self { latency, tonic_rate, availability })
    }
}
