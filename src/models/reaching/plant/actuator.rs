//! What turns commanded torques into motion: motors at the joints, or muscles.

use super::arm::{self, ArmState, Joints};
use super::desired_path::DesiredPath;
use super::muscles::{self, Activations, MuscleDrive};
use crate::models::nitric_oxide::STEP;

/// What moves the arm: motors at the joints, or muscles with a level of activation in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Actuation {
    /// Motors at the joints.
    Torque,
    /// Six muscles, with an activation that all have in common.
    Muscles {
        /// From 0 to 1.
        co_contraction: f64,
    },
}

/// Moves the arm.
#[derive(Clone, Debug)]
pub enum Actuator {
    /// The commanded torques act on the joints.
    Torque,
    /// They are added to the activations that hold the desired posture; the muscles' own stiffness and viscosity act at
    /// once.
    Muscles {
        drive: MuscleDrive,
        /// For each of the [`DesiredPath::states`].
        holding: Vec<Activations>,
    },
}

impl Actuator {
    pub fn new(actuation: Actuation, path: &DesiredPath) -> Self {
        match actuation {
            Actuation::Torque => Self::Torque,
            Actuation::Muscles { co_contraction } => {
                let drive = MuscleDrive::new(co_contraction);
                let holding = path.states().iter().map(|state| drive.holding(state.angles)).collect();
                Self::Muscles { drive, holding }
            }
        }
    }

    /// The arm one [`STEP`] later, in which the command stays as it is; the desired state has this place.
    pub fn step(&self, state: &ArmState, place: usize, command: Joints) -> ArmState {
        match self {
            Self::Torque => arm::advance(state, STEP, |_| command),
            Self::Muscles { drive, holding } => {
                let activations = drive.adding(&holding[place], command);
                arm::advance(state, STEP, |state| muscles::torques(&activations, state))
            }
        }
    }
}
