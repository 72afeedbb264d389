//! Information, estimated from trials.

use super::trials::{Process, Samples, number};
use super::{FEWEST_FREQUENCIES, SIGNAL_DEPTH, Transmission, TransmissionError};
use crate::models::nitric_oxide::information::{binned, coherent_information, kraskov_information};
use crate::models::nitric_oxide::response::SynapticResponse;
use crate::models::nitric_oxide::sheet::parameters::{STEP, left_after_step};
use crate::models::nitric_oxide::stimulus::BandNoise;
use crate::random::RandomStream;

/// Bins of the paper's estimate, for x and for y.
const PAPER_BINS: u32 = 1000;

/// Bins of the corrected estimate.
const FEW_BINS: u32 = 16;

/// Other trials that each trial is paired with as a control, at most.
const CONTROLS: usize = 16;
const KRASKOV_CONTROLS: usize = 4;

/// One sample is taken from each stretch of as many steps for the estimate by nearest neighbours: 100 ms.
const KRASKOV_STRETCH: usize = 20;

/// Parts of the octave over each of which coherence is averaged, at most.
const LARGEST_BANDS: usize = 4;

/// By the paper's way: trials that start at phase 0 and without nitric oxide, in 1000 × 1000 bins of equal width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaperEstimates {
    /// Information over the entropy of x, a trial at a time, averaged.
    pub information: f64,
    /// The same with the samples of x in random order.
    pub shuffled: f64,
    /// All trials in one table.
    pub pooled: f64,
}

/// From stationary trials, whose phases are random.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StationaryEstimates {
    /// The entropy of x in 1000 bins of equal width, in bits.
    pub input_entropy: f64,
    /// In 16 × 16 bins, less the mean of trial-shifted controls, over the entropy of x.
    pub corrected: f64,
    /// By nearest neighbours, less the mean of trial-shifted controls, over the entropy of x.
    pub kraskov: f64,
}

impl Transmission {
    /// The paper's estimate, its control, and the same with all trials together. A trial without nitric oxide counts as
    /// 0.
    pub fn paper_estimates(&self, response: &SynapticResponse, stream: &RandomStream) -> PaperEstimates {
        let samples = self.samples(Process::PaperTrials, 0, |_| 0.0, response, stream);
        let mut shuffles = stream.substream(number(Process::Shuffle, 0, 0));
        let (mut information, mut shuffled) = (0.0, 0.0);
        let trials = samples.x.chunks_exact(self.parameters.steps).zip(samples.y.chunks_exact(self.parameters.steps));
        for (x, y) in trials {
            let mut x = binned::of_equal_width(x, PAPER_BINS);
            let y = binned::of_equal_width(y, PAPER_BINS);
            let entropy = binned::entropy(&x);
            information += over(binned::information(&x, &y), entropy);
            shuffle(&mut x, &mut shuffles);
            shuffled += over(binned::information(&x, &y), entropy);
        }
        let x = binned::of_equal_width(&samples.x, PAPER_BINS);
        let y = binned::of_equal_width(&samples.y, PAPER_BINS);
        let trials = self.parameters.trials as f64;
        PaperEstimates {
            information: information / trials,
            shuffled: shuffled / trials,
            pooled: over(binned::information(&x, &y), binned::entropy(&x)),
        }
    }

    /// Estimates that are corrected for their bias.
    ///
    /// # Errors
    /// Too few trials for nearest neighbours.
    pub fn stationary_estimates(
        &self,
        response: &SynapticResponse,
        stream: &RandomStream,
    ) -> Result<StationaryEstimates, TransmissionError> {
        let phase = |trial: u64| stream.substream(number(Process::Phases, trial, 0)).uniform();
        let samples = self.samples(Process::StationaryTrials, self.parameters.warm_up, phase, response, stream);
        let input_entropy = binned::entropy(&binned::of_equal_width(&samples.x, PAPER_BINS));
        let kraskov = self.kraskov(&samples, stream).ok_or(TransmissionError::Trials(self.parameters.trials))?;
        Ok(StationaryEstimates {
            input_entropy,
            corrected: over(self.corrected(&samples), input_entropy),
            kraskov: over(kraskov, input_entropy),
        })
    }

    /// The rate of information about a Gaussian signal in the octave around the input frequency, in bits/s, from the
    /// coherence between the signal and y in one long stationary record.
    pub fn information_rate_bound(&self, response: &SynapticResponse, stream: &RandomStream) -> f64 {
        let p = &self.parameters;
        let length = p.trials * p.steps;
        let mut draws = stream.substream(number(Process::Signal, 0, 0));
        let noise = BandNoise::draw(self.band.first, self.band.count, length, &mut draws);
        let signal = noise.signal(length);
        let rate = |step: i64| {
            let value = signal[step.rem_euclid(length as i64) as usize];
            p.io_rate * (1.0 + SIGNAL_DEPTH * value).max(0.0)
        };
        let discharges = self.discharges(Process::Record, 0, p.warm_up, length, rate, stream);
        // A filter does not change coherence. This one undoes the decay, so that the ends of the record do not leak
        // into the octave.
        let memory = left_after_step(p.sheet.decay);
        let levels = response.superpose(&discharges, 0, p.warm_up + length);
        let level_before = |step: usize| step.checked_sub(1).map_or(0.0, |earlier| levels[earlier]);
        let innovation = |step: usize| levels[step] - memory * level_before(step);
        let series: Vec<f64> = (p.warm_up..p.warm_up + length).map(innovation).collect();
        let answers = noise.amplitudes_of(&series);
        let bands = (self.band.count / FEWEST_FREQUENCIES).clamp(1, LARGEST_BANDS);
        let edge = |band: usize| band * self.band.count / bands;
        let nats = (0..bands).map(|band| {
            let range = edge(band)..edge(band + 1);
            coherent_information(&noise.amplitudes[range.clone()], &answers[range]).unwrap_or(0.0)
        });
        nats.sum::<f64>() / (std::f64::consts::LN_2 * length as f64 * STEP)
    }

    /// In bits.
    fn corrected(&self, samples: &Samples) -> f64 {
        let x = binned::of_equal_width(&samples.x, FEW_BINS);
        let y = binned::equally_populated(&samples.y, FEW_BINS);
        let shifts = self.shifts(CONTROLS);
        let controls: f64 = shifts.clone().map(|shift| binned::information(&x, &self.shifted(&y, shift))).sum();
        binned::information(&x, &y) - controls / shifts.len() as f64
    }

    /// In bits. One sample at a random place of each stretch, so that no frequency of the input falls in with the
    /// samples.
    fn kraskov(&self, samples: &Samples, stream: &RandomStream) -> Option<f64> {
        let steps = self.parameters.steps;
        let stretch = KRASKOV_STRETCH.min(steps);
        let mut draws = stream.substream(number(Process::Sampling, 0, 0));
        let (mut chosen, mut trials) = (Vec::new(), Vec::new());
        for trial in 0..self.parameters.trials {
            for start in (0..=steps - stretch).step_by(stretch) {
                chosen.push(trial * steps + start + (draws.uniform() * stretch as f64) as usize);
                trials.push(trial);
            }
        }
        let pick = |values: &[f64]| -> Vec<f64> { chosen.iter().map(|&sample| values[sample]).collect() };
        let x = pick(&samples.x);
        let mut estimate = |y: &[f64]| kraskov_information(&x, &pick(y), &trials, &mut draws);
        let information = estimate(&samples.y)?;
        let shifts = self.shifts(KRASKOV_CONTROLS);
        let mut controls = 0.0;
        for shift in shifts.clone() {
            controls += estimate(&self.shifted(&samples.y, shift))?;
        }
        Some(information - controls / shifts.len() as f64)
    }

    /// By how many trials y is shifted against x to make controls.
    fn shifts(&self, most: usize) -> std::ops::Range<usize> {
        1..most.min(self.parameters.trials - 1) + 1
    }

    fn shifted<T: Copy>(&self, values: &[T], trials: usize) -> Vec<T> {
        let mut shifted = values.to_vec();
        shifted.rotate_left(trials * self.parameters.steps);
        shifted
    }
}

/// Fisher & Yates.
fn shuffle(values: &mut [u32], stream: &mut RandomStream) {
    for last in (1..values.len()).rev() {
        values.swap(last, (stream.uniform() * (last + 1) as f64) as usize);
    }
}

fn over(information: f64, entropy: f64) -> f64 {
    if entropy > 0.0 { information / entropy } else { 0.0 }
}
