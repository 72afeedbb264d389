//! Trials: who fires when, and what the synapse sees.

use super::Transmission;
use crate::models::nitric_oxide::olive::Olive;
use crate::models::nitric_oxide::response::{Discharge, SynapticResponse};
use crate::models::nitric_oxide::stimulus::Sinusoid;
use crate::random::RandomStream;

/// What is independent of what: each has its own part of the random stream.
#[derive(Clone, Copy, Debug)]
pub(super) enum Process {
    PaperTrials = 1,
    StationaryTrials,
    Record,
    Shuffle,
    Phases,
    Sampling,
    Signal,
}

/// Samples of x and y, trial by trial.
pub(super) struct Samples {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
}

impl Transmission {
    /// All trials of one kind; `phase` is the place in the period where each begins.
    pub(super) fn samples(
        &self,
        process: Process,
        warm_up: usize,
        phase: impl Fn(u64) -> f64,
        response: &SynapticResponse,
        stream: &RandomStream,
    ) -> Samples {
        let p = &self.parameters;
        let mut samples = Samples { x: Vec::new(), y: Vec::new() };
        for trial in 0..p.trials as u64 {
            let wave = Sinusoid { rate: p.io_rate, frequency: p.input_frequency, phase: phase(trial) };
            let rate = |step| wave.at(step);
            let discharges = self.discharges(process, trial, warm_up, p.steps + p.lag, rate, stream);
            samples.x.extend((0..p.steps as i64).map(rate));
            samples.y.extend(response.superpose(&discharges, warm_up + p.lag, p.steps));
        }
        samples
    }

    /// The discharges of all cells from `warm_up` steps before the beginning of a trial on. Each microzone of each
    /// trial has its own part of the stream.
    pub(super) fn discharges(
        &self,
        process: Process,
        trial: u64,
        warm_up: usize,
        steps: usize,
        rate: impl Fn(i64) -> f64,
        stream: &RandomStream,
    ) -> Vec<Discharge> {
        let microzones = self.parameters.sheet.plan.microzones;
        let own_stream = |microzone: usize| stream.substream(number(process, trial, microzone as u64));
        let mut olive = Olive::new((0..microzones).map(own_stream).collect());
        let mut rates = vec![self.parameters.surrounding_rate; microzones];
        let mut discharges = Vec::new();
        for step in 0..warm_up + steps {
            rates[self.microzone] = rate(step as i64 - warm_up as i64);
            for (cell, &count) in olive.step(&rates).iter().enumerate() {
                if count > 0 {
                    discharges.push(Discharge { cell, step, count });
                }
            }
        }
        discharges
    }
}

/// The number of a substream.
pub(super) fn number(process: Process, trial: u64, microzone: u64) -> u64 {
    (process as u64) << 56 | trial << 8 | microzone
}
