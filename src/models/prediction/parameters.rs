//! The parameters of the plant, of the forward model, and of the loop.

use thiserror::Error;

use super::{ForwardModel, STEP, WARM_UP};

/// The longest sensory delay, in s.
const LONGEST_DELAY: f64 = 1.0;

/// What the controller takes for the state of the plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controller {
    /// The senses, which are late.
    Feedback,
    /// The senses, plus what the forward model says has changed since.
    Prediction,
}

/// The parameters of [`Prediction`], not yet checked. The defaults are the catalogue's. Times are in s; the commands,
/// the plant and the senses have no unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PredictionParameters {
    /// τ > 0.
    pub plant_time_constant: f64,
    /// Factor on τ from learning to control; > 0.
    pub plant_change: f64,
    /// δ, 0 to 1.
    pub sensory_delay: f64,
    /// σ_v ≥ 0, standard deviation of the noise of the senses.
    pub sensory_noise: f64,
    /// σ_w ≥ 0, standard deviation of the disturbance of the plant in each step.
    pub plant_noise: f64,
    /// n, 1 to 64.
    pub parallel_fibres: usize,
    /// Of the parallel fibres; > 0.
    pub shortest_time_constant: f64,
    /// Of the parallel fibres; at least the shortest, unless there is a single fibre.
    pub longest_time_constant: f64,
    /// Of the commands in learning; > 0.
    pub command_time_constant: f64,
    /// Of the reference in control; > 0.
    pub reference_time_constant: f64,
    /// η ≥ 0.
    pub learning_rate: f64,
    /// Steps of learning.
    pub learning_steps: usize,
    /// What the controller knows.
    pub controller: Controller,
    /// K ≥ 0.
    pub feedback_gain: f64,
    /// Steps over which tracking errors are averaged; at least 1.
    pub control_steps: usize,
}

impl Default for PredictionParameters {
    fn default() -> Self {
        Self {
            plant_time_constant: 0.15,
            plant_change: 1.0,
            sensory_delay: 0.1,
            sensory_noise: 0.1,
            plant_noise: 0.0,
            parallel_fibres: 8,
            shortest_time_constant: 0.02,
            longest_time_constant: 1.0,
            command_time_constant: 0.05,
            reference_time_constant: 0.5,
            learning_rate: 0.002,
            learning_steps: 20_000,
            controller: Controller::Prediction,
            feedback_gain: 1.0,
            control_steps: 20_000,
        }
    }
}

/// Why parameters do not describe an experiment.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum PredictionError {
    #[error("{name} must be between {least} and {greatest}, not {value}")]
    Count { name: &'static str, value: usize, least: usize, greatest: usize },
    #[error("{name} must be a finite number {range}, not {value:?}")]
    Number { name: &'static str, value: f64, range: &'static str },
    #[error("longest_time_constant = {longest:?} s is shorter than shortest_time_constant = {shortest:?} s")]
    TimeConstants { shortest: f64, longest: f64 },
    #[error("sensory_delay must be between 0 and 1 s, not {0:?} s")]
    Delay(f64),
}

impl PredictionParameters {
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn check(&self) -> Result<(), PredictionError> {
        for (name, value, least, greatest) in [
            ("parallel_fibres", self.parallel_fibres, 1, 64),
            ("learning_steps", self.learning_steps, 0, 100_000_000),
            ("control_steps", self.control_steps, 1, 100_000_000),
        ] {
            if !(least..=greatest).contains(&value) {
                return Err(PredictionError::Count { name, value, least, greatest });
            }
        }
        for (name, value) in [
            ("sensory_noise", self.sensory_noise),
            ("plant_noise", self.plant_noise),
            ("learning_rate", self.learning_rate),
            ("feedback_gain", self.feedback_gain),
        ] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(PredictionError::Number { name, value, range: "of at least 0" });
            }
        }
        for (name, value) in [
            ("plant_time_constant", self.plant_time_constant),
            ("plant_change", self.plant_change),
            ("shortest_time_constant", self.shortest_time_constant),
            ("longest_time_constant", self.longest_time_constant),
            ("command_time_constant", self.command_time_constant),
            ("reference_time_constant", self.reference_time_constant),
        ] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(PredictionError::Number { name, value, range: "above 0" });
            }
        }
        let (shortest, longest) = (self.shortest_time_constant, self.longest_time_constant);
        if self.parallel_fibres > 1 && longest < shortest {
            return Err(PredictionError::TimeConstants { shortest, longest });
        }
        if !(0.0..=LONGEST_DELAY).contains(&self.sensory_delay) {
            return Err(PredictionError::Delay(self.sensory_delay));
        }
        Ok(())
    }
}

/// An experiment whose parameters have been checked.
#[derive(Clone, Debug)]
pub struct Prediction {
    parameters: PredictionParameters,
}

impl Prediction {
    /// Checks the parameters.
    ///
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn new(parameters: PredictionParameters) -> Result<Self, PredictionError> {
        parameters.check()?;
        Ok(Self { parameters })
    }

    /// The parameters as given.
    pub fn parameters(&self) -> &PredictionParameters {
        &self.parameters
    }

    /// D = δ / step, rounded.
    pub fn delay(&self) -> usize {
        (self.parameters.sensory_delay / STEP).round() as usize
    }

    /// Steps before tracking errors count: ten times the slowest time constant of the plant and the fibres, and at
    /// least [`WARM_UP`].
    pub fn control_warm_up(&self) -> usize {
        let p = &self.parameters;
        let slowest = p.longest_time_constant.max(p.plant_change * p.plant_time_constant);
        WARM_UP.max((10.0 * slowest / STEP).ceil() as usize)
    }

    /// α = e^(-step/τ) while the forward model is learned.
    pub fn retention(&self) -> f64 {
        retention(self.parameters.plant_time_constant)
    }

    /// α while the plant is controlled.
    pub fn retention_in_control(&self) -> f64 {
        retention(self.parameters.plant_change * self.parameters.plant_time_constant)
    }

    /// The correlation of successive commands in learning.
    pub fn command_retention(&self) -> f64 {
        retention(self.parameters.command_time_constant)
    }

    /// The correlation of successive references in control.
    pub fn reference_retention(&self) -> f64 {
        retention(self.parameters.reference_time_constant)
    }

    /// a_i of the parallel fibres, whose time constants are spaced evenly in the logarithm; that of a single one is
    /// the shortest.
    pub fn fibre_retentions(&self) -> Vec<f64> {
        let PredictionParameters { parallel_fibres, shortest_time_constant: shortest, longest_time_constant, .. } =
            self.parameters;
        let range = libm::log(longest_time_constant / shortest);
        let share = |fibre: usize| if parallel_fibres > 1 { fibre as f64 / (parallel_fibres - 1) as f64 } else { 0.0 };
        (0..parallel_fibres).map(|fibre| retention(shortest * libm::exp(share(fibre) * range))).collect()
    }

    /// σ_w² (1 - α^(2(D+1))) / (1 - α²), the least variance of the plant under any controller: a disturbance has come
    /// D + 1 steps before a command that knows of it reaches the plant.
    pub fn least_variance(&self) -> f64 {
        let alpha = self.retention_in_control();
        let lasting = libm::pow(alpha, 2.0 * (self.delay() as f64 + 1.0));
        self.parameters.plant_noise * self.parameters.plant_noise * (1.0 - lasting) / (1.0 - alpha * alpha)
    }

    /// The forward model with the best weights for stationary commands (Wiener); none where the fibres are so alike
    /// that the weights cannot be distinguished.
    pub fn best_model(&self) -> Option<ForwardModel> {
        super::Covariances::new(self).best_weights().map(|weights| ForwardModel::new(self, weights))
    }
}

fn retention(time_constant: f64) -> f64 {
    libm::exp(-STEP / time_constant)
}
