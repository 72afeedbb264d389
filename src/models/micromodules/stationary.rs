//! What the means and variances of a run are once it has settled.

use super::parameters::{ClimbingFibreCode, Micromodules, STEP};
use super::theory::LoopGain;

/// A deviation counts as gone at the beginning of the second half of a run when this share of it is left.
const GONE: f64 = 0.01;

/// Share of a variance that may come from how the run began.
const NEGLIGIBLE: f64 = 1e-3;

/// Standard deviations of its inhibition that the mean rate of an olive cell must exceed for it to be never silent.
const DEVIATIONS: f64 = 3.0;

/// Expected values of what [`super::simulate`] reports; `None` where they are not known: no equilibrium, an unstable
/// loop, a run that is too short, or noise by which olive cells fall silent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stationary {
    /// c_eq, whatever the error; c₀ + ē without inhibition.
    pub olive_rate: Option<f64>,
    /// (c₀ + ē - c_eq)/k.
    pub nuclear_rate: Option<f64>,
    /// h² q V(a)/M, with V of [`LoopGain::unit_variance`] and the mean variance of a complex spike
    /// q = p (1 - p)/(1 + (k step)² h² (V(a)/M + (1 - ε)² V(a (1 - ε)) (M - 1)/M)), p = c_eq step.
    pub nuclear_variance: Option<f64>,
    /// h² q V(a (1 - ε)); with ε = 1 nothing holds modules together, and it is h² q times the steps.
    pub difference_variance: Option<f64>,
    /// The mean, and (e - ē)/(k (1 - ε)).
    pub response_target: Option<f64>,
    /// The mean, less ē/(k (1 - ε)).
    pub response_others: Option<f64>,
}

/// Variances of the inhibition, in units of the variance of a complex spike.
struct Noise {
    mean: f64,
    differences: f64,
    /// q.
    of_spike: f64,
}

impl Stationary {
    /// The theory of these modules.
    pub fn of(modules: &Micromodules) -> Self {
        let p = modules.parameters();
        let Some(mean) = modules.equilibrium_mean() else {
            let olive_rate = Some(p.olive_baseline + modules.mean_error());
            return Self { olive_rate, ..Self::default() };
        };
        let (gain, difference_gain) = (LoopGain::of(modules), LoopGain::of_differences(modules));
        let apart = modules.equilibrium_differences();
        let noise = Noise::of(modules, &gain, &difference_gain);
        if !gain.is_stable() || !noise.leaves_olive_active(modules) {
            return Self::default();
        }
        let begins_apart = p.error_rate > 0.0 && p.modules > 1;
        let begins_away = p.initial_rate != mean || mean != 0.0;
        let mean_is_gone = !begins_away || is_gone(modules, &gain);
        let differences_are_gone = !begins_apart || is_gone(modules, &difference_gain);
        let known = |is_known: bool, value: f64| is_known.then_some(value);
        let apart = apart.filter(|_| mean_is_gone && differences_are_gone);
        let of_square = p.nuclear_step * p.nuclear_step * noise.of_spike;
        let is_noisy = p.climbing_fibre_code == ClimbingFibreCode::Spikes;
        let variance = |of_mode: f64, is_negligible: bool| (is_noisy && is_negligible).then_some(of_square * of_mode);
        let left = |gain: &LoopGain, first: f64| {
            let left = first * libm::pow(gain.growth(), modules.steps() as f64);
            left * left
        };
        let nuclear_variance = noise.mean / p.modules as f64;
        let mean_left = left(&gain, (p.initial_rate - mean).abs().max(mean.abs()));
        let difference_left = left(&difference_gain, apart.map_or(0.0, |[target, _]| target));
        Self {
            olive_rate: known(mean_is_gone, p.equilibrium_rate),
            nuclear_rate: known(mean_is_gone, mean),
            nuclear_variance: variance(nuclear_variance, mean_left <= NEGLIGIBLE * of_square * nuclear_variance),
            difference_variance: apart
                .filter(|_| p.modules > 1)
                .and(variance(noise.differences, difference_left <= NEGLIGIBLE * of_square * noise.differences)),
            response_target: apart.map(|[target, _]| mean + target),
            response_others: apart.filter(|_| p.modules > 1).map(|[_, others]| mean + others),
        }
    }
}

/// Whether little is left of a first deviation when averaging begins.
fn is_gone(modules: &Micromodules, gain: &LoopGain) -> bool {
    gain.is_stable() && libm::pow(gain.growth(), modules.first_averaged_step() as f64) <= GONE
}

impl Noise {
    fn of(modules: &Micromodules, gain: &LoopGain, difference_gain: &LoopGain) -> Self {
        let p = modules.parameters();
        let variance = |gain: &LoopGain| {
            let is_long = libm::pow(gain.growth(), 2.0 * modules.steps() as f64) <= NEGLIGIBLE;
            gain.unit_variance().filter(|_| is_long).unwrap_or_else(|| gain.variance_after(modules.steps()))
        };
        let (mean, differences) = (variance(gain), variance(difference_gain));
        let own = share_of_inhibition(modules, mean, differences);
        let scale = p.nucleo_olivary_inhibition * STEP * p.nuclear_step;
        let rates = olive_rates(modules);
        let of_rates = |of: &dyn Fn(f64) -> f64| {
            let others = (p.modules - 1) as f64;
            (of(rates[0] * STEP) + others * of(rates[1] * STEP)) / p.modules as f64
        };
        let of_spike = of_rates(&|probability| probability * (1.0 - probability)) / (1.0 + scale * scale * own);
        Self { mean, differences, of_spike }
    }

    /// Whether the rate of every olive cell is more than three standard deviations of its inhibition above 0.
    fn leaves_olive_active(&self, modules: &Micromodules) -> bool {
        let p = modules.parameters();
        let [target, others] = olive_rates(modules);
        let least = if p.modules > 1 { target.min(others) } else { target };
        let variance = self.of_spike * share_of_inhibition(modules, self.mean, self.differences);
        let deviation = p.nucleo_olivary_inhibition * p.nuclear_step * variance.sqrt();
        match p.climbing_fibre_code {
            ClimbingFibreCode::Spikes => DEVIATIONS * deviation <= least,
            ClimbingFibreCode::Rate => least >= 0.0,
        }
    }
}

/// The variance of the nuclear rates that reach one olive cell, from those of the mean over modules times M and of one
/// difference.
fn share_of_inhibition(modules: &Micromodules, mean: f64, differences: f64) -> f64 {
    let p = modules.parameters();
    let (count, own) = (p.modules as f64, 1.0 - p.crosstalk);
    (mean + own * own * differences * (count - 1.0)) / count
}

/// The rate at equilibrium of the first olive cell and of every other one, in 1/s: c_eq, and with it e_j - ē where no
/// module hears of its own error.
fn olive_rates(modules: &Micromodules) -> [f64; 2] {
    let p = modules.parameters();
    let apart = if p.crosstalk < 1.0 { 0.0 } else { 1.0 };
    let error = apart * modules.mean_error();
    [p.equilibrium_rate + apart * p.error_rate - error, p.equilibrium_rate - error]
}
