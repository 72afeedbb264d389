//! The parameters of the circuit.

use thiserror::Error;

use crate::models::perceptron::Inhibition;
use crate::models::recoding::spectrum::DegreeSpectrum;

/// K is at most this, so that the degree spectrum has a fixed length.
pub const MOST_DENDRITES: usize = 16;

/// The exact decision takes as many cells, and the one-trial test as many patterns.
const LARGEST_COUNT: usize = 1 << 16;

/// N and M are at most this.
const MOST_CELLS: usize = 1 << 20;

/// Where the fibres of a granule cell come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wiring {
    /// K different ones of the M mossy fibres, drawn at random.
    Shared,
    /// K fibres that no other cell receives, so that M = N K: the limit of many mossy fibres.
    Private,
}

/// The parameters of a [`Circuit`], not yet checked. The defaults are the catalogue's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecodingParameters {
    /// N; 1 to 1048576, and at most 65536 for the exact decision.
    pub granule_cells: usize,
    /// M, for shared wiring; K to 1048576.
    pub mossy_fibres: usize,
    /// K, fibres of one granule cell; 1 to [`MOST_DENDRITES`].
    pub dendrites: usize,
    /// k, active fibres that make a granule cell active; 1 to K.
    pub granule_threshold: usize,
    /// p, probability that a fibre is active; strictly between 0 and 1.
    pub mossy_coding: f64,
    /// c, correlation of a fibre in successive contexts; 0 ≤ c < 1.
    pub mossy_correlation: f64,
    /// Whether cells share fibres.
    pub wiring: Wiring,
    /// g, gain of the Golgi inhibition; 0 to 1.
    pub golgi_gain: f64,
    /// q', inhibition by basket and stellate cells in units of θ / (f N) per active cell; ≥ 0.
    pub interneuron_inhibition: f64,
    /// f_out, probability that the target is 1; strictly between 0 and 1.
    pub output_coding: f64,
    /// c_out, correlation of successive targets; 0 ≤ c_out < 1.
    pub output_correlation: f64,
    /// Probability that a fibre is redrawn at test; 0 to 1.
    pub noise: f64,
    /// Patterns per granule cell in the one-trial test; at least two patterns in all.
    pub load: f64,
}

impl Default for RecodingParameters {
    fn default() -> Self {
        Self {
            granule_cells: 1000,
            mossy_fibres: 250,
            dendrites: 4,
            granule_threshold: 3,
            mossy_coding: 0.3,
            mossy_correlation: 0.0,
            wiring: Wiring::Shared,
            golgi_gain: 0.0,
            interneuron_inhibition: 0.0,
            output_coding: 0.5,
            output_correlation: 0.0,
            noise: 0.1,
            load: 0.1,
        }
    }
}

/// Why parameters do not describe a circuit.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum RecodingError {
    #[error("granule_cells must be between 1 and 1048576, not {0}")]
    GranuleCells(usize),
    #[error("granule_cells = {0} is more than the 65536 that the exact decision takes; set learner = \"none\"")]
    TooManyToLearn(usize),
    #[error("dendrites must be between 1 and 16, not {0}")]
    Dendrites(usize),
    #[error("granule_threshold is {threshold}, but a cell has {dendrites} dendrites; it must be between 1 and these")]
    Threshold { threshold: usize, dendrites: usize },
    #[error("mossy_fibres must be between dendrites = {dendrites} and 1048576, not {fibres}")]
    MossyFibres { fibres: usize, dendrites: usize },
    #[error("{name} must lie strictly between 0 and 1, not {value:?}")]
    Coding { name: &'static str, value: f64 },
    #[error("{name} must be at least 0 and less than 1, not {value:?}")]
    Correlation { name: &'static str, value: f64 },
    #[error("{name} must be between 0 and 1, not {value:?}")]
    Share { name: &'static str, value: f64 },
    #[error("interneuron_inhibition must be a finite number of at least 0, not {0:?}")]
    Inhibition(f64),
    #[error(
        "interneuron_inhibition = {inhibition:?} raises the threshold of a pattern to as many as {thresholds:.1} \
         thresholds, because only a fraction {active:.2e} of the cells is active; at most 64 can be handled exactly"
    )]
    ThresholdTooHigh { inhibition: f64, thresholds: f64, active: f64 },
    #[error(
        "golgi_gain > 0 needs a number of active cells between 1 and granule_cells - 1, but {active:.2e} of {cells} \
         cells is {count}"
    )]
    NothingToRegulate { active: f64, cells: usize, count: usize },
    #[error("load = {load:?} is {patterns} patterns for {cells} cells; the one-trial test takes 2 to 65536")]
    Load { load: f64, patterns: f64, cells: usize },
}

/// A circuit whose parameters have been checked. The threshold θ of the Purkinje cell is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuit {
    parameters: RecodingParameters,
    spectrum: DegreeSpectrum,
}

impl Circuit {
    /// Checks the parameters.
    ///
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn new(parameters: RecodingParameters) -> Result<Self, RecodingError> {
        let p = &parameters;
        check_counts(p)?;
        for (name, value) in [("mossy_coding", p.mossy_coding), ("output_coding", p.output_coding)] {
            if !(value > 0.0 && value < 1.0) {
                return Err(RecodingError::Coding { name, value });
            }
        }
        for (name, value) in [("mossy_correlation", p.mossy_correlation), ("output_correlation", p.output_correlation)]
        {
            if !(0.0..1.0).contains(&value) {
                return Err(RecodingError::Correlation { name, value });
            }
        }
        for (name, value) in [("golgi_gain", p.golgi_gain), ("noise", p.noise)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(RecodingError::Share { name, value });
            }
        }
        if !(p.interneuron_inhibition >= 0.0 && p.interneuron_inhibition.is_finite()) {
            return Err(RecodingError::Inhibition(p.interneuron_inhibition));
        }
        let (load, cells, patterns) = (p.load, p.granule_cells, (p.load * p.granule_cells as f64).round());
        if !(2.0..=LARGEST_COUNT as f64).contains(&patterns) {
            return Err(RecodingError::Load { load, patterns, cells });
        }
        let spectrum = DegreeSpectrum::new(p.dendrites, p.granule_threshold, p.mossy_coding);
        let circuit = Self { parameters, spectrum };
        let count = circuit.regulated_cells();
        if p.golgi_gain > 0.0 && !(1..cells).contains(&count) {
            let active = circuit.spectrum.active_fraction();
            return Err(RecodingError::NothingToRegulate { active, cells, count });
        }
        Ok(circuit)
    }

    /// The parameters as given.
    pub fn parameters(&self) -> &RecodingParameters {
        &self.parameters
    }

    /// How the activity of a cell depends on sets of its fibres.
    pub fn spectrum(&self) -> &DegreeSpectrum {
        &self.spectrum
    }

    /// The number of mossy fibres: M, or N K for private wiring.
    pub fn fibres(&self) -> usize {
        match self.parameters.wiring {
            Wiring::Shared => self.parameters.mossy_fibres,
            Wiring::Private => self.parameters.granule_cells * self.parameters.dendrites,
        }
    }

    /// n = round(f N), the number of cells that Golgi inhibition of gain 1 lets be active.
    pub fn regulated_cells(&self) -> usize {
        (self.spectrum.active_fraction() * self.parameters.granule_cells as f64).round() as usize
    }

    /// P = round(load × N), the patterns of the one-trial test.
    pub fn trial_patterns(&self) -> usize {
        (self.parameters.load * self.parameters.granule_cells as f64).round() as usize
    }

    /// The feed-forward inhibition of the Purkinje cell, q = q' θ / (f N).
    ///
    /// # Errors
    /// There are more than 65536 cells, or the threshold of a pattern in which all are active is more than 64 θ: the
    /// exact decision can take no more.
    pub fn inhibition(&self) -> Result<Inhibition, RecodingError> {
        let (cells, inhibition) = (self.parameters.granule_cells, self.parameters.interneuron_inhibition);
        if cells > LARGEST_COUNT {
            return Err(RecodingError::TooManyToLearn(cells));
        }
        let active = self.spectrum.active_fraction();
        let thresholds = 1.0 + inhibition / active;
        let refused = RecodingError::ThresholdTooHigh { inhibition, thresholds, active };
        Inhibition::new(inhibition / (active * cells as f64), cells).ok_or(refused)
    }
}

fn check_counts(p: &RecodingParameters) -> Result<(), RecodingError> {
    if !(1..=MOST_CELLS).contains(&p.granule_cells) {
        return Err(RecodingError::GranuleCells(p.granule_cells));
    }
    if !(1..=MOST_DENDRITES).contains(&p.dendrites) {
        return Err(RecodingError::Dendrites(p.dendrites));
    }
    if !(1..=p.dendrites).contains(&p.granule_threshold) {
        return Err(RecodingError::Threshold { threshold: p.granule_threshold, dendrites: p.dendrites });
    }
    if p.wiring == Wiring::Shared && !(p.dendrites..=MOST_CELLS).contains(&p.mossy_fibres) {
        return Err(RecodingError::MossyFibres { fibres: p.mossy_fibres, dendrites: p.dendrites });
    }
    Ok(())
}
