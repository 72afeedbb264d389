//! One run: inhibition from t = 0, then a pause, at whose end the run ends.

use super::cell::{Membrane, State};
use super::inhibition::Inhibition;
use super::parameters::{ReboundCell, STEP, T_THRESHOLD};
use crate::random::RandomStream;

/// What one run showed. A spike belongs to the end of its step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// Spikes in the pause.
    pub burst_spikes: usize,
    /// Spikes in the pause of the same cell without T channels under the same inhibition.
    pub burst_without_t_current: usize,
    /// From the beginning of the pause to when V reaches V_h, in ms, linear between steps; `None` if V was there
    /// already, or the pause has no spike.
    pub latency: Option<f64>,
    /// Rate of spikes in the second half of the time before the pause, in 1/s.
    ///
    /// It is their number over the time from the last spike of the first half to the last one of all, so that a regular
    /// train has exactly its rate; over half of the time where the first half had no spike.
    pub tonic_rate: f64,
    /// h at the beginning of the pause.
    pub availability: f64,
    /// Mean of g_I in the second half of the time before the pause, in mS/cm².
    pub inhibition_mean: f64,
    /// Mean squared deviation of g_I from the nominal mean over the same time, in mS²/cm⁴.
    pub inhibition_variance: f64,
}

/// When spikes were fired before the pause, in steps.
#[derive(Default)]
struct Tonic {
    last_of_first_half: Option<usize>,
    last: usize,
    count: usize,
}

/// One run.
pub fn simulate(cell: &ReboundCell, stream: &RandomStream) -> Course {
    let p = cell.parameters();
    let (with, without) = (Membrane::new(p, p.t_conductance), Membrane::new(p, 0.0));
    let (mut state, mut plain) = (State::START, State::START);
    let mut inhibition = Inhibition::new(cell, stream);
    let mut tonic = Tonic::default();
    let (mut sum, mut squares) = (0.0, 0.0);
    for step in 0..cell.steps_before() {
        let conductance = inhibition.next();
        let is_measured = step >= cell.first_measured_step();
        if is_measured {
            let deviation = conductance - p.inhibition;
            sum += deviation;
            squares += deviation * deviation;
        }
        if with.step(&mut state, conductance) {
            tonic.note(step + 1, is_measured);
        }
        without.step(&mut plain, conductance);
    }
    let availability = state.availability;
    let was_below = state.voltage < T_THRESHOLD;
    let (mut burst_spikes, mut burst_without_t_current, mut crossing) = (0, 0, None);
    for step in 0..cell.pause_steps() {
        let conductance = inhibition.next();
        let before = state.voltage;
        burst_spikes += usize::from(with.step(&mut state, conductance));
        burst_without_t_current += usize::from(without.step(&mut plain, conductance));
        if was_below && crossing.is_none() && state.voltage >= T_THRESHOLD {
            let share = (T_THRESHOLD - before) / (state.voltage - before);
            crossing = Some((step as f64 + share) * STEP);
        }
    }
    let measured = (cell.steps_before() - cell.first_measured_step()) as f64;
    Course {
        burst_spikes,
        burst_without_t_current,
        latency: crossing.filter(|_| burst_spikes > 0),
        tonic_rate: tonic.rate(measured),
        availability,
        inhibition_mean: p.inhibition + sum / measured,
        inhibition_variance: squares / measured,
    }
}

impl Tonic {
    fn note(&mut self, step: usize, is_measured: bool) {
        if is_measured {
            self.count += 1;
            self.last = step;
        } else {
            self.last_of_first_half = Some(step);
        }
    }

    /// In 1/s; `measured` is how many steps the second half has.
    fn rate(&self, measured: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let steps = self.last_of_first_half.map_or(measured, |first| (self.last - first) as f64);
        self.count as f64 / (steps * STEP) * 1e3
    }
}
