//! One trial: from the weights to the rates, and from what the climbing fibres signal to the weights.

use super::granule_table::GranuleTable;
use super::{ConditioningError, ConditioningParameters, Response, STEP, middle};

/// More than rounding adds to a sum of a few times, in s.
const TOLERANCE: f64 = 1e-9;

/// An experiment whose parameters have been checked, with the activity of its granule cells.
#[derive(Clone, Debug)]
pub struct Conditioning {
    parameters: ConditioningParameters,
    table: GranuleTable,
    /// 1 in the steps in which the unconditioned stimulus reaches the olive, else 0.
    stimulus: Vec<f64>,
}

impl Conditioning {
    /// Checks the parameters, and tabulates the granule cells.
    ///
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn new(parameters: ConditioningParameters) -> Result<Self, ConditioningError> {
        parameters.check()?;
        let steps = (parameters.duration / STEP).round() as usize;
        let onset = parameters.interstimulus_interval + in_steps(parameters.olive_delay) as f64 * STEP;
        // Sums of decimals have rounding errors, which must not decide whether the middle of a step belongs to it.
        let since = |step: usize| middle(step) - onset + TOLERANCE;
        let is_on = |step: usize| since(step) >= 0.0 && since(step) < parameters.us_duration;
        let stimulus = (0..steps).map(|step| f64::from(u8::from(is_on(step)))).collect();
        Ok(Self { parameters, table: GranuleTable::new(&parameters, steps), stimulus })
    }

    /// The parameters as given.
    pub fn parameters(&self) -> &ConditioningParameters {
        &self.parameters
    }

    /// Steps of a trial.
    pub fn steps(&self) -> usize {
        self.stimulus.len()
    }

    /// Steps whose middle is before the onset of the unconditioned stimulus, t_j < ISI.
    pub fn steps_before_us(&self) -> usize {
        (0..self.steps()).take_while(|step| middle(*step) < self.parameters.interstimulus_interval).count()
    }

    /// Whether the unconditioned stimulus excites the olive, for each step.
    pub(super) fn stimulus(&self) -> &[f64] {
        &self.stimulus
    }

    /// g_i(t_j) of all cells in step j.
    pub fn granule_cells_at(&self, step: usize) -> &[f64] {
        self.table.at(step)
    }

    /// The step nearest to ISI + δ_o + T_us/2 - d, where the response grows fastest at first; the later one of two.
    pub fn fastest_step(&self) -> usize {
        let p = &self.parameters;
        let delays = in_steps(p.olive_delay) as f64 - self.eligibility_delay() as f64;
        let time = p.interstimulus_interval + 0.5 * p.us_duration + delays * STEP;
        let step = ((time + TOLERANCE) / STEP).floor().max(0.0);
        (step as usize).min(self.steps() - 1)
    }

    /// Σ_i x_i g_i(t_j) for every step j.
    pub(super) fn read(&self, weights: &[f64], sums: &mut [f64]) {
        self.table.read(weights, sums);
    }

    /// P(t) = \[P_0 + (G/N) Σ (w_i - q) g_i(t)]₊ and r(t) = max(κ (P_0 - P(t)), -n_0), in s⁻¹.
    pub fn respond(&self, weights: &[f64]) -> Response {
        let mut response = Response { purkinje: vec![0.0; self.steps()], nucleus: vec![0.0; self.steps()] };
        self.respond_into(weights, &mut response);
        response
    }

    pub(super) fn respond_into(&self, weights: &[f64], response: &mut Response) {
        let p = &self.parameters;
        let excess: Vec<f64> = weights.iter().map(|weight| weight - p.feed_forward_inhibition).collect();
        let Response { purkinje, nucleus } = response;
        self.read(&excess, purkinje);
        let gain = p.cortical_gain / p.granule_cells as f64;
        for (purkinje, nucleus) in purkinje.iter_mut().zip(nucleus) {
            *purkinje = (p.purkinje_rate + gain * *purkinje).max(0.0);
            *nucleus = (p.nuclear_gain * (p.purkinje_rate - *purkinje)).max(-p.nuclear_rate);
        }
    }

    /// c(t) = \[c_0 + u US(t) - k r(t - δ_n)]₊, in s⁻¹; nothing is known of r before the tone.
    pub fn olive(&self, response: &Response, with_us: bool) -> Vec<f64> {
        let mut rates = vec![0.0; self.steps()];
        self.olive_into(response, with_us, &mut rates);
        rates
    }

    pub(super) fn olive_into(&self, response: &Response, with_us: bool, rates: &mut [f64]) {
        let p = &self.parameters;
        let us_rate = if with_us { p.us_rate } else { 0.0 };
        let delay = self.loop_delay();
        for (step, rate) in rates.iter_mut().enumerate() {
            let inhibition = step.checked_sub(delay).map_or(0.0, |before| response.nucleus[before]);
            let excitation = p.olive_baseline + us_rate * self.stimulus[step];
            *rate = (excitation - p.nucleo_olivary_inhibition * inhibition).max(0.0);
        }
    }

    /// δ_n in steps.
    pub fn loop_delay(&self) -> usize {
        in_steps(self.parameters.loop_delay)
    }

    /// d in steps.
    pub fn eligibility_delay(&self) -> usize {
        in_steps(self.parameters.eligibility_delay)
    }

    /// Mean rates of the olive in s⁻¹ in a paired trial with these weights: while the unconditioned stimulus excites
    /// it (none where that is not a step), and before the onset of that stimulus.
    pub fn olive_means(&self, response: &Response) -> (Option<f64>, f64) {
        let rates = self.olive(response, true);
        let total: f64 = rates.iter().zip(&self.stimulus).map(|(rate, is_on)| rate * is_on).sum();
        let count: f64 = self.stimulus.iter().sum();
        let before = self.steps_before_us();
        let during = (count > 0.0).then(|| total / count);
        (during, rates[..before].iter().sum::<f64>() / before as f64)
    }

    /// Σ_j E_i(t_j) s_j for all cells, with the eligibility E_i(t) = g_i(t - d).
    pub(super) fn eligible(&self, signal: &[f64], sums: &mut [f64]) {
        sums.fill(0.0);
        let delay = self.eligibility_delay();
        for (step, signal) in signal.iter().enumerate().skip(delay).filter(|(_, signal)| **signal != 0.0) {
            for (sum, activity) in sums.iter_mut().zip(self.table.at(step - delay)) {
                *sum += signal * activity;
            }
        }
    }
}

fn in_steps(time: f64) -> usize {
    (time / STEP).round() as usize
}
