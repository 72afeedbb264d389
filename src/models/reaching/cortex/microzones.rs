//! The four microzones: which muscles' errors reach each, and what each does to the arm.

use std::collections::VecDeque;

use crate::models::nitric_oxide::{CELLS_PER_MICROZONE, MICROZONES, Role};
use crate::models::reaching::plant::arm::Joints;

/// Purkinje cells that one nuclear cell hears.
const CELLS_PER_NUCLEAR_CELL: usize = 3;
pub(crate) const NUCLEAR_CELLS: usize = CELLS_PER_MICROZONE / CELLS_PER_NUCLEAR_CELL;

/// The activities of a microzone's nuclear cells: minus the mean of the three Purkinje cells of a column.
pub(crate) fn nuclear_activities(purkinje: &[f64]) -> impl Iterator<Item = f64> + '_ {
    purkinje
        .chunks_exact(CELLS_PER_NUCLEAR_CELL)
        .map(|cells| -cells.iter().sum::<f64>() / CELLS_PER_NUCLEAR_CELL as f64)
}

/// The mean activity of each microzone's nuclear cells; `purkinje` has the cells of all microzones.
pub fn nuclear_means(purkinje: &[f64]) -> [f64; MICROZONES] {
    let mut means = [0.0; MICROZONES];
    for (mean, cells) in means.iter_mut().zip(purkinje.chunks_exact(CELLS_PER_MICROZONE)) {
        *mean = nuclear_activities(cells).sum::<f64>() / NUCLEAR_CELLS as f64;
    }
    means
}

/// The torque of each joint, in N m: a gain times flexor minus extensor.
pub fn cerebellar_torques(roles: &[Role; MICROZONES], nuclear: &[f64; MICROZONES], gain: f64) -> Joints {
    let mut torques = [0.0; 2];
    for (role, activity) in roles.iter().zip(nuclear) {
        torques[role.joint] += gain * role.sign() * activity;
    }
    torques
}

/// What the climbing fibres hear of: the controller's feedback torque, flexors of its positive, extensors of its
/// negative part.
#[derive(Clone, Debug)]
pub(crate) struct ErrorSignal {
    roles: [Role; MICROZONES],
    /// Torques of the last steps, the latest at the back.
    late: VecDeque<Joints>,
}

impl ErrorSignal {
    /// Errors that arrive some steps late.
    pub(crate) fn new(roles: [Role; MICROZONES], delay: usize) -> Self {
        Self { roles, late: vec![[0.0; 2]; delay].into() }
    }

    /// The signal of each microzone in the next step, in N m, given that step's feedback torques.
    pub(crate) fn step(&mut self, feedback: Joints) -> [f64; MICROZONES] {
        self.late.push_back(feedback);
        let arrived = self.late.pop_front().unwrap_or(feedback);
        self.roles.map(|role| (role.sign() * arrived[role.joint]).max(0.0))
    }
}

/// Whether one scale turns all errors into rates, or each joint has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OliveScale {
    /// One scale for both joints.
    Common,
    /// One scale for each joint, so that both fire alike.
    Joint,
}

/// How error signals become firing rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OliveInput {
    /// Of each microzone, in spikes/s for each N m.
    scales: [f64; MICROZONES],
    /// Spontaneous rate, in spikes/s.
    baseline: f64,
    /// How much a unit of nuclear activity lowers the rate, in spikes/s.
    inhibition: f64,
}

impl OliveInput {
    /// Scales signals so that their mean over time and microzones becomes the mean rate: of all microzones together, or
    /// of each joint's two. Signals without error stay silent.
    pub(crate) fn new(
        roles: &[Role; MICROZONES],
        signals: &[[f64; MICROZONES]],
        mean_rate: f64,
        scale: OliveScale,
        baseline: f64,
        inhibition: f64,
    ) -> Self {
        let mean_over = |wanted: &dyn Fn(&Role) -> bool| {
            let chosen: Vec<usize> = (0..MICROZONES).filter(|&microzone| wanted(&roles[microzone])).collect();
            let sum: f64 = signals.iter().map(|signal| chosen.iter().map(|&one| signal[one]).sum::<f64>()).sum();
            sum / (signals.len() * chosen.len()) as f64
        };
        let scales = roles.map(|role| {
            let mean = match scale {
                OliveScale::Common => mean_over(&|_| true),
                OliveScale::Joint => mean_over(&|other| other.joint == role.joint),
            };
            if mean > 0.0 { mean_rate / mean } else { 0.0 }
        });
        Self { scales, baseline, inhibition }
    }

    /// The rate of each microzone's olive cells, in spikes/s: [baseline + scale × signal - inhibition × nuclear
    /// activity]₊.
    pub(crate) fn rates(&self, signal: &[f64; MICROZONES], nuclear: &[f64; MICROZONES]) -> [f64; MICROZONES] {
        let mut rates = [0.0; MICROZONES];
        for (microzone, rate) in rates.iter_mut().enumerate() {
            let excited = self.baseline + self.scales[microzone] * signal[microzone];
            *rate = (excited - self.inhibition * nuclear[microzone]).max(0.0);
        }
        rates
    }
}
