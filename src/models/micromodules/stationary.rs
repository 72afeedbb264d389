//! What the means and variances of a run are once it has settled.

use super::parameters::{ClimbingFibreCode, Micromodules, STEP};
use super::relaxation::relax;
use super::theory::LoopGain;

/// A deviation counts as gone at the beginning of the second half of a run when this share of it is left.
const GONE: f64 = 0.01;

/// Share of a variance that may come from how the run began.
const NEGLIGIBLE: f64 = 1e-3;

/// Standard deviations of its inhibition by which the mean rate of an olive cell must exceed 0 for variances to hold.
const DEVIATIONS_OF_VARIANCES: f64 = 3.0;

/// The same for mean nuclear rates: the lower bound of the olive's rate then raises them by at most about 0.1 % of
/// c_eq/k.
const DEVIATIONS_OF_MEANS: f64 = 2.5;

/// Expected values of what [`super::simulate`] reports; `None` where they are not known: no equilibrium, an unstable
/// loop, a run that is too short, a beginning or a noise by which olive cells would have to fire more than once in a
/// step or (except for noise and the rate of the olive) fall silent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stationary {
    /// c_eq, whatever the error and the noise: else the nuclear rates would move; c₀ + ē without inhibition.
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
        if !gain.is_stable() || !begins_linearly(modules) || !noise.leaves_steps_single(modules) {
            return Self::default();
        }
        let mean_is_gone = (p.initial_rate == 0.0 && mean == 0.0) || is_gone(modules, &gain);
        let differences_are_gone = p.error_rate == 0.0 || p.modules == 1 || is_gone(modules, &difference_gain);
        let is_quiet = mean_is_gone && noise.leaves_olive_active(modules, DEVIATIONS_OF_MEANS);
        let rates = is_quiet.then_some(mean);
        let olive_rate = (is_quiet || mean_is_gone && differences_are_gone).then_some(p.equilibrium_rate);
        let apart = apart.filter(|_| is_quiet && differences_are_gone);
        let variances = noise.variances(modules, mean, apart);
        Self {
            olive_rate,
            nuclear_rate: rates,
            nuclear_variance: variances.and_then(|[of_mean, _]| of_mean),
            difference_variance: variances.and_then(|[_, of_differences]| of_differences),
            response_target: apart.map(|[target, _]| mean + target),
            response_others: apart.filter(|_| p.modules > 1).map(|[_, others]| mean + others),
        }
    }
}

/// Whether no bracket acts on the way to equilibrium without noise.
fn begins_linearly(modules: &Micromodules) -> bool {
    let relaxation = relax(modules);
    let is_spikes = modules.parameters().climbing_fibre_code == ClimbingFibreCode::Spikes;
    let is_saturated = is_spikes && relaxation.reached_ceiling;
    !relaxation.reached_floor && !is_saturated
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

    /// Those of the mean and of differences at the end of a run, as far as what the run began with no longer counts.
    fn variances(&self, modules: &Micromodules, mean: f64, apart: Option<[f64; 2]>) -> Option<[Option<f64>; 2]> {
        let p = modules.parameters();
        let is_noisy = p.climbing_fibre_code == ClimbingFibreCode::Spikes;
        if !is_noisy || !self.leaves_olive_active(modules, DEVIATIONS_OF_VARIANCES) {
            return None;
        }
        let of_square = p.nuclear_step * p.nuclear_step * self.of_spike;
        let with_little_left = |variance: f64, gain: LoopGain, first: f64| {
            let left = first * libm::pow(gain.growth(), modules.steps() as f64);
            (left * left <= NEGLIGIBLE * variance).then_some(variance)
        };
        let first = (p.initial_rate - mean).abs().max(mean.abs());
        let of_mean = with_little_left(of_square * self.mean / p.modules as f64, LoopGain::of(modules), first);
        let differences = apart.filter(|_| p.modules > 1);
        let of_differences = differences.and_then(|[target, _]| {
            with_little_left(of_square * self.differences, LoopGain::of_differences(modules), target)
        });
        Some([of_mean, of_differences])
    }

    /// Whether the rates of all olive cells are standard deviations of their inhibition below one spike per step.
    fn leaves_steps_single(&self, modules: &Micromodules) -> bool {
        let [target, others] = olive_rates(modules);
        let room = 1.0 / STEP - target.max(others);
        let is_spikes = modules.parameters().climbing_fibre_code == ClimbingFibreCode::Spikes;
        !is_spikes || DEVIATIONS_OF_VARIANCES * self.deviation_of_inhibition(modules) <= room
    }

    /// The standard deviation of what inhibits an olive cell, in 1/s.
    fn deviation_of_inhibition(&self, modules: &Micromodules) -> f64 {
        let p = modules.parameters();
        let variance = self.of_spike * share_of_inhibition(modules, self.mean, self.differences);
        p.nucleo_olivary_inhibition * p.nuclear_step * variance.sqrt()
    }

    /// Whether the rate of every olive cell is as many standard deviations of its inhibition above 0.
    fn leaves_olive_active(&self, modules: &Micromodules, deviations: f64) -> bool {
        let p = modules.parameters();
        let [target, others] = olive_rates(modules);
        let least = if p.modules > 1 { target.min(others) } else { target };
        let deviation = self.deviation_of_inhibition(modules);
        match p.climbing_fibre_code {
            ClimbingFibreCode::Spikes => deviations * deviation <= least,
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

/// The rate at equilibrium of the first olive cell and of every other one, in 1/s: c_eq, plus e_j - ē where no module
/// receives its own error.
fn olive_rates(modules: &Micromodules) -> [f64; 2] {
    let p = modules.parameters();
    let apart = if p.crosstalk < 1.0 { 0.0 } else { 1.0 };
    let error = apart * modules.mean_error();
    [p.equilibrium_rate + apart * p.error_rate - error, p.equilibrium_rate - error]
}
