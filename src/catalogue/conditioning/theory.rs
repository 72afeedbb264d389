//! What is known of conditioning without a simulation.

use crate::experiment::{Estimate, Estimates, Observable, TheoryDeclaration};
use crate::models::conditioning::{
    CURVE_POINTS, Conditioning, ConditioningParameters, LinearCourse, TimingKernel, curve_trial, fastest_time,
};

pub(super) const THEORY: TheoryDeclaration = TheoryDeclaration {
    summary: "The first trial, the mean course of learning while nothing is rectified, and what timing alone implies",
    examples: &[
        "--interstimulus-interval 0.5 --learning-rate 0.001",
        "--nucleo-olivary-inhibition 0 --acquisition-trials 30 --format json",
        "--parallel-fibre-rate 50 --facilitation-time-constant 0",
    ],
    details: "The learning curve is the mean over the spikes of the climbing fibres, exact as long as no run is \
              rectified. It has no value from the first trial on in which a weight, the Purkinje cell, the nucleus or \
              the olive would be rectified in the mean, or a fibre would fire twice in a step. The olive's floor is \
              reached soon: after 8 trials with the default parameters. The values from the kernel hold for many cells \
              without short-term plasticity, at times far from both time constants.",
    parameters: &[
        "granule_cells",
        "sharpness",
        "shortest_time_constant",
        "longest_time_constant",
        "duration",
        "interstimulus_interval",
        "us_duration",
        "us_rate",
        "olive_baseline",
        "equilibrium_rate",
        "nucleo_olivary_inhibition",
        "olive_delay",
        "loop_delay",
        "eligibility_delay",
        "purkinje_rate",
        "nuclear_rate",
        "cortical_gain",
        "nuclear_gain",
        "feed_forward_inhibition",
        "learning_rate",
        "climbing_fibre_code",
        "acquisition_trials",
        "parallel_fibre_rate",
        "utilization",
        "recovery_time_constant",
        "facilitation_time_constant",
        "climbing_fibre_utilization",
        "climbing_fibre_recovery_time_constant",
    ],
    closed_forms: &[
        Observable::scalar("fastest_time")
            .label("time of fastest growth")
            .unit("s", "s")
            .sentence("ISI + δ_o + T_us/2 - d, when the response grows fastest at first"),
        Observable::scalar("longest_interval")
            .symbol("t*")
            .label("longest interval")
            .unit("s", "s")
            .sentence("u T_us / (c_eq W), beyond which a silent olive unlearns faster than the US teaches"),
        Observable::scalar("kernel_scale")
            .symbol("κ_0")
            .label("scale of the kernel")
            .sentence("Σ g_i(t)², which is the same at all times between the time constants"),
        Observable::scalar("kernel_width")
            .label("relative width")
            .sentence("full width at half maximum of the kernel, over its time: Weber's fraction"),
        Observable::scalar("kernel_area")
            .symbol("W")
            .label("relative area")
            .sentence("area under the kernel, over its scale and its time"),
        Observable::scalar("kernel_first_peak")
            .label("first peak by the kernel")
            .unit("1/s", "spikes/s")
            .sentence("η γ κ_0 u T_us, the response after one trial for a short US, without short-term plasticity"),
        Observable::scalar("paired_pulse_ratio")
            .label("paired-pulse ratio")
            .sentence("second release of a parallel fibre over the first, at its rate ν"),
        Observable::scalar("steady_utilization")
            .label("steady utilization")
            .sentence("utilization of a parallel fibre after many spikes at the interval 1/ν"),
        Observable::scalar("steady_resources")
            .label("steady resources")
            .sentence("resources of a parallel fibre before a spike, after many at the interval 1/ν"),
    ],
    ..TheoryDeclaration::new(1)
};

pub(super) fn set_linear_course(conditioning: &Conditioning, estimates: &mut Estimates) {
    let trials = conditioning.parameters().acquisition_trials;
    let Some(course) = LinearCourse::new(conditioning, trials.max(1)) else { return };
    if let Some(peak) = course.first.and_then(|response| response.peak(conditioning.steps())) {
        estimates.set_exact("first_trial_peak", peak.rate);
        estimates.set_exact("first_trial_time", peak.time);
    }
    let at = |point| course.rates.get(curve_trial(point, trials)).copied().map_or(Estimate::UNKNOWN, Estimate::exact);
    estimates.set_array("learning_curve", (0..CURVE_POINTS).map(at).collect());
}

pub(super) fn set_kernel(parameters: &ConditioningParameters, estimates: &mut Estimates) {
    if fastest_time(parameters) > 0.0 {
        estimates.set_exact("fastest_time", fastest_time(parameters));
    }
    let Some(kernel) = TimingKernel::new(parameters) else { return };
    if let Some(longest) = kernel.longest_interval(parameters) {
        estimates.set_exact("longest_interval", longest);
    }
    estimates.set_exact("kernel_scale", kernel.scale);
    estimates.set_exact("kernel_width", kernel.relative_width);
    if let Some(area) = kernel.relative_area {
        estimates.set_exact("kernel_area", area);
    }
    if let Some(peak) = kernel.first_trial_peak(parameters) {
        estimates.set_exact("kernel_first_peak", peak);
    }
}

/// Of regular spikes at the rate ν; nothing without short-term plasticity.
pub(super) fn set_short_term_plasticity(parameters: &ConditioningParameters, estimates: &mut Estimates) {
    if parameters.parallel_fibre_rate > 0.0 {
        let (synapse, interval) = (&parameters.parallel_fibre_plasticity, 1.0 / parameters.parallel_fibre_rate);
        estimates.set_exact("paired_pulse_ratio", synapse.paired_pulse_ratio(interval));
        estimates.set_exact("steady_utilization", synapse.steady_utilization(interval));
        estimates.set_exact("steady_resources", synapse.steady_resources(interval));
    }
}
