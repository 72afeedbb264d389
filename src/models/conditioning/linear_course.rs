//! The mean course of acquisition as long as nothing is rectified.

use super::{ClimbingFibreCode, Conditioning, Response, STEP};

/// The exact mean of acquisition, over spikes too, up to the first trial in which a bracket would act in the mean.
///
/// With x = w - q and γ = κ G/N: x ← x - η step Σ_j E(t_j) (c_0 - c_eq + u US(t_j) - k r(t_j - δ_n)), r = -γ Σ x_i g_i.
/// That is linear in x, so that the mean of x follows it as long as no run is rectified, whatever the noise of the
/// climbing fibres is. It ends where the mean of P, of c, of w, or of n_0 + r is below 0, and, for spikes, where a
/// fibre would have to fire more than once in a step. Single runs are rectified a little earlier than their mean.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearCourse {
    /// r in the step of [`Conditioning::fastest_step`] after 0, 1, 2 … trials, in s⁻¹.
    pub rates: Vec<f64>,
    /// The whole response after one trial; none if that is rectified already.
    pub first: Option<Response>,
}

impl LinearCourse {
    /// The course of at most this many trials; none with short-term depression of the climbing fibres, which makes
    /// learning nonlinear.
    pub fn new(conditioning: &Conditioning, trials: usize) -> Option<Self> {
        let p = conditioning.parameters();
        if p.climbing_fibre_plasticity.depresses() {
            return None;
        }
        let mut deviations = vec![1.0 - p.feed_forward_inhibition; p.granule_cells];
        let mut rates = Vec::new();
        let mut change = vec![0.0; p.granule_cells];
        for _ in 0..=trials {
            let Some(response) = linear_response(conditioning, &deviations) else { break };
            rates.push(response.nucleus[conditioning.fastest_step()]);
            let Some(signal) = linear_signal(conditioning, &response) else { break };
            if p.climbing_fibre_code == ClimbingFibreCode::Spikes
                && signal.iter().any(|excess| excess + p.equilibrium_rate * STEP > 1.0)
            {
                break;
            }
            advance(conditioning, &signal, &mut deviations, &mut change);
        }
        Some(Self { rates, first: first_response(conditioning) })
    }
}

/// After one trial in which the climbing fibres signal the rate itself.
fn first_response(conditioning: &Conditioning) -> Option<Response> {
    let p = conditioning.parameters();
    let mut deviations = vec![1.0 - p.feed_forward_inhibition; p.granule_cells];
    let signal = linear_signal(conditioning, &linear_response(conditioning, &deviations)?)?;
    advance(conditioning, &signal, &mut deviations, &mut vec![0.0; p.granule_cells]);
    linear_response(conditioning, &deviations)
}

fn advance(conditioning: &Conditioning, signal: &[f64], deviations: &mut [f64], change: &mut [f64]) {
    conditioning.eligible(signal, change);
    for (deviation, change) in deviations.iter_mut().zip(change) {
        *deviation -= conditioning.parameters().learning_rate * *change;
    }
}

/// What P and r would be without brackets; none where a bracket acts.
fn linear_response(conditioning: &Conditioning, deviations: &[f64]) -> Option<Response> {
    let p = conditioning.parameters();
    if deviations.iter().any(|deviation| deviation + p.feed_forward_inhibition < 0.0) {
        return None;
    }
    let mut sums = vec![0.0; conditioning.steps()];
    conditioning.read(deviations, &mut sums);
    let gain = p.cortical_gain / p.granule_cells as f64;
    let nucleus: Vec<f64> = sums.iter().map(|sum| p.nuclear_gain * (0.0 - gain * sum)).collect();
    let purkinje: Vec<f64> = sums.iter().map(|sum| p.purkinje_rate + gain * sum).collect();
    let is_rectified = purkinje.iter().any(|rate| *rate < 0.0) || nucleus.iter().any(|rate| *rate < -p.nuclear_rate);
    (!is_rectified).then_some(Response { purkinje, nucleus })
}

/// (c - c_eq) step; none where the olive falls silent.
fn linear_signal(conditioning: &Conditioning, response: &Response) -> Option<Vec<f64>> {
    let p = conditioning.parameters();
    let delay = conditioning.loop_delay();
    let rate = |step: usize| {
        let inhibition = step.checked_sub(delay).map_or(0.0, |before| response.nucleus[before]);
        let excitation = p.olive_baseline + p.us_rate * conditioning.stimulus()[step];
        excitation - p.nucleo_olivary_inhibition * inhibition
    };
    let rates: Vec<f64> = (0..conditioning.steps()).map(rate).collect();
    let is_rectified = rates.iter().any(|rate| *rate < 0.0);
    (!is_rectified).then(|| rates.iter().map(|rate| (rate - p.equilibrium_rate) * STEP).collect())
}
