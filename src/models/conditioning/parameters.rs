//! The parameters of conditioning.

use thiserror::Error;

use super::{STEP, ShortTermPlasticity, middle};

/// What the climbing fibres signal of the rate of the olive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClimbingFibreCode {
    /// Each fibre fires in a step with probability c × step (at most 1); the synapses see the mean of the fibres.
    Spikes,
    /// The synapses see c × step itself.
    Rate,
}

/// The parameters of [`super::Conditioning`], not yet checked. The defaults are the catalogue's. Times are in s, rates
/// in s⁻¹.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConditioningParameters {
    /// N; 2 to 10000.
    pub granule_cells: usize,
    /// m, the sharpness of the granule cells' tuning in time; 0.1 to 100.
    pub sharpness: f64,
    /// τ_min; 0.001 to 1000.
    pub shortest_time_constant: f64,
    /// τ_max; τ_min to 1000.
    pub longest_time_constant: f64,
    /// The length of a trial; it ends after the unconditioned stimulus.
    pub duration: f64,
    /// ISI, from the onset of the tone to the onset of the unconditioned stimulus; longer than half a step.
    pub interstimulus_interval: f64,
    /// T_us ≥ 0, how long the unconditioned stimulus lasts.
    pub us_duration: f64,
    /// u ≥ 0, by which the unconditioned stimulus raises the rate of the olive.
    pub us_rate: f64,
    /// c_0 ≥ 0, rate of the olive alone.
    pub olive_baseline: f64,
    /// c_eq ≥ 0, rate of the olive at which depression and potentiation are equal.
    pub equilibrium_rate: f64,
    /// k ≥ 0, by which the olive slows down per spike/s of the nucleus.
    pub nucleo_olivary_inhibition: f64,
    /// δ_o ≥ 0, from the unconditioned stimulus to the olive.
    pub olive_delay: f64,
    /// δ_n ≥ 0, from the nucleus to the olive.
    pub loop_delay: f64,
    /// d ≥ 0, by which a parallel fibre's eligibility lags behind its activity.
    pub eligibility_delay: f64,
    /// P_0 ≥ 0, rate of the Purkinje cell without a tone.
    pub purkinje_rate: f64,
    /// n_0 ≥ 0, rate of the nucleus without a tone.
    pub nuclear_rate: f64,
    /// G ≥ 0, from the mean input to the rate of the Purkinje cell.
    pub cortical_gain: f64,
    /// κ ≥ 0, spikes of the nucleus per spike of the Purkinje cell that is missing.
    pub nuclear_gain: f64,
    /// q ≥ 0, weight of the basket and stellate cells that the granule cells drive.
    pub feed_forward_inhibition: f64,
    /// η ≥ 0.
    pub learning_rate: f64,
    /// F, climbing fibres whose mean the synapses see; 1 to 1000.
    pub climbing_fibres: usize,
    /// What they signal.
    pub climbing_fibre_code: ClimbingFibreCode,
    /// A, paired trials; at least 1.
    pub acquisition_trials: usize,
    /// Trials with the tone alone, after these.
    pub extinction_trials: usize,
    /// Paired trials, after these.
    pub reacquisition_trials: usize,
    /// Rate of the nucleus above its own at which a response counts; > 0.
    pub criterion: f64,
    /// ν ≥ 0, the rate of a parallel fibre where g = 1, for its short-term plasticity; 0 for none.
    pub parallel_fibre_rate: f64,
    /// Short-term plasticity of the parallel fibres.
    pub parallel_fibre_plasticity: ShortTermPlasticity,
    /// Short-term plasticity of the climbing fibres, which do not facilitate; U = 0 for none.
    pub climbing_fibre_plasticity: ShortTermPlasticity,
}

impl Default for ConditioningParameters {
    fn default() -> Self {
        Self {
            granule_cells: 100,
            sharpness: 8.0,
            shortest_time_constant: 0.03,
            longest_time_constant: 1.5,
            duration: 1.5,
            interstimulus_interval: 0.25,
            us_duration: 0.05,
            us_rate: 20.0,
            olive_baseline: 1.0,
            equilibrium_rate: 1.0,
            nucleo_olivary_inhibition: 0.5,
            olive_delay: 0.02,
            loop_delay: 0.1,
            eligibility_delay: 0.1,
            purkinje_rate: 80.0,
            nuclear_rate: 50.0,
            cortical_gain: 200.0,
            nuclear_gain: 1.0,
            feed_forward_inhibition: 1.0,
            learning_rate: 0.01,
            climbing_fibres: 10,
            climbing_fibre_code: ClimbingFibreCode::Spikes,
            acquisition_trials: 300,
            extinction_trials: 300,
            reacquisition_trials: 300,
            criterion: 15.0,
            parallel_fibre_rate: 0.0,
            parallel_fibre_plasticity: ShortTermPlasticity { utilization: 0.2, recovery: 0.1, facilitation: 0.1 },
            climbing_fibre_plasticity: ShortTermPlasticity { utilization: 0.0, recovery: 1.0, facilitation: 0.0 },
        }
    }
}

/// Why parameters do not describe an experiment.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum ConditioningError {
    #[error("{name} must be between {least} and {greatest}, not {value}")]
    Count { name: &'static str, value: usize, least: usize, greatest: usize },
    #[error("{name} must be a finite number {range}, not {value:?}")]
    Number { name: &'static str, value: f64, range: &'static str },
    #[error("longest_time_constant = {longest:?} s is shorter than shortest_time_constant = {shortest:?} s")]
    TimeConstants { shortest: f64, longest: f64 },
    #[error("duration = {duration:?} s is not between one step of 0.005 s and 60 s")]
    Duration { duration: f64 },
    #[error("no step of 0.005 s has its middle before the interstimulus_interval of {0:?} s; try 0.005")]
    NothingBefore(f64),
    #[error(
        "the unconditioned stimulus reaches the olive until interstimulus_interval + olive_delay + us_duration = {end} \
         s, after the trial's duration of {duration:?} s; try duration = {end}"
    )]
    UsTooLate { end: f64, duration: f64 },
}

impl ConditioningParameters {
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn check(&self) -> Result<(), ConditioningError> {
        for (name, value, least, greatest) in [
            ("granule_cells", self.granule_cells, 2, 10_000),
            ("climbing_fibres", self.climbing_fibres, 1, 1000),
            ("acquisition_trials", self.acquisition_trials, 1, 1_000_000),
            ("extinction_trials", self.extinction_trials, 0, 1_000_000),
            ("reacquisition_trials", self.reacquisition_trials, 0, 1_000_000),
        ] {
            if !(least..=greatest).contains(&value) {
                return Err(ConditioningError::Count { name, value, least, greatest });
            }
        }
        self.check_numbers()?;
        let (shortest, longest) = (self.shortest_time_constant, self.longest_time_constant);
        if longest < shortest {
            return Err(ConditioningError::TimeConstants { shortest, longest });
        }
        let duration = self.duration;
        if !(STEP..=60.0).contains(&duration) {
            return Err(ConditioningError::Duration { duration });
        }
        let interval = self.interstimulus_interval;
        if middle(0) >= interval {
            return Err(ConditioningError::NothingBefore(interval));
        }
        // Sums of decimals have rounding errors.
        let end = (1e9 * (interval + self.olive_delay + self.us_duration)).round() / 1e9;
        if end > duration + 1e-9 {
            return Err(ConditioningError::UsTooLate { end, duration });
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), ConditioningError> {
        for (name, value) in [
            ("us_duration", self.us_duration),
            ("us_rate", self.us_rate),
            ("olive_baseline", self.olive_baseline),
            ("equilibrium_rate", self.equilibrium_rate),
            ("nucleo_olivary_inhibition", self.nucleo_olivary_inhibition),
            ("olive_delay", self.olive_delay),
            ("loop_delay", self.loop_delay),
            ("eligibility_delay", self.eligibility_delay),
            ("purkinje_rate", self.purkinje_rate),
            ("nuclear_rate", self.nuclear_rate),
            ("cortical_gain", self.cortical_gain),
            ("nuclear_gain", self.nuclear_gain),
            ("feed_forward_inhibition", self.feed_forward_inhibition),
            ("learning_rate", self.learning_rate),
            ("parallel_fibre_rate", self.parallel_fibre_rate),
            ("recovery_time_constant", self.parallel_fibre_plasticity.recovery),
            ("facilitation_time_constant", self.parallel_fibre_plasticity.facilitation),
            ("climbing_fibre_recovery_time_constant", self.climbing_fibre_plasticity.recovery),
            ("facilitation of the climbing fibres", self.climbing_fibre_plasticity.facilitation),
        ] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(ConditioningError::Number { name, value, range: "of at least 0" });
            }
        }
        for (name, value) in [("interstimulus_interval", self.interstimulus_interval), ("criterion", self.criterion)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(ConditioningError::Number { name, value, range: "above 0" });
            }
        }
        for (name, value, accepted, range) in [
            ("sharpness", self.sharpness, 0.1..=100.0, "from 0.1 to 100"),
            ("shortest_time_constant", self.shortest_time_constant, 1e-3..=1e3, "from 0.001 to 1000"),
            ("longest_time_constant", self.longest_time_constant, 1e-3..=1e3, "from 0.001 to 1000"),
        ] {
            if !accepted.contains(&value) {
                return Err(ConditioningError::Number { name, value, range });
            }
        }
        let utilization = self.parallel_fibre_plasticity.utilization;
        if !(utilization > 0.0 && utilization <= 1.0) {
            let range = "above 0, at most 1";
            return Err(ConditioningError::Number { name: "utilization", value: utilization, range });
        }
        let utilization = self.climbing_fibre_plasticity.utilization;
        if !(0.0..=1.0).contains(&utilization) {
            let range = "from 0 to 1";
            return Err(ConditioningError::Number { name: "climbing_fibre_utilization", value: utilization, range });
        }
        Ok(())
    }
}
