//! The task: reaching between the middle of a circle and eight targets around it.
//!
//! Source: Schweighofer & Ferriol 2000, Methods. Where the circle lies is ours.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

use thiserror::Error;

use super::arm::{self, Joints};
use crate::models::nitric_oxide::{STEP, Start};

/// Targets on the circle.
pub const TARGETS: usize = 8;
/// Out to each target and back, the first one straight ahead, then counterclockwise. From [`Start::Target`] the way
/// back from the first comes first, and the way out to it last.
pub const MOVEMENTS_PER_CYCLE: usize = 2 * TARGETS;
/// From the beginning of one movement to the next: 1.2 s.
pub const STEPS_PER_MOVEMENT: usize = 240;
/// A movement takes 0.7 s; then the hand is to stay.
pub(crate) const MOVING_STEPS: usize = 140;
/// Of the circle, in m from the shoulder.
pub const CENTRE: [f64; 2] = [0.0, 0.40];

/// What the arm is to do at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DesiredState {
    /// In m.
    pub hand: [f64; 2],
    /// In rad.
    pub angles: Joints,
    /// In rad/s.
    pub velocities: Joints,
    /// In rad/s².
    pub accelerations: Joints,
}

/// Why a circle cannot be the task.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("target_distance = {distance:?} m is not within reach of the arm around (0, 0.40) m; try at most 0.24")]
pub struct OutOfReach {
    distance: f64,
}

/// The farthest that the arm reaches around the centre: 0.65 m from the shoulder, with some room.
const LARGEST_DISTANCE: f64 = 0.24;

/// The desired states of one cycle of movements. Each holds `MOVING_STEPS` + 1 of them: the last is that in which it
/// stays.
#[derive(Clone, Debug)]
pub struct DesiredPath {
    start: Start,
    states: Vec<DesiredState>,
}

/// States of one movement that differ.
const STATES_PER_MOVEMENT: usize = MOVING_STEPS + 1;

impl DesiredPath {
    /// Straight movements of minimum jerk over `distance` m: s(t) = 10 t³ - 15 t⁴ + 6 t⁵ of the way after t of the
    /// duration.
    ///
    /// # Errors
    /// The arm does not reach as far.
    pub fn new(distance: f64, start: Start) -> Result<Self, OutOfReach> {
        let out_of_reach = || OutOfReach { distance };
        Self::check(distance)?;
        let state = |index: usize| {
            let (movement, step) = (index / STATES_PER_MOVEMENT, index % STATES_PER_MOVEMENT);
            let (target, outward) = way(start, movement);
            let (sine, cosine) = libm::sincos(FRAC_PI_2 + FRAC_PI_4 * target as f64);
            let (way, speed, acceleration) = minimum_jerk(step as f64 / MOVING_STEPS as f64);
            let (from_centre, sign) = if outward { (way, distance) } else { (1.0 - way, -distance) };
            let duration = MOVING_STEPS as f64 * STEP;
            let along = |amount: f64| [cosine * amount, sine * amount];
            let [x, y] = along(distance * from_centre);
            let hand = [CENTRE[0] + x, CENTRE[1] + y];
            let angles = arm::angles_of(hand).ok_or_else(out_of_reach)?;
            let acceleration = along(sign * acceleration / (duration * duration));
            let (velocities, accelerations) = arm::joint_motion(angles, along(sign * speed / duration), acceleration);
            Ok(DesiredState { hand, angles, velocities, accelerations })
        };
        let states = (0..MOVEMENTS_PER_CYCLE * STATES_PER_MOVEMENT).map(state).collect::<Result<_, _>>()?;
        Ok(Self { start, states })
    }

    /// # Errors
    /// The arm does not reach as far.
    pub fn check(distance: f64) -> Result<(), OutOfReach> {
        if (0.0..=LARGEST_DISTANCE).contains(&distance) { Ok(()) } else { Err(OutOfReach { distance }) }
    }

    /// The target that a movement of the cycle goes to or comes from.
    pub fn target(&self, movement: usize) -> usize {
        way(self.start, movement).0
    }

    /// All states that differ, movement by movement.
    pub fn states(&self) -> &[DesiredState] {
        &self.states
    }

    /// Which of the [`DesiredPath::states`] the arm is to have in a step of a movement of the cycle.
    pub fn place(movement: usize, step: usize) -> usize {
        movement * STATES_PER_MOVEMENT + step.min(MOVING_STEPS)
    }

    /// For how many steps of a cycle the arm is to have the state at a place.
    pub fn steps_at(place: usize) -> usize {
        if place % STATES_PER_MOVEMENT == MOVING_STEPS { STEPS_PER_MOVEMENT - MOVING_STEPS } else { 1 }
    }

    /// The state in a step of a movement.
    pub fn at(&self, movement: usize, step: usize) -> &DesiredState {
        &self.states[Self::place(movement, step)]
    }
}

/// The target of a movement of the cycle, and whether the movement goes out to it.
fn way(start: Start, movement: usize) -> (usize, bool) {
    let from_centre = match start {
        Start::Centre => movement,
        Start::Target => (movement + 1) % MOVEMENTS_PER_CYCLE,
    };
    (from_centre / 2, from_centre % 2 == 0)
}

/// The part of the way after a part of the time, and its first two derivatives.
fn minimum_jerk(time: f64) -> (f64, f64, f64) {
    let (square, rest) = (time * time, 1.0 - time);
    (
        square * time * (10.0 - 15.0 * time + 6.0 * square),
        30.0 * square * rest * rest,
        60.0 * time * rest * (1.0 - 2.0 * time),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: [f64; 2], other: [f64; 2]) -> bool {
        (one[0] - other[0]).hypot(one[1] - other[1]) < 1e-12
    }

    #[test]
    fn from_the_first_target_the_hand_goes_to_the_middle_first_and_to_the_others_counterclockwise() {
        let path = DesiredPath::new(0.2, Start::Target).unwrap();
        let on_circle = |degrees: f64| {
            let (sine, cosine) = degrees.to_radians().sin_cos();
            [CENTRE[0] + 0.2 * cosine, CENTRE[1] + 0.2 * sine]
        };
        let places = [90.0, 135.0, 180.0, 225.0, 270.0, 315.0, 0.0, 45.0, 90.0].map(on_circle);
        for (pair, ends) in places.windows(2).enumerate() {
            let (back, out) = (2 * pair, 2 * pair + 1);
            assert!(near(path.at(back, 0).hand, ends[0]) && near(path.at(back, MOVING_STEPS).hand, CENTRE));
            assert!(near(path.at(out, 0).hand, CENTRE) && near(path.at(out, MOVING_STEPS).hand, ends[1]));
            assert_eq!((path.target(back), path.target(out)), (pair, (pair + 1) % TARGETS));
        }
        // The same movements, in another order.
        let from_centre = DesiredPath::new(0.2, Start::Centre).unwrap();
        let (first, rest) = from_centre.states().split_at(STATES_PER_MOVEMENT);
        assert_eq!(path.states(), [rest, first].concat());
    }

    #[test]
    fn movements_go_out_and_back_and_stay() {
        let path = DesiredPath::new(0.2, Start::Centre).unwrap();
        for target in 0..TARGETS {
            let (out, back) = (2 * target, 2 * target + 1);
            assert!(near(path.at(out, 0).hand, CENTRE) && near(path.at(back, MOVING_STEPS).hand, CENTRE));
            let [x, y] = path.at(out, STEPS_PER_MOVEMENT - 1).hand;
            assert!(near(path.at(back, 0).hand, [x, y]));
            assert!((x.hypot(y - 0.4) - 0.2).abs() < 1e-12);
            let resting = path.at(out, MOVING_STEPS);
            assert!(resting.velocities.iter().chain(&resting.accelerations).all(|rate| rate.abs() < 1e-12));
        }
        assert!(near(path.at(0, MOVING_STEPS).hand, [0.0, 0.6]) && near(path.at(4, MOVING_STEPS).hand, [-0.2, 0.4]));
        let steps: usize = (0..path.states().len()).map(DesiredPath::steps_at).sum();
        assert_eq!(steps, MOVEMENTS_PER_CYCLE * STEPS_PER_MOVEMENT);
    }

    #[test]
    fn the_hand_is_where_the_angles_put_it_and_rates_are_derivatives() {
        let path = DesiredPath::new(0.2, Start::Target).unwrap();
        for movement in 0..MOVEMENTS_PER_CYCLE {
            for step in 1..MOVING_STEPS {
                let [before, now, after] = [step - 1, step, step + 1].map(|step| path.at(movement, step));
                let hand = arm::hand(now.angles);
                assert!((hand[0] - now.hand[0]).hypot(hand[1] - now.hand[1]) < 1e-12);
                for joint in 0..2 {
                    let velocity = (after.angles[joint] - before.angles[joint]) / (2.0 * STEP);
                    let acceleration = (after.velocities[joint] - before.velocities[joint]) / (2.0 * STEP);
                    assert!((velocity - now.velocities[joint]).abs() < 0.02, "{movement} {step}");
                    assert!((acceleration - now.accelerations[joint]).abs() < 0.6, "{movement} {step}");
                }
            }
        }
        assert!(DesiredPath::new(0.25, Start::Centre).is_err());
    }
}
