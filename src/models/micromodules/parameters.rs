//! The parameters of the loops.

use thiserror::Error;

/// In seconds.
pub const STEP: f64 = 0.005;

/// M is at most this.
pub const MOST_MODULES: usize = 1024;

/// The delay of the loop is at most this, in seconds.
pub const LONGEST_DELAY: f64 = 1.0;

/// Rates of the olive are at most this in 1/s, so that the sum of two is at most one spike per step.
const HIGHEST_RATE: f64 = 100.0;

/// In seconds.
const LONGEST_DURATION: f64 = 1e4;

/// What a module learns from in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClimbingFibreCode {
    /// Whether its climbing fibre fired.
    Spikes,
    /// The probability that it fires, without noise.
    Rate,
}

/// The parameters of [`Micromodules`], not yet checked. The defaults are the catalogue's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MicromoduleParameters {
    /// M; 1 to [`MOST_MODULES`].
    pub modules: usize,
    /// ε, share of the inhibition of the olive that comes from the mean of all modules; 0 to 1.
    pub crosstalk: f64,
    /// h, rise of a nuclear cell per complex spike, in 1/s; above 0, at most 50.
    pub nuclear_step: f64,
    /// k, fall of the olive's rate per nuclear rate; 0 to 100.
    pub nucleo_olivary_inhibition: f64,
    /// Delay of the loop in seconds, which is rounded to steps; 0 to [`LONGEST_DELAY`].
    pub loop_delay: f64,
    /// c₀, rate of an olive cell without error and inhibition, in 1/s; 0 to 100.
    pub olive_baseline: f64,
    /// c_eq, rate of complex spikes at which LTD and LTP cancel, in 1/s; above 0, at most 100.
    pub equilibrium_rate: f64,
    /// e, rate that an error adds to the olive cell of the first module, in 1/s; 0 to 100.
    pub error_rate: f64,
    /// Length of the run, in seconds; 0.1 to 10000.
    pub duration: f64,
    /// n(0) of every module, in 1/s; -1000 to 1000. Before the start all are 0.
    pub initial_rate: f64,
    /// Spikes, or rates without noise.
    pub climbing_fibre_code: ClimbingFibreCode,
}

impl Default for MicromoduleParameters {
    fn default() -> Self {
        Self {
            modules: 8,
            crosstalk: 0.0,
            nuclear_step: 0.4,
            nucleo_olivary_inhibition: 0.5,
            loop_delay: 0.1,
            olive_baseline: 1.0,
            equilibrium_rate: 1.0,
            error_rate: 0.0,
            duration: 60.0,
            initial_rate: 0.0,
            climbing_fibre_code: ClimbingFibreCode::Spikes,
        }
    }
}

/// Why parameters do not describe modules.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum MicromodulesError {
    #[error("modules must be between 1 and 1024, not {0}")]
    Modules(usize),
    #[error("{name} must be between {least} and {most}, not {value:?}")]
    Closed { name: &'static str, least: f64, most: f64, value: f64 },
    #[error("{name} must be above 0 and at most {most}, not {value:?}")]
    Positive { name: &'static str, most: f64, value: f64 },
}

/// Modules whose parameters have been checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Micromodules {
    parameters: MicromoduleParameters,
    delay_steps: usize,
    steps: usize,
}

impl Micromodules {
    /// Checks the parameters.
    ///
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn new(parameters: MicromoduleParameters) -> Result<Self, MicromodulesError> {
        let p = &parameters;
        if !(1..=MOST_MODULES).contains(&p.modules) {
            return Err(MicromodulesError::Modules(p.modules));
        }
        for (name, value, least, most) in [
            ("crosstalk", p.crosstalk, 0.0, 1.0),
            ("nucleo_olivary_inhibition", p.nucleo_olivary_inhibition, 0.0, 100.0),
            ("loop_delay", p.loop_delay, 0.0, LONGEST_DELAY),
            ("olive_baseline", p.olive_baseline, 0.0, HIGHEST_RATE),
            ("error_rate", p.error_rate, 0.0, HIGHEST_RATE),
            ("duration", p.duration, 0.1, LONGEST_DURATION),
            ("initial_rate", p.initial_rate, -1e3, 1e3),
        ] {
            if !(least..=most).contains(&value) {
                return Err(MicromodulesError::Closed { name, least, most, value });
            }
        }
        for (name, value, most) in
            [("nuclear_step", p.nuclear_step, 50.0), ("equilibrium_rate", p.equilibrium_rate, HIGHEST_RATE)]
        {
            if !(value > 0.0 && value <= most) {
                return Err(MicromodulesError::Positive { name, most, value });
            }
        }
        let whole = |seconds: f64| libm::round(seconds / STEP) as usize;
        Ok(Self { parameters, delay_steps: whole(p.loop_delay), steps: whole(p.duration) })
    }

    /// The parameters as given.
    pub fn parameters(&self) -> &MicromoduleParameters {
        &self.parameters
    }

    /// D, steps of the delay.
    pub fn delay_steps(&self) -> usize {
        self.delay_steps
    }

    /// Steps of the run.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The first step of the second half of the run, over which rates are averaged.
    pub fn first_averaged_step(&self) -> usize {
        self.steps / 2
    }

    /// ē = e/M, the mean of the error over modules, in 1/s.
    pub fn mean_error(&self) -> f64 {
        self.parameters.error_rate / self.parameters.modules as f64
    }

    /// The mean of the nuclear rates at equilibrium, (c₀ + ē - c_eq)/k, in 1/s; `None` without inhibition.
    pub fn equilibrium_mean(&self) -> Option<f64> {
        let p = &self.parameters;
        let inhibition = p.nucleo_olivary_inhibition;
        (inhibition > 0.0).then(|| (p.olive_baseline + self.mean_error() - p.equilibrium_rate) / inhibition)
    }

    /// What the first module and every other one has at equilibrium above [`Micromodules::equilibrium_mean`],
    /// (e_j - ē)/(k (1 - ε)), in 1/s; `None` where nothing holds modules apart at a distance.
    pub fn equilibrium_differences(&self) -> Option<[f64; 2]> {
        let p = &self.parameters;
        let inhibition = p.nucleo_olivary_inhibition * (1.0 - p.crosstalk);
        let apart = [p.error_rate - self.mean_error(), -self.mean_error()];
        if p.modules == 1 || p.error_rate == 0.0 {
            return Some([0.0; 2]);
        }
        (inhibition > 0.0).then(|| apart.map(|difference| difference / inhibition))
    }
}
