//! How much a synapse's nitric oxide tells of the rate of the climbing fibres.
//!
//! The 27 olive cells of one microzone fire independently at a common rate x(t) = r (1 + sin 2πft); y(t) is the concentration
//! at one synapse in the middle of the microzone, a lag later. Source: Schweighofer & Ferriol 2000, Fig. 2.

use thiserror::Error;

use super::geometry::{Arrangement, CELLS_PER_MICROZONE, Domain, Plan};
use super::information::{binned, coherent_information, kraskov_information};
use super::olive::Olive;
use super::response::{Discharge, SynapticResponse};
use super::sheet::{STEP, SheetError, SheetParameters};
use super::stimulus::{BandNoise, Sinusoid};
use super::transfer::{BandSignal, Transfer};
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

/// Standard deviation of the Gaussian signal, in units of the mean rate: it is cut off at 0 once in 741 steps.
const SIGNAL_DEPTH: f64 = 1.0 / 3.0;

/// Parts of the octave over each of which coherence is averaged, at most, and the fewest frequencies in each.
const LARGEST_BANDS: usize = 4;
const FEWEST_FREQUENCIES: usize = 8;

/// The parameters of a [`Transmission`], not yet checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransmissionParameters {
    pub sheet: SheetParameters,
    /// r, in 1/s; above 0, at most 100.
    pub io_rate: f64,
    /// f, in Hz; above 0, at most 50.
    pub input_frequency: f64,
    /// From x to y, in steps.
    pub lag: usize,
    /// Of the olive cells in the other microzones, constant, in 1/s; at most 100.
    pub others_rate: f64,
    /// At least 2.
    pub trials: usize,
    /// Of one trial; at least 1.
    pub steps: usize,
    /// Before each stationary trial.
    pub warm_up: usize,
}

/// Why parameters do not describe a transmission.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum TransmissionError {
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error("{name} must be above 0 and at most {largest}, not {value}")]
    Range { name: &'static str, value: f64, largest: f64 },
    #[error("trials x duration is {seconds} s; an octave around {frequency} Hz needs at least {needed:.0} s")]
    TooShort { seconds: f64, frequency: f64, needed: f64 },
    #[error("{0} trials are too few: nearest neighbours are sought in other trials")]
    Trials(usize),
}

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

/// The olive cells of one microzone and a synapse that sees their discharges.
#[derive(Clone, Debug)]
pub struct Transmission {
    parameters: TransmissionParameters,
    microzone: usize,
    synapse: Domain,
    band: Band,
}

/// The octave around the input frequency, in multiples of one over the time of all trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Band {
    first: usize,
    count: usize,
}

/// What is independent of what: each has its own part of the random stream.
#[derive(Clone, Copy, Debug)]
enum Process {
    PaperTrials = 1,
    StationaryTrials,
    Record,
    Shuffle,
    Phases,
    Sampling,
    Signal,
}

/// Samples of x and y, trial by trial.
struct Samples {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Transmission {
    /// Checks the parameters. Separated microzones exchange nothing, so that only one of them is looked at.
    ///
    /// # Errors
    /// The first parameter that is out of its range, or trials that are too few or too short.
    pub fn new(mut parameters: TransmissionParameters) -> Result<Self, TransmissionError> {
        parameters.sheet.check()?;
        let ranges = [
            ("io_rate", parameters.io_rate, 100.0),
            ("input_frequency", parameters.input_frequency, 50.0),
            ("others_rate", parameters.others_rate + f64::MIN_POSITIVE, 100.0),
        ];
        for (name, value, largest) in ranges {
            if !(value > 0.0 && value <= largest) {
                return Err(TransmissionError::Range { name, value, largest });
            }
        }
        if parameters.trials < 2 {
            return Err(TransmissionError::Trials(parameters.trials));
        }
        if parameters.sheet.plan.arrangement == Arrangement::Separated {
            parameters.sheet.plan = Plan { microzones: 1, ..parameters.sheet.plan };
        }
        let plan = parameters.sheet.plan;
        let microzone = (plan.microzones - 1) / 2;
        let synapse = plan.middle(microzone * CELLS_PER_MICROZONE + CELLS_PER_MICROZONE / 2);
        Ok(Self { microzone, synapse, band: Band::new(&parameters)?, parameters })
    }

    /// What the synapse sees of each cell, for as long as a trial and its warm-up last.
    ///
    /// # Errors
    /// None for parameters that have been checked.
    pub fn response(&self) -> Result<SynapticResponse, TransmissionError> {
        let p = &self.parameters;
        Ok(SynapticResponse::new(p.sheet, self.synapse, p.warm_up + p.steps + p.lag)?)
    }

    /// The paper's estimate, its control, and the same with all trials together.
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
        let memory = libm::exp(-p.sheet.decay * STEP);
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

    /// [`Transmission::information_rate_bound`] in closed form; that the signal is cut off at 0 is neglected (0.3 %).
    ///
    /// # Errors
    /// None for parameters that have been checked.
    pub fn information_rate_theory(&self) -> Result<f64, TransmissionError> {
        let p = &self.parameters;
        let base = 1.0 / ((p.trials * p.steps) as f64 * STEP);
        let low = (self.band.first as f64 - 0.5) * base;
        Ok(self.transfer()?.information_rate(&BandSignal {
            rate: p.io_rate,
            variance: SIGNAL_DEPTH * SIGNAL_DEPTH,
            band: (low, low + self.band.count as f64 * base),
            microzone: self.microzone,
            others_rate: p.others_rate,
        }))
    }

    /// How many cells the synapse hears at the input frequency, see [`Transfer::effective_cells`].
    ///
    /// # Errors
    /// None for parameters that have been checked.
    pub fn effective_cells(&self) -> Result<f64, TransmissionError> {
        let p = &self.parameters;
        Ok(self.transfer()?.effective_cells(p.input_frequency, self.microzone, p.others_rate / p.io_rate))
    }

    fn transfer(&self) -> Result<Transfer, TransmissionError> {
        Ok(Transfer::new(&self.parameters.sheet, self.synapse)?)
    }

    /// All trials of one kind; `phase` tells where in the period each begins.
    fn samples(
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

    /// The discharges of all cells from `warm_up` steps before the beginning of a trial on. Each microzone of each trial has
    /// its own part of the stream.
    fn discharges(
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
        let mut rates = vec![self.parameters.others_rate; microzones];
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

    /// In bits.
    fn corrected(&self, samples: &Samples) -> f64 {
        let x = binned::of_equal_width(&samples.x, FEW_BINS);
        let y = binned::equally_populated(&samples.y, FEW_BINS);
        let shifts = self.shifts(CONTROLS);
        let controls: f64 = shifts.clone().map(|shift| binned::information(&x, &self.shifted(&y, shift))).sum();
        binned::information(&x, &y) - controls / shifts.len() as f64
    }

    /// In bits. One sample at a random place of each stretch, so that no frequency of the input falls in with the samples.
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

impl Band {
    fn new(parameters: &TransmissionParameters) -> Result<Self, TransmissionError> {
        let seconds = (parameters.trials * parameters.steps) as f64 * STEP;
        let frequency = parameters.input_frequency;
        let multiple = |frequency: f64| (frequency * seconds).ceil() as usize;
        let first = multiple(frequency * std::f64::consts::FRAC_1_SQRT_2).max(1);
        let count = multiple(frequency * std::f64::consts::SQRT_2).saturating_sub(first);
        if count < FEWEST_FREQUENCIES {
            let needed = (FEWEST_FREQUENCIES + 1) as f64 / (frequency * std::f64::consts::FRAC_1_SQRT_2);
            return Err(TransmissionError::TooShort { seconds, frequency, needed: needed.ceil() });
        }
        Ok(Self { first, count })
    }
}

/// The number of a substream.
fn number(process: Process, trial: u64, microzone: u64) -> u64 {
    (process as u64) << 56 | trial << 8 | microzone
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
