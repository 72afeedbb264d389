//! The membrane, one step at a time.

use super::parameters::{
    CAPACITANCE, LEAK, LEAK_REVERSAL, RESET, ReboundParameters, SPIKE_THRESHOLD, STEP, T_REVERSAL, T_THRESHOLD,
};

/// What does not change from step to step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membrane {
    applied_current: f64,
    t_conductance: f64,
    inhibition_reversal: f64,
    /// Shares of 1 - h and of h that are left after a step.
    left_of_recovery: f64,
    left_of_availability: f64,
}

/// The state of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// V, in mV.
    pub(super) voltage: f64,
    /// h.
    pub(super) availability: f64,
}

impl State {
    /// At t = 0.
    pub(super) const START: Self = Self { voltage: LEAK_REVERSAL, availability: 0.0 };
}

impl Membrane {
    /// That of these parameters, with this g_T.
    pub(super) fn new(parameters: &ReboundParameters, t_conductance: f64) -> Self {
        let left = |time_constant: f64| libm::exp(-STEP / time_constant);
        Self {
            applied_current: parameters.applied_current,
            t_conductance,
            inhibition_reversal: parameters.inhibition_reversal,
            left_of_recovery: left(parameters.recovery_time),
            left_of_availability: left(parameters.inactivation_time),
        }
    }

    /// One step of exponential Euler, with all conductances as they were before it; returns whether a spike was fired.
    pub(super) fn step(&self, state: &mut State, inhibition: f64) -> bool {
        let State { voltage, availability } = *state;
        let is_open = voltage >= T_THRESHOLD;
        let t_conductance = if is_open { self.t_conductance * availability } else { 0.0 };
        let total = LEAK + t_conductance + inhibition;
        let current = LEAK * LEAK_REVERSAL
            + self.applied_current
            + t_conductance * T_REVERSAL
            + inhibition * self.inhibition_reversal;
        let limit = current / total;
        state.voltage = limit + (voltage - limit) * libm::exp(-total * STEP / CAPACITANCE);
        state.availability = if is_open {
            availability * self.left_of_availability
        } else {
            1.0 - (1.0 - availability) * self.left_of_recovery
        };
        let fires = state.voltage >= SPIKE_THRESHOLD;
        if fires {
            state.voltage = RESET;
        }
        fires
    }
}
