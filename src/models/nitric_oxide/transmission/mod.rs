//! How much information a synapse's nitric oxide carries about the rate of the climbing fibres.
//!
//! The 27 olive cells of one microzone fire independently at a common rate x(t) = r (1 + sin 2πft); y(t) is the
//! concentration at one synapse in the middle of the microzone, a lag later. Source: Schweighofer & Ferriol 2000, Fig.
//! 2.

mod estimates;
mod trials;

pub use estimates::{PaperEstimates, StationaryEstimates};

use thiserror::Error;

use super::response::SynapticResponse;
use super::sheet::geometry::{Arrangement, CELLS_PER_MICROZONE, Domain, Plan};
use super::sheet::parameters::{STEP, SheetError, SheetParameters};
use super::transfer::{BandSignal, Transfer};

/// In 1/s, and in Hz: half of the frequency that steps can follow.
const LARGEST_RATE: f64 = 100.0;
const LARGEST_FREQUENCY: f64 = 50.0;

/// The fewest frequencies over which coherence is averaged.
const FEWEST_FREQUENCIES: usize = 8;

/// Standard deviation of the Gaussian signal, in units of the mean rate: it is cut off at 0 once in 741 steps.
const SIGNAL_DEPTH: f64 = 1.0 / 3.0;

/// The parameters of a [`Transmission`], not yet checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransmissionParameters {
    /// The sheet of nitric oxide.
    pub sheet: SheetParameters,
    /// r, in 1/s; above 0, at most 100.
    pub io_rate: f64,
    /// f, in Hz; above 0, at most 50.
    pub input_frequency: f64,
    /// From x to y, in steps.
    pub lag: usize,
    /// Of the olive cells in the other microzones, constant, in 1/s; at most 100.
    pub surrounding_rate: f64,
    /// At least 2.
    pub trials: usize,
    /// Of one trial; at least 1.
    pub steps: usize,
    /// Before each stationary trial.
    pub warm_up: usize,
}

/// Why parameters do not describe a transmission.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum TransmissionError {
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error("{name} must be positive (surrounding_rate may be 0) and at most {largest}, not {value:?}")]
    Range { name: &'static str, value: f64, largest: f64 },
    #[error("trials x duration is {seconds:?} s; an octave around {frequency:?} Hz needs at least {needed:.0} s")]
    TooShort { seconds: f64, frequency: f64, needed: f64 },
    #[error("{0} trials are too few: nearest neighbours are sought in other trials")]
    Trials(usize),
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

impl Transmission {
    /// Checks the parameters. Separated microzones exchange nothing, so that only one of them is looked at.
    ///
    /// # Errors
    /// The first parameter that is out of its range, or trials that are too few or too short.
    pub fn new(mut parameters: TransmissionParameters) -> Result<Self, TransmissionError> {
        parameters.sheet.check()?;
        let above_zero = |value: f64| value > 0.0;
        let ranges = [
            ("io_rate", parameters.io_rate, LARGEST_RATE, above_zero(parameters.io_rate)),
            ("input_frequency", parameters.input_frequency, LARGEST_FREQUENCY, above_zero(parameters.input_frequency)),
            ("surrounding_rate", parameters.surrounding_rate, LARGEST_RATE, parameters.surrounding_rate >= 0.0),
        ];
        for (name, value, largest, is_large_enough) in ranges {
            if !(is_large_enough && value <= largest) {
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
            surrounding_rate: p.surrounding_rate,
        }))
    }

    /// How many cells the synapse hears at the input frequency, see [`Transfer::effective_cells`].
    ///
    /// # Errors
    /// None for parameters that have been checked.
    pub fn effective_cells(&self) -> Result<f64, TransmissionError> {
        let p = &self.parameters;
        Ok(self.transfer()?.effective_cells(p.input_frequency, self.microzone, p.surrounding_rate / p.io_rate))
    }

    /// The same at 81 places of the microzone, see [`Transfer::effective_cells_over`].
    ///
    /// # Errors
    /// None for parameters that have been checked.
    pub fn effective_cells_over(&self) -> Result<Vec<f64>, TransmissionError> {
        let p = &self.parameters;
        Ok(self.transfer()?.effective_cells_over(p.input_frequency, self.microzone, p.surrounding_rate / p.io_rate))
    }

    fn transfer(&self) -> Result<Transfer, TransmissionError> {
        Ok(Transfer::new(&self.parameters.sheet, self.synapse)?)
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
