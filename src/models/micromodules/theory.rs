//! The closed forms of one delayed loop, x(t + 1) = x(t) - a x(t - D).

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use super::parameters::{Micromodules, STEP};

/// Halvings of an interval, after which nothing is left of it.
const HALVINGS: usize = 200;

/// The gain at and above which a loop with a delay of D steps is unstable, 2 sin(π / (2 (2 D + 1))).
///
/// There the root z = e^(iθ) of z^(D + 1) - z^D + a has θ = π/(2 D + 1), a period of 2 (2 D + 1) steps.
pub fn critical_gain(delay_steps: usize) -> f64 {
    2.0 * libm::sin(FRAC_PI_2 / (2 * delay_steps + 1) as f64)
}

/// The largest gain at which a deviation returns without overshoot, D^D/(D + 1)^(D + 1), where two real roots meet.
pub fn critical_gain_without_overshoot(delay_steps: usize) -> f64 {
    let delay = delay_steps as f64;
    libm::pow(delay / (delay + 1.0), delay) / (delay + 1.0)
}

/// The gain a of one mode of the loops per step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoopGain {
    /// a, a pure number of at least 0.
    pub value: f64,
    /// D.
    pub delay_steps: usize,
}

impl LoopGain {
    /// a = h k step, of the mean over modules.
    pub fn of(modules: &Micromodules) -> Self {
        let p = modules.parameters();
        let value = p.nuclear_step * p.nucleo_olivary_inhibition * STEP;
        Self { value, delay_steps: modules.delay_steps() }
    }

    /// a (1 - ε), of differences between modules.
    pub fn of_differences(modules: &Micromodules) -> Self {
        let of_mean = Self::of(modules);
        Self { value: of_mean.value * (1.0 - modules.parameters().crosstalk), ..of_mean }
    }

    /// [`critical_gain`] of this delay.
    pub fn critical(&self) -> f64 {
        critical_gain(self.delay_steps)
    }

    /// [`critical_gain_without_overshoot`] of this delay.
    pub fn critical_without_overshoot(&self) -> f64 {
        critical_gain_without_overshoot(self.delay_steps)
    }

    /// Whether deviations decay, 0 < a < critical.
    pub fn is_stable(&self) -> bool {
        self.value > 0.0 && self.value < self.critical()
    }

    /// The modulus of the largest root of z^(D + 1) - z^D + a: the factor of a deviation per step.
    pub fn growth(&self) -> f64 {
        self.root().0
    }

    /// The period of that root in seconds; `None` if it is real and not negative.
    pub fn period(&self) -> Option<f64> {
        let angle = self.root().1;
        (angle > 0.0).then(|| TAU / angle * STEP)
    }

    /// Modulus and angle of the largest root.
    ///
    /// Up to the gain without overshoot it is real and between D/(D + 1) and 1. Beyond, 0, 1 and z are the corners of a
    /// triangle with the angles θ, D θ and π - (D + 1) θ, so that |z| = sin(D θ)/sin((D + 1) θ) and a = |z|^D sin(θ)/
    /// sin((D + 1) θ), which increases with θ between 0 and π/(D + 1).
    fn root(&self) -> (f64, f64) {
        let Self { value, delay_steps } = *self;
        let delay = delay_steps as f64;
        if delay_steps == 0 {
            return ((1.0 - value).abs(), if value > 1.0 { PI } else { 0.0 });
        }
        if value <= self.critical_without_overshoot() {
            let is_below = |root: f64| libm::pow(root, delay) * (1.0 - root) > value;
            return (bisect(delay / (delay + 1.0), 1.0, is_below), 0.0);
        }
        let modulus = |angle: f64| libm::sin(delay * angle) / libm::sin((delay + 1.0) * angle);
        let gain = |angle: f64| libm::pow(modulus(angle), delay) * libm::sin(angle) / libm::sin((delay + 1.0) * angle);
        let angle = bisect(0.0, PI / (delay + 1.0), |angle| gain(angle) < value);
        (modulus(angle), angle)
    }

    /// V, the variance of x(t + 1) = x(t) - a x(t - D) + ξ for independent ξ of variance 1, in the limit of long times:
    ///
    /// V = (1 + sin(D θ)/cos(θ/2)) / (2 a (cos(D θ) - a/2)), θ = 2 arcsin(a/2).
    ///
    /// It follows from R(k + 1) - R(k) = -a R(D - k) for the covariance R at lags 0 ≤ k ≤ D. `None` for an unstable
    /// loop.
    pub fn unit_variance(&self) -> Option<f64> {
        let gain = self.value;
        let angle = 2.0 * libm::asin(0.5 * gain);
        let turned = self.delay_steps as f64 * angle;
        let numerator = 1.0 + libm::sin(turned) / libm::cos(0.5 * angle);
        self.is_stable().then(|| numerator / (2.0 * gain * (libm::cos(turned) - 0.5 * gain)))
    }

    /// The variance `steps` after a start without deviation: the sum of the squares of the response to one impulse.
    pub(super) fn variance_after(&self, steps: usize) -> f64 {
        let mut history = vec![0.0; self.delay_steps + 1];
        let (mut now, mut sum) = (1.0, 0.0);
        history[0] = now;
        for step in 0..steps {
            sum += now * now;
            let slot = (step + 1) % history.len();
            now -= self.value * history[slot];
            history[slot] = now;
        }
        sum
    }
}

/// Where a condition that holds from `low` on stops to hold.
fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if holds(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
