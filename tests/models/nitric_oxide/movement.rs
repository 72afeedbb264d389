//! The sheet during a movement.

use microzone::models::nitric_oxide::{
    Arrangement, MICROZONE_WIDTH, MICROZONES, MicrozoneOrder, MovementRates, Role, SheetError, Start, expected_mean,
    movement_snapshot,
};

use crate::nitric_oxide::common::{mean_and_error, parameters, stream};

/// By default, as in the paper.
fn rates(mean: f64) -> MovementRates {
    MovementRates { mean, order: MicrozoneOrder::ExtensorFirst, start: Start::Target }
}

#[test]
fn the_mean_is_that_of_the_balance() {
    let rates = rates(2.0);
    for (decay, steps) in [(0.3, 140), (5.0, 200), (0.0, 30)] {
        let mut sheet = parameters(3300.0, MICROZONES, Arrangement::Joined, 1e-3);
        sheet.decay = decay;
        let means: Vec<f64> =
            (0..40).map(|seed| movement_snapshot(sheet, rates, steps, &stream(seed)).unwrap().mean).collect();
        let (mean, error) = mean_and_error(&means);
        let expected = expected_mean(decay, rates, steps);
        assert!((mean - expected).abs() < 4.0 * error, "{decay}, {steps}: {mean} ± {error}, not {expected}");
    }
}

#[test]
fn rates_have_the_mean_that_they_are_given() {
    let rates = rates(2.0);
    let mean = |microzone: usize| (0..140).map(|step| rates.at(step)[microzone]).sum::<f64>() / 140.0;
    for (microzone, expected) in [2.0, 2.0, 1.0, 1.0].into_iter().enumerate() {
        assert!((mean(microzone) / expected - 1.0).abs() < 1e-3, "{microzone}: {}", mean(microzone));
    }
    assert_eq!(rates.at(140), [0.0; 4]);
}

#[test]
fn diffusion_smooths_and_separation_changes_no_amount() {
    let rates = rates(2.0);
    let of = |diffusion, arrangement| {
        let sheet = parameters(diffusion, MICROZONES, arrangement, 1e-3);
        movement_snapshot(sheet, rates, 140, &stream(5)).unwrap()
    };
    let (still, spread) = (of(0.0, Arrangement::Joined), of(3300.0, Arrangement::Joined));
    assert!(spread.spatial_variation < 0.7 * still.spatial_variation);
    assert!(spread.largest < still.largest && spread.field.len() == 216 * 108);
    let apart = of(3300.0, Arrangement::Separated);
    assert!((apart.mean / spread.mean - 1.0).abs() < 1e-4 && (still.mean / spread.mean - 1.0).abs() < 1e-4);
    assert!(apart.field != spread.field);
}

#[test]
fn other_numbers_of_microzones_are_refused() {
    let sheet = parameters(0.0, 3, Arrangement::Joined, 1e-3);
    let refused = movement_snapshot(sheet, rates(1.0), 1, &stream(0)).unwrap_err();
    assert_eq!(refused, SheetError::Microzones(3));
}

const SHOULDER_EXTENSOR: Role = Role { joint: 0, flexes: false };
const SHOULDER_FLEXOR: Role = Role { joint: 0, flexes: true };
const ELBOW_EXTENSOR: Role = Role { joint: 1, flexes: false };
const ELBOW_FLEXOR: Role = Role { joint: 1, flexes: true };

/// From left to right; the first is that of the paper's Fig. 1.
const ORDERS: [(MicrozoneOrder, [Role; MICROZONES]); 3] = [
    (MicrozoneOrder::ExtensorFirst, [SHOULDER_EXTENSOR, SHOULDER_FLEXOR, ELBOW_EXTENSOR, ELBOW_FLEXOR]),
    (MicrozoneOrder::FlexorFirst, [SHOULDER_FLEXOR, SHOULDER_EXTENSOR, ELBOW_FLEXOR, ELBOW_EXTENSOR]),
    (MicrozoneOrder::AntagonistsApart, [SHOULDER_FLEXOR, ELBOW_FLEXOR, SHOULDER_EXTENSOR, ELBOW_EXTENSOR]),
];

/// The mean over each microzone's part of the sheet, from left to right.
fn means(field: &[f64]) -> Vec<f64> {
    let mean = |microzone: usize| {
        let rows = field.chunks_exact(MICROZONES * MICROZONE_WIDTH);
        let parts = rows.clone().flat_map(|row| &row[microzone * MICROZONE_WIDTH..][..MICROZONE_WIDTH]);
        parts.sum::<f64>() / (rows.len() * MICROZONE_WIDTH) as f64
    };
    (0..MICROZONES).map(mean).collect()
}

#[test]
fn towards_the_middle_shoulder_extensor_and_elbow_flexor_err_first_and_lie_where_the_order_says() {
    for (order, roles) in ORDERS {
        for (start, first) in
            [(Start::Target, [SHOULDER_EXTENSOR, ELBOW_FLEXOR]), (Start::Centre, [SHOULDER_FLEXOR, ELBOW_EXTENSOR])]
        {
            let rates = MovementRates { order, start, ..rates(20.0) };
            let sheet = parameters(0.0, MICROZONES, Arrangement::Joined, 1e-3);
            // At the middle of the movement, when the second lobe is still to come.
            let means = means(&movement_snapshot(sheet, rates, 70, &stream(3)).unwrap().field);
            for (microzone, role) in roles.iter().enumerate() {
                assert_eq!(means[microzone] > 0.0, first.contains(role), "{order:?} {start:?} {means:?}");
            }
        }
    }
}

#[test]
fn separated_microzones_are_the_same_wherever_they_lie_and_joined_ones_hear_their_neighbours() {
    let field = |order, arrangement| {
        let sheet = parameters(3300.0, MICROZONES, arrangement, 1e-3);
        means(&movement_snapshot(sheet, MovementRates { order, ..rates(20.0) }, 70, &stream(3)).unwrap().field)
    };
    let of = |role: &Role, order: usize, arrangement| {
        let (order, roles) = ORDERS[order];
        field(order, arrangement)[roles.iter().position(|other| other == role).unwrap()]
    };
    for role in ORDERS[0].1 {
        let apart: Vec<f64> = (0..3).map(|order| of(&role, order, Arrangement::Separated)).collect();
        assert!(apart[0] == apart[1] && apart[1] == apart[2], "{role:?} {apart:?}");
    }
    // Shoulder flexor and elbow extensor are silent so far: each receives from the neighbour that is not. The
    // shoulder's fires twice as often as the elbow's. Antagonists lie together in the first two orders.
    let heard = |order: usize| [SHOULDER_FLEXOR, ELBOW_EXTENSOR].map(|role| of(&role, order, Arrangement::Joined));
    for (order, louder, softer) in [(0, 0, 1), (1, 0, 1), (2, 1, 0)] {
        let heard = heard(order);
        assert!(heard[louder] > 1.5 * heard[softer] && heard[softer] > 0.0, "{order}: {heard:?}");
    }
    // In the paper's order the two that fire lie at both rims; flexor first, they lie side by side, and the weaker one
    // hears the stronger.
    let flexor = |order: usize| of(&ELBOW_FLEXOR, order, Arrangement::Joined);
    assert!(flexor(1) > 1.02 * flexor(0), "{} {}", flexor(1), flexor(0));
}
