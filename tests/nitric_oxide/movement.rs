//! The sheet during a movement.

use microzone::models::nitric_oxide::{
    Arrangement, MOVEMENT_MICROZONES, MovementRates, SheetError, expected_mean, movement_snapshot,
};

use crate::common::{mean_and_error, parameters, stream};

#[test]
fn the_mean_is_that_of_the_balance() {
    let rates = MovementRates { mean: 2.0 };
    for (decay, steps) in [(0.3, 140), (5.0, 200), (0.0, 30)] {
        let mut sheet = parameters(3300.0, MOVEMENT_MICROZONES, Arrangement::Joined, 1e-3);
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
    let rates = MovementRates { mean: 2.0 };
    let mean = |microzone: usize| (0..140).map(|step| rates.at(step)[microzone]).sum::<f64>() / 140.0;
    for (microzone, expected) in [2.0, 2.0, 1.0, 1.0].into_iter().enumerate() {
        assert!((mean(microzone) / expected - 1.0).abs() < 1e-3, "{microzone}: {}", mean(microzone));
    }
    assert!(rates.at(35)[0] > 6.2 && rates.at(35)[1] == 0.0 && rates.at(35)[2] == 0.0);
    assert_eq!(rates.at(140), [0.0; 4]);
}

#[test]
fn diffusion_smooths_and_separation_changes_no_amount() {
    let rates = MovementRates { mean: 2.0 };
    let of = |diffusion, arrangement| {
        let sheet = parameters(diffusion, MOVEMENT_MICROZONES, arrangement, 1e-3);
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
    let refused = movement_snapshot(sheet, MovementRates { mean: 1.0 }, 1, &stream(0)).unwrap_err();
    assert_eq!(refused, SheetError::Microzones(3));
}
