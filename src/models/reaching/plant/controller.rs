//! The crude controller: feedback around the desired path, and what may be added without it.
//!
//! The gains are ours. Schweighofer & Ferriol 2000 state only that their controller leaves an error of 7.63 cm². The
//! ratios of the gains come from a prototype, [`POSITION_GAINS`] and [`VELOCITY_GAINS`]; one factor for all four, found
//! by moving the arm from where it starts by default, makes the error 7.630 cm².

use super::actuator::Actuation;
use super::arm::{self, ArmState, Joints};
use super::desired_path::DesiredState;

/// Of the shoulder and the elbow before they are multiplied by the factor of an actuation, in N m/rad.
const POSITION_GAINS: Joints = [8.0, 5.0];
/// Likewise, in N m s/rad.
const VELOCITY_GAINS: Joints = [1.5, 0.3];

/// K_p (q* - q) + K_v (q̇* - q̇), in N m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controller {
    /// K_p, in N m/rad.
    pub position_gains: Joints,
    /// K_v, in N m s/rad.
    pub velocity_gains: Joints,
    /// The torque that does not wait for errors.
    pub feed_forward: FeedForward,
}

/// What the controller knows of the arm's dynamics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedForward {
    /// None.
    Nothing,
    /// Each joint's own inertia: M₁₁ q̈*₁ and M₂₂ q̈*₂.
    Inertia,
}

impl Controller {
    /// Gains with which the error before learning is 7.63 cm² from [`Start::Target`](super::super::Start), with a
    /// co-contraction of 0.5 where there are muscles; nothing ahead of errors.
    pub fn crude(actuation: Actuation) -> Self {
        let factor = match actuation {
            Actuation::Torque => 1.0013,
            Actuation::Muscles { .. } => 1.2687,
        };
        Self {
            position_gains: POSITION_GAINS.map(|gain| factor * gain),
            velocity_gains: VELOCITY_GAINS.map(|gain| factor * gain),
            feed_forward: FeedForward::Nothing,
        }
    }

    /// The torques that answer the error; the inferior olive hears of them, too.
    pub fn feedback(&self, desired: &DesiredState, state: &ArmState) -> Joints {
        let torque = |joint: usize| {
            self.position_gains[joint] * (desired.angles[joint] - state.angles[joint])
                + self.velocity_gains[joint] * (desired.velocities[joint] - state.velocities[joint])
        };
        [torque(0), torque(1)]
    }

    /// The torques that do not depend on the error.
    pub(crate) fn ahead(&self, desired: &DesiredState) -> Joints {
        match self.feed_forward {
            FeedForward::Nothing => [0.0; 2],
            FeedForward::Inertia => {
                let [shoulder, _, elbow] = arm::inertia(desired.angles[1]);
                [shoulder * desired.accelerations[0], elbow * desired.accelerations[1]]
            }
        }
    }
}
