//! Numbers of the second program.

use crate::numbers::cases;

/// Runs with random numbers for each case; the second program has 200.
const RUNS: u8 = 8;

fn all() -> Vec<crate::numbers::Case> {
    cases("conditioning", include_str!("second_program.json"))
}

#[test]
fn courses_without_spikes_agree_to_nine_digits() {
    let mut compared = 0;
    for case in all() {
        // Its short-term plasticity takes coarser steps through a trial.
        let is_plastic = case.given.get("parallel_fibre_rate").is_some();
        let accuracy = if is_plastic { 0.08 } else { 1e-9 };
        for (name, other) in case.deterministic.as_object().unwrap() {
            if is_plastic && !["response_peak", "response_time", "first_trial_peak", "pause_depth"].contains(&&**name) {
                continue;
            }
            let own = case.run(0, &[name]).remove(0);
            // What never reaches the criterion, or shows no response, has no value here.
            let is_undefined =
                own[0].is_nan() && ["savings", "first_trial_peak", "first_trial_time"].contains(&&**name);
            if !is_undefined && name != "response" {
                compared += case.compare(name, &own, other, accuracy);
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn the_linear_course_agrees_to_nine_digits() {
    let mut compared = 0;
    for case in all().iter().filter(|case| case.given.get("parallel_fibre_rate").is_none()) {
        for (name, other) in case.theory.as_object().unwrap() {
            let own = case.theory(name);
            if own.iter().any(|value| value.is_finite()) {
                compared += case.compare(name, &own, other, 1e-9);
            }
        }
    }
    assert!(compared > 1500, "{compared}");
}

#[test]
fn courses_with_spikes_agree_in_the_mean() {
    let mut squares = (0.0, 0.0);
    for case in all() {
        for (name, deviation) in case.deviations(RUNS, 200.0, &["savings", "first_trial_peak", "first_trial_time"]) {
            assert!(deviation.abs() < 5.5, "{name}: {deviation} errors");
            squares = (squares.0 + deviation * deviation, squares.1 + 1.0);
        }
    }
    let root_mean_square = f64::sqrt(squares.0 / squares.1);
    assert!(squares.1 > 500.0 && root_mean_square < 1.25, "{root_mean_square} over {}", squares.1);
}
