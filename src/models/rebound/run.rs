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
    /// Every interval between spikes counts as one, spread evenly over it, so that a regular train has exactly its
    /// rate; the last interval, which the pause cuts, as if it were as long as the one before, and at most as one.
    pub tonic_rate: f64,
    /// The same rate of the same cell without T channels under the same inhibition.
    pub tonic_rate_without_t_current: f64,
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
    first: usize,
    one_before_last: Option<usize>,
    last: usize,
    /// In the second half.
    count: usize,
}

/// One run.
pub fn simulate(cell: &ReboundCell, stream: &RandomStream) -> Course {
    let p = cell.parameters();
    let (with, without) = (Membrane::new(p, p.t_conductance), Membrane::new(p, 0.0));
    let (mut state, mut plain) = (State::START, State::START);
    let mut inhibition = Inhibition::new(cell, stream);
    let (mut tonic, mut tonic_without) = (Tonic::default(), Tonic::default());
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
        if without.step(&mut plain, conductance) {
            tonic_without.note(step + 1, is_measured);
        }
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
        tonic_rate: tonic.rate(cell.first_measured_step(), cell.steps_before()),
        tonic_rate_without_t_current: tonic_without.rate(cell.first_measured_step(), cell.steps_before()),
        availability,
        inhibition_mean: p.inhibition + sum / measured,
        inhibition_variance: squares / measured,
    }
}

impl Tonic {
    fn note(&mut self, step: usize, is_measured: bool) {
        if !is_measured {
            self.last_of_first_half = Some(step);
            return;
        }
        self.one_before_last = if self.count == 0 { self.last_of_first_half } else { Some(self.last) };
        if self.count == 0 {
            self.first = step;
        }
        self.last = step;
        self.count += 1;
    }

    /// In 1/s, between two steps.
    fn rate(&self, start: usize, end: usize) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let share = |part: usize, of: usize| (part as f64 / of as f64).min(1.0);
        // The intervals around a single spike are unknown.
        let last_interval = self.one_before_last.map(|before| self.last - before);
        let tail = last_interval.map_or(0.5, |interval| share(end - self.last, interval));
        let head = match self.last_of_first_half {
            Some(before) => share(self.first - start, self.first - before),
            None => last_interval.map_or(0.5, |interval| share(self.first - start, interval)),
        };
        let intervals = head + (self.count - 1) as f64 + tail;
        intervals / ((end - start) as f64 * STEP) * 1e3
    }
}
