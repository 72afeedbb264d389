//! The arm's dynamics: balances, inverses, and the order of its steps.

use microzone::models::reaching::arm::{
    self, ArmState, LENGTHS, advance, angular_momentum, forward_dynamics, inverse_dynamics, kinetic_energy,
};
use proptest::prelude::*;

fn any_state() -> impl Strategy<Value = ArmState> {
    (-1.0..2.0, 0.3..2.8, -6.0..6.0, -6.0..6.0)
        .prop_map(|(q1, q2, v1, v2)| ArmState { angles: [q1, q2], velocities: [v1, v2] })
}

proptest! {
    #[test]
    fn inverse_dynamics_undoes_forward_dynamics(state in any_state(), torques in [-9.0..9.0, -9.0..9.0]) {
        let again = inverse_dynamics(&state, forward_dynamics(&state, torques));
        for joint in 0..2 {
            prop_assert!((again[joint] - torques[joint]).abs() < 1e-11, "{again:?}");
        }
    }

    #[test]
    fn power_is_the_rate_of_kinetic_energy(state in any_state(), torques in [-9.0..9.0, -9.0..9.0]) {
        let rate = derivative(&state, torques, kinetic_energy);
        let power = torques[0] * state.velocities[0] + torques[1] * state.velocities[1];
        prop_assert!((rate - power).abs() < 1e-6 * (1.0 + power.abs()), "{rate} {power}");
    }

    #[test]
    fn only_the_shoulder_changes_the_angular_momentum(state in any_state(), torques in [-9.0..9.0, -9.0..9.0]) {
        let rate = derivative(&state, torques, angular_momentum);
        prop_assert!((rate - torques[0]).abs() < 1e-6, "{rate} {torques:?}");
    }

    #[test]
    fn angles_and_hand_are_inverse(q1 in -1.5..1.5, q2 in 0.1..3.0) {
        let angles = arm::angles_of(arm::hand([q1, q2])).unwrap();
        let turned = (angles[0] - q1 + 3.0 * std::f64::consts::PI) % std::f64::consts::TAU - std::f64::consts::PI;
        prop_assert!(turned.abs() < 1e-9 && (angles[1] - q2).abs() < 1e-9, "{angles:?}");
    }

    #[test]
    fn motion_of_the_joints_moves_the_hand(state in any_state(), velocity in [-1.0..1.0, -1.0..1.0]) {
        // Along a straight line at constant speed, by differences of positions.
        let (velocities, accelerations) = arm::joint_motion(state.angles, velocity, [0.0, 0.0]);
        let step = 1e-4;
        let at = |time: f64| {
            let moved = |joint: usize| {
                state.angles[joint] + time * velocities[joint] + 0.5 * time * time * accelerations[joint]
            };
            arm::hand([moved(0), moved(1)])
        };
        let (before, now, after) = (at(-step), at(0.0), at(step));
        for side in 0..2 {
            let speed = (after[side] - before[side]) / (2.0 * step);
            let bend = (after[side] - 2.0 * now[side] + before[side]) / (step * step);
            let fast = velocities.iter().map(|rate| rate.abs()).fold(1.0, f64::max);
            prop_assert!((speed - velocity[side]).abs() < 1e-6 * fast.powi(3), "{speed}");
            prop_assert!(bend.abs() < 1e-4 * fast.powi(4), "{bend}");
        }
    }
}

/// Of a function of the state, along the motion: differences of fourth order, for motions can be violent.
fn derivative(state: &ArmState, torques: [f64; 2], of: fn(&ArmState) -> f64) -> f64 {
    let step = 2e-5;
    let difference = |time: f64| of(&advance(state, time, |_| torques)) - of(&advance(state, -time, |_| torques));
    (8.0 * difference(step) - difference(2.0 * step)) / (12.0 * step)
}

/// A swing of half a second with torques that depend on the state.
fn swing(steps: usize) -> ArmState {
    let spring = |state: &ArmState| {
        let pull = |joint: usize| 8.0 * (1.0 - state.angles[joint]) - 0.5 * state.velocities[joint];
        [pull(0), pull(1)]
    };
    let mut state = ArmState { angles: [0.2, 1.9], velocities: [2.0, -3.0] };
    for _ in 0..steps {
        state = advance(&state, 0.5 / steps as f64, spring);
    }
    state
}

#[test]
fn steps_converge_with_the_fourth_order() {
    let exact = swing(6400);
    let error = |steps| {
        let found = swing(steps);
        let off = |joint: usize| (found.angles[joint] - exact.angles[joint]).abs();
        off(0).max(off(1))
    };
    let (coarse, fine) = (error(100), error(200));
    // 100 steps are those of 5 ms that the model takes.
    assert!(coarse < 1e-6, "{coarse}");
    assert!((12.0..20.0).contains(&(coarse / fine)), "{coarse} {fine}");
}

#[test]
fn without_torques_energy_and_momentum_stay() {
    let mut state = ArmState { angles: [0.3, 1.2], velocities: [1.5, -2.5] };
    let (energy, momentum) = (kinetic_energy(&state), angular_momentum(&state));
    for _ in 0..1000 {
        state = advance(&state, 0.005, |_| [0.0, 0.0]);
    }
    assert!((kinetic_energy(&state) / energy - 1.0).abs() < 1e-6);
    assert!((angular_momentum(&state) / momentum - 1.0).abs() < 1e-6);
}

#[test]
fn a_stretched_arm_reaches_as_far_as_it_is_long() {
    let far = LENGTHS[0] + LENGTHS[1];
    assert_eq!(arm::hand([0.0, 0.0]), [far, 0.0]);
    assert!(arm::angles_of([far + 1e-6, 0.0]).is_none());
    assert!(arm::angles_of([0.0, 0.049]).is_none());
    // The centre of the circle by hand: cos q2 = (.16 - .2125) / .21 = -.25.
    let [_, elbow] = arm::angles_of([0.0, 0.4]).unwrap();
    assert!((elbow - 1.823_476_581_936_975).abs() < 1e-12, "{elbow}");
}
