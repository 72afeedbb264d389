//! The way to equilibrium without noise.

use super::deviation::SMALL;
use super::parameters::{Micromodules, STEP};

/// A module has settled when less than this share of the first deviation is left.
const REMAINDER: f64 = 0.05;

/// What a run without noise showed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relaxation {
    /// Seconds after which every module stays within 5 % of the largest deviation that it began with; `None` if that is
    /// not reached, or there is no equilibrium.
    pub settling_time: Option<f64>,
    /// Whether an olive cell fell silent.
    pub reached_floor: bool,
    /// Whether an olive cell would have had to fire more than once in a step.
    pub reached_ceiling: bool,
}

/// A run with c step in place of spikes, in deviations x = n - equilibrium, so that nothing cancels.
///
/// It begins as the noisy run does: n is 0 before the start, then `initial_rate`. Where that is equilibrium already, it
/// begins 1e-6 above it. All modules but the first are alike.
pub fn relax(modules: &Micromodules) -> Relaxation {
    let p = modules.parameters();
    let Some(mean) = modules.equilibrium_mean() else {
        return Relaxation { settling_time: None, reached_floor: false, reached_ceiling: false };
    };
    let apart = modules.equilibrium_differences();
    // Without an equilibrium of the differences the error stays, and drives the modules apart.
    let left = if apart.is_some() { [0.0; 2] } else { [p.error_rate - modules.mean_error(), -modules.mean_error()] };
    let equilibrium = apart.unwrap_or([0.0; 2]).map(|difference| mean + difference);
    let weights = [1.0 / p.modules as f64, (p.modules - 1) as f64 / p.modules as f64];
    let groups = p.modules.min(2);

    let before = equilibrium.map(|rate| -rate);
    let mut now = equilibrium.map(|rate| p.initial_rate - rate);
    let largest = |deviations: &[f64; 2]| deviations[..groups].iter().fold(0.0, |most: f64, one| most.max(one.abs()));
    let mut first = largest(&before).max(largest(&now));
    if first == 0.0 {
        now = [SMALL; 2];
        first = SMALL;
    }
    let mut history = vec![before; modules.delay_steps() + 1];
    history[0] = now;
    let (mut last_outside, mut reached_floor, mut reached_ceiling) = (None, false, false);
    for step in 0..modules.steps() {
        if largest(&now) > REMAINDER * first {
            last_outside = Some(step);
        }
        let slot = (step + 1) % history.len();
        let delayed = history[slot];
        let of_all = p.crosstalk * (weights[0] * delayed[0] + weights[1] * delayed[1]);
        for group in 0..groups {
            let inhibition = p.nucleo_olivary_inhibition * ((1.0 - p.crosstalk) * delayed[group] + of_all);
            let excess = left[group] - inhibition;
            reached_floor |= excess < -p.equilibrium_rate;
            reached_ceiling |= (p.equilibrium_rate + excess) * STEP > 1.0;
            now[group] += p.nuclear_step * STEP * excess.max(-p.equilibrium_rate);
        }
        history[slot] = now;
    }
    let is_settled = apart.is_some() && largest(&now) <= REMAINDER * first;
    let settling_time = is_settled.then(|| last_outside.map_or(0.0, |step| (step + 1) as f64 * STEP));
    Relaxation { settling_time, reached_floor, reached_ceiling }
}
