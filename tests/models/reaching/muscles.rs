//! Muscles: elastic energy, equilibria, and the activations that hold postures and add torques.

use microzone::models::reaching::arm::{ArmState, Joints, advance, kinetic_energy};
use microzone::models::reaching::muscles::{Activations, MOMENT_ARMS, MUSCLES, MuscleDrive, REST_POSTURE, torques};
use proptest::prelude::*;

const SHORTENING: [f64; MUSCLES] = [0.03491, 0.03491, 0.02182, 0.02182, 0.05498, 0.05498];

/// Σ K (g u + s)² / 2, in J.
fn elastic_energy(activations: &Activations, angles: Joints) -> f64 {
    let energy = |muscle: usize| {
        let [shoulder, elbow] = MOMENT_ARMS[muscle];
        let stretch = -shoulder * (angles[0] - REST_POSTURE[0]) - elbow * (angles[1] - REST_POSTURE[1]);
        let activation = activations[muscle];
        let length = SHORTENING[muscle] * activation + stretch;
        0.5 * (810.8 + 1621.6 * activation) * length * length
    };
    (0..MUSCLES).map(energy).sum()
}

fn any_activations() -> impl Strategy<Value = Activations> {
    prop::array::uniform6(0.0..1.0)
}

proptest! {
    #[test]
    fn torques_at_rest_are_the_slope_of_the_elastic_energy(
        activations in any_activations(),
        angles in [0.0..1.6, 0.5..2.0],
    ) {
        let found = torques(&activations, &ArmState::at_rest(angles));
        for joint in 0..2 {
            let energy = |by: f64| {
                let mut moved = angles;
                moved[joint] += by;
                elastic_energy(&activations, moved)
            };
            let slope = (energy(1e-5) - energy(-1e-5)) / 2e-5;
            prop_assert!((found[joint] + slope).abs() < 1e-6, "{found:?} {slope}");
        }
    }

    #[test]
    fn energy_is_only_lost(activations in any_activations(), angles in [0.2..1.4, 0.6..1.9]) {
        let mut state = ArmState { angles, velocities: [1.0, -1.0] };
        let total = |state: &ArmState| kinetic_energy(state) + elastic_energy(&activations, state.angles);
        let mut before = total(&state);
        for _ in 0..400 {
            state = advance(&state, 0.001, |state| torques(&activations, state));
            let now = total(&state);
            prop_assert!(now <= before + 1e-9, "{now} {before}");
            before = now;
        }
    }

    #[test]
    fn the_arm_settles_where_elastic_energy_is_least(activations in any_activations()) {
        let mut state = ArmState::at_rest([0.5, 1.5]);
        // The slowest mode, of the shoulder without activation, loses half in 2 s.
        for _ in 0..12_000 {
            state = advance(&state, 0.005, |state| torques(&activations, state));
        }
        // Found by itself: a quadratic form, whose minimum two Newton steps with differences reach.
        let mut least = [0.9, 1.2];
        for _ in 0..2 {
            let torque = |angles: Joints| torques(&activations, &ArmState::at_rest(angles));
            let at = torque(least);
            let column = |joint: usize| {
                let mut moved = least;
                moved[joint] += 1e-3;
                let there = torque(moved);
                [(there[0] - at[0]) / 1e-3, (there[1] - at[1]) / 1e-3]
            };
            let ([a, c], [b, d]) = (column(0), column(1));
            let determinant = a * d - b * c;
            least[0] -= (d * at[0] - b * at[1]) / determinant;
            least[1] -= (a * at[1] - c * at[0]) / determinant;
        }
        for joint in 0..2 {
            prop_assert!((state.angles[joint] - least[joint]).abs() < 1e-6, "{:?} {least:?}", state.angles);
        }
    }
}

#[test]
fn equal_activation_of_all_muscles_balances_at_the_rest_posture() {
    // Flexor and extensor pull alike at the rest posture, whatever the level.
    for level in [0.0, 0.4, 1.0] {
        let found = torques(&[level; MUSCLES], &ArmState::at_rest(REST_POSTURE));
        assert!(found.iter().all(|torque| torque.abs() < 1e-12), "{found:?}");
    }
}

#[test]
fn postures_near_rest_are_held_and_torques_are_added() {
    let drive = MuscleDrive::new(0.5);
    for angles in [[0.6, 1.2], [1.0, 1.0], [0.7, 1.5]] {
        let holding = drive.holding(angles);
        let state = ArmState::at_rest(angles);
        let left = torques(&holding, &state);
        assert!(left.iter().all(|torque| torque.abs() < 2e-3), "{angles:?}: {left:?}");
        assert!(holding.iter().all(|activation| (0.0..=1.0).contains(activation)));
    }
    let rest = drive.holding(REST_POSTURE);
    let state = ArmState::at_rest(REST_POSTURE);
    for wanted in [[0.5, 0.0], [0.0, -0.3], [0.4, 0.2]] {
        let found = torques(&drive.adding(&rest, wanted), &state);
        for joint in 0..2 {
            assert!((found[joint] - wanted[joint]).abs() < 0.03, "{wanted:?}: {found:?}");
        }
    }
}

#[test]
fn the_sources_muscles_cannot_hold_the_nearest_targets_of_a_large_circle() {
    use microzone::models::reaching::{DesiredPath, Start};
    // The torque that is missing at the worse joint: its largest value, and the share of the time with more than 0.05 N
    // m.
    let missing = |distance: f64| {
        let drive = MuscleDrive::new(0.5);
        let path = DesiredPath::new(distance, Start::Target).unwrap();
        let (mut largest, mut steps, mut all): (f64, usize, usize) = (0.0, 0, 0);
        for (place, state) in path.states().iter().enumerate() {
            let found = torques(&drive.holding(state.angles), &ArmState::at_rest(state.angles));
            let missing = found[0].abs().max(found[1].abs());
            largest = largest.max(missing);
            all += DesiredPath::steps_at(place);
            steps += if missing > 0.05 { DesiredPath::steps_at(place) } else { 0 };
        }
        (largest, steps as f64 / all as f64)
    };
    let (large, small) = (missing(0.2), missing(0.1));
    assert!((1.29..1.39).contains(&large.0) && (0.11..0.13).contains(&large.1), "{large:?}");
    assert!(small.0 < 0.01 && small.1 == 0.0, "{small:?}");
}
