//! What follows from the shape of the granule cells alone.

use super::ConditioningParameters;

/// How learning at one time after the tone spreads to others.
///
/// K(t, t') = Σ_i g_i(t) g_i(t') = κ_0 sech^2m(½ ln(t/t')) for τ_min ≪ t, t' ≪ τ_max, so that all times are learned
/// equally fast and with a width in proportion to the time: Weber's law. It holds without short-term plasticity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimingKernel {
    /// κ_0 = K(t, t) = (N - 1) / ln(τ_max/τ_min) · e^2m Γ(2m) / (2m)^2m.
    pub scale: f64,
    /// Full width at half maximum over time: 2 sinh(2 arcosh 2^(1/2m)).
    pub relative_width: f64,
    /// ∫ K(t, t') dt' = κ_0 t W with W = 4^m Γ(m+1) Γ(m-1) / Γ(2m); none for m ≤ 1, where it diverges.
    pub relative_area: Option<f64>,
}

impl TimingKernel {
    /// The kernel; none where all time constants are equal, or those of neighbouring cells differ by so much that the
    /// sum over cells is not an integral: by more than half of 1/√m in the logarithm.
    pub fn new(parameters: &ConditioningParameters) -> Option<Self> {
        let range = libm::log(parameters.longest_time_constant / parameters.shortest_time_constant);
        let sharpness = parameters.sharpness;
        let twice = 2.0 * sharpness;
        let mean_square = libm::exp(twice + libm::lgamma(twice) - twice * libm::log(twice));
        let area = libm::lgamma(sharpness + 1.0) + libm::lgamma(sharpness - 1.0) - libm::lgamma(twice);
        let area = libm::exp(area + sharpness * libm::log(4.0));
        let is_dense = range / (parameters.granule_cells as f64 - 1.0) <= 0.5 / sharpness.sqrt();
        (range > 0.0 && is_dense).then(|| Self {
            scale: (parameters.granule_cells as f64 - 1.0) / range * mean_square,
            relative_width: 2.0 * libm::sinh(2.0 * libm::acosh(libm::pow(2.0, 1.0 / twice))),
            relative_area: (sharpness > 1.0).then_some(area),
        })
    }

    /// K(t, t') for two times after the tone, in s.
    pub fn at(&self, sharpness: f64, time: f64, other: f64) -> f64 {
        self.scale / libm::pow(libm::cosh(0.5 * libm::log(time / other)), 2.0 * sharpness)
    }

    /// The peak of r after the first paired trial, η γ κ_0 u T_us, in s⁻¹, for a short stimulus. None where the time of
    /// the peak, ISI + δ_o + T_us/2 - d, is not between twice the shortest and half of the longest time constant.
    pub fn first_trial_peak(&self, parameters: &ConditioningParameters) -> Option<f64> {
        let (shortest, longest) = (parameters.shortest_time_constant, parameters.longest_time_constant);
        if !(2.0 * shortest..=0.5 * longest).contains(&fastest_time(parameters)) {
            return None;
        }
        let gain = parameters.nuclear_gain * parameters.cortical_gain / parameters.granule_cells as f64;
        Some(parameters.learning_rate * gain * self.scale * parameters.us_rate * parameters.us_duration)
    }

    /// t* = u T_us / (c_eq W), in s: beyond it a silent olive unlearns faster than the unconditioned stimulus teaches.
    /// None where c_eq is 0 or W diverges.
    pub fn longest_interval(&self, parameters: &ConditioningParameters) -> Option<f64> {
        let area = self.relative_area?;
        let teaching = parameters.us_rate * parameters.us_duration;
        (parameters.equilibrium_rate > 0.0).then(|| teaching / (parameters.equilibrium_rate * area))
    }
}

/// ISI + δ_o + T_us/2 - d, in s: when the response grows fastest at first.
pub fn fastest_time(parameters: &ConditioningParameters) -> f64 {
    let ConditioningParameters { interstimulus_interval, olive_delay, us_duration, eligibility_delay, .. } = parameters;
    interstimulus_interval + olive_delay + 0.5 * us_duration - eligibility_delay
}
