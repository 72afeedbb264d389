//! The parameters of the cell and of its inhibition.

use thiserror::Error;

/// In ms.
pub const STEP: f64 = 0.01;

/// C, in µF/cm².
pub(super) const CAPACITANCE: f64 = 2.0;

/// g_L, in mS/cm².
pub(super) const LEAK: f64 = 0.035;

/// V_L, in mV.
pub(super) const LEAK_REVERSAL: f64 = -65.0;

/// V_T, in mV.
pub(super) const T_REVERSAL: f64 = 120.0;

/// V_h, in mV: T channels are open from there on, as far as they are not inactivated, and recover below.
pub(super) const T_THRESHOLD: f64 = -60.0;

/// Where a spike is fired, in mV.
pub(super) const SPIKE_THRESHOLD: f64 = -35.0;

/// Where the cell begins after a spike, in mV.
pub(super) const RESET: f64 = -50.0;

/// In ms.
const LONGEST_TIME: f64 = 1e4;

/// The parameters of a [`ReboundCell`], not yet checked. The defaults are the catalogue's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReboundParameters {
    /// Mean of g_I before the pause, in mS/cm²; 0 to 10.
    pub inhibition: f64,
    /// I, in µA/cm²; -5 to 50.
    pub applied_current: f64,
    /// g_T, in mS/cm²; 0 to 1.
    pub t_conductance: f64,
    /// Purkinje cells; 0, for constant inhibition, to 10000.
    pub purkinje_cells: usize,
    /// Spikes of one Purkinje cell, in 1/s; above 0, at most 500.
    pub purkinje_rate: f64,
    /// Time constant of the inhibition by one spike, in ms; above 0, at most 1000.
    pub inhibition_decay: f64,
    /// Share of a Purkinje cell's spikes that it fires together with all others; 0 to 1.
    pub synchrony: f64,
    /// Length of the pause, in ms; 0 to 10000.
    pub pause: f64,
    /// When the pause begins, in ms; above 0, at most 10000.
    pub pause_start: f64,
    /// Share of the Purkinje cells that pause; 0 to 1.
    pub paused_share: f64,
    /// τ₊, in ms; above 0, at most 10000.
    pub recovery_time: f64,
    /// τ₋, in ms; above 0, at most 10000.
    pub inactivation_time: f64,
    /// V_I, in mV; -100 to below -60, where T channels recover.
    pub inhibition_reversal: f64,
}

impl Default for ReboundParameters {
    fn default() -> Self {
        Self {
            inhibition: 0.1,
            applied_current: 1.2,
            t_conductance: 0.07,
            purkinje_cells: 40,
            purkinje_rate: 70.0,
            inhibition_decay: 10.0,
            synchrony: 0.0,
            pause: 50.0,
            pause_start: 600.0,
            paused_share: 1.0,
            recovery_time: 100.0,
            inactivation_time: 20.0,
            inhibition_reversal: -75.0,
        }
    }
}

/// Why parameters do not describe a cell.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum ReboundError {
    #[error("{name} must be between {least} and {most}, not {value:?}")]
    Closed { name: &'static str, least: f64, most: f64, value: f64 },
    #[error("{name} must be above 0 and at most {most}, not {value:?}")]
    Positive { name: &'static str, most: f64, value: f64 },
    #[error("purkinje_cells must be at most 10000, not {0}")]
    PurkinjeCells(usize),
    #[error("inhibition_reversal must be at least -100 and below -60, not {0:?}")]
    Reversal(f64),
    #[error("pause_start = {0:?} ms is less than half a step of 0.01 ms")]
    NoStep(f64),
}

/// A cell whose parameters have been checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ReboundCell {
    parameters: ReboundParameters,
    steps_before: usize,
    pause_steps: usize,
}

impl ReboundCell {
    /// Checks the parameters. Times of the pause are rounded to steps.
    ///
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn new(parameters: ReboundParameters) -> Result<Self, ReboundError> {
        let p = &parameters;
        for (name, value, least, most) in [
            ("inhibition", p.inhibition, 0.0, 10.0),
            ("applied_current", p.applied_current, -5.0, 50.0),
            ("t_conductance", p.t_conductance, 0.0, 1.0),
            ("synchrony", p.synchrony, 0.0, 1.0),
            ("paused_share", p.paused_share, 0.0, 1.0),
            ("pause", p.pause, 0.0, LONGEST_TIME),
        ] {
            if !(least..=most).contains(&value) {
                return Err(ReboundError::Closed { name, least, most, value });
            }
        }
        for (name, value, most) in [
            ("purkinje_rate", p.purkinje_rate, 500.0),
            ("inhibition_decay", p.inhibition_decay, 1e3),
            ("pause_start", p.pause_start, LONGEST_TIME),
            ("recovery_time", p.recovery_time, LONGEST_TIME),
            ("inactivation_time", p.inactivation_time, LONGEST_TIME),
        ] {
            if !(value > 0.0 && value <= most) {
                return Err(ReboundError::Positive { name, most, value });
            }
        }
        if p.purkinje_cells > 10_000 {
            return Err(ReboundError::PurkinjeCells(p.purkinje_cells));
        }
        if !(-100.0..T_THRESHOLD).contains(&p.inhibition_reversal) {
            return Err(ReboundError::Reversal(p.inhibition_reversal));
        }
        let whole = |milliseconds: f64| libm::round(milliseconds / STEP) as usize;
        let (steps_before, pause_steps) = (whole(p.pause_start), whole(p.pause));
        if steps_before == 0 {
            return Err(ReboundError::NoStep(p.pause_start));
        }
        Ok(Self { parameters, steps_before, pause_steps })
    }

    /// The parameters as given.
    pub fn parameters(&self) -> &ReboundParameters {
        &self.parameters
    }

    /// Steps before the pause.
    pub fn steps_before(&self) -> usize {
        self.steps_before
    }

    /// Steps of the pause.
    pub fn pause_steps(&self) -> usize {
        self.pause_steps
    }

    /// The first step of the second half of the time before the pause, in which firing and inhibition are measured.
    pub(super) fn first_measured_step(&self) -> usize {
        self.steps_before / 2
    }

    /// The Purkinje cells that pause, rounded to whole cells.
    pub(super) fn paused_cells(&self) -> usize {
        libm::round(self.parameters.paused_share * self.parameters.purkinje_cells as f64) as usize
    }

    /// What one spike of one Purkinje cell adds to g_I, in mS/cm²: inhibition / (cells × rate × decay); 0 without
    /// cells.
    pub(super) fn jump(&self) -> f64 {
        let p = &self.parameters;
        let spikes = p.purkinje_cells as f64 * p.purkinje_rate * 1e-3 * p.inhibition_decay;
        if p.purkinje_cells == 0 { 0.0 } else { p.inhibition / spikes }
    }
}
