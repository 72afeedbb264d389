//! A test: one cycle of movements without learning.

use std::f64::consts::PI;

use super::plant::actuator::Actuator;
use super::plant::arm::{self, ArmState, Joints};
use super::plant::controller::Controller;
use super::plant::desired_path::{DesiredPath, DesiredState, MOVEMENTS_PER_CYCLE, STEPS_PER_MOVEMENT, TARGETS};

/// Steps from one point of a recorded path of the hand to the next.
pub const STEPS_PER_POINT: usize = 10;
/// Points of a movement's recorded path.
pub const POINTS_PER_MOVEMENT: usize = STEPS_PER_MOVEMENT / STEPS_PER_POINT;

const SQUARE_CENTIMETRES: f64 = 1e4;

/// The arm with its task and its crude controller: what the cerebellum helps.
#[derive(Clone, Debug)]
pub struct Plant {
    pub path: DesiredPath,
    pub controller: Controller,
    pub actuator: Actuator,
}

impl Plant {
    /// At rest where the first movement begins.
    pub fn start(&self) -> ArmState {
        ArmState::at_rest(self.path.at(0, 0).angles)
    }

    /// The feedback torques of a step.
    pub fn feedback(&self, place: usize, state: &ArmState) -> Joints {
        self.controller.feedback(&self.path.states()[place], state)
    }

    /// The arm after a step with these torques of feedback and cerebellum; `None` if it is lost.
    pub fn step(&self, place: usize, state: &ArmState, feedback: Joints, cerebellar: Joints) -> Option<ArmState> {
        let desired = &self.path.states()[place];
        let ahead = self.controller.ahead(desired);
        let command = [0, 1].map(|joint| feedback[joint] + ahead[joint] + cerebellar[joint]);
        let state = self.actuator.step(state, place, command);
        follows(desired, &state).then_some(state)
    }
}

/// Whether the arm can still be said to follow: each joint within half a turn of where it should be.
fn follows(desired: &DesiredState, state: &ArmState) -> bool {
    // Not a number is not a small distance either.
    (0..2).all(|joint| (state.angles[joint] - desired.angles[joint]).abs() < PI)
}

/// What a test showed.
#[derive(Clone, Debug)]
pub struct Test {
    /// Mean squared distance of the hand from its desired path, for each movement, in cm².
    pub errors: [f64; MOVEMENTS_PER_CYCLE],
    /// The target that each movement goes to or comes from.
    pub targets: [usize; MOVEMENTS_PER_CYCLE],
    /// The feedback torques, step by step.
    pub feedback: Vec<Joints>,
    /// Where the hand was, in m, every [`STEPS_PER_POINT`] steps.
    pub hand: Vec<[f64; 2]>,
}

impl Test {
    /// Moves the arm through all movements, with torques of the cerebellum that depend on the place along the path;
    /// `None` if the arm is lost.
    pub fn run(plant: &Plant, mut cerebellum: impl FnMut(usize) -> Joints) -> Option<Self> {
        let mut test = Self {
            errors: [0.0; MOVEMENTS_PER_CYCLE],
            targets: std::array::from_fn(|movement| plant.path.target(movement)),
            feedback: Vec::new(),
            hand: Vec::new(),
        };
        let mut state = plant.start();
        for movement in 0..MOVEMENTS_PER_CYCLE {
            let mut sum = 0.0;
            for step in 0..STEPS_PER_MOVEMENT {
                let place = DesiredPath::place(movement, step);
                let (hand, desired) = (arm::hand(state.angles), plant.path.states()[place].hand);
                let away = [hand[0] - desired[0], hand[1] - desired[1]];
                sum += away[0] * away[0] + away[1] * away[1];
                if step % STEPS_PER_POINT == 0 {
                    test.hand.push(hand);
                }
                let feedback = plant.feedback(place, &state);
                test.feedback.push(feedback);
                state = plant.step(place, &state, feedback, cerebellum(place))?;
            }
            test.errors[movement] = SQUARE_CENTIMETRES * sum / STEPS_PER_MOVEMENT as f64;
        }
        Some(test)
    }

    /// Mean over the movements, in cm².
    pub fn mean_squared_error(&self) -> f64 {
        self.errors.iter().sum::<f64>() / MOVEMENTS_PER_CYCLE as f64
    }

    /// Mean over the ways out to each target and back, in cm².
    pub fn by_target(&self) -> [f64; TARGETS] {
        let mut means = [0.0; TARGETS];
        for (&target, error) in self.targets.iter().zip(self.errors) {
            means[target] += 0.5 * error;
        }
        means
    }
}
