//! Numbers of the second program.

use crate::numbers::{Case, cases};

/// Runs with random numbers for each case; the second program has 200.
const RUNS: u8 = 60;

fn all() -> Vec<Case> {
    cases("prediction", include_str!("second_program.json"))
}

#[test]
fn theory_agrees_to_nine_digits() {
    let mut compared = 0;
    for case in all() {
        for (own, other) in [
            ("least_prediction_error", &case.theory["prediction_error_bound"]),
            ("least_residual", &case.theory["relative_residual"]),
            ("least_variance", &case.theory["disturbance_bound"]),
            ("tracking_error", &case.theory["tracking_error"]),
            ("tracking_error_feedback", &case.theory["tracking_error_feedback"]),
            ("critical_feedback_gain", &case.deterministic["kstar"]),
            ("critical_prediction_gain", &case.deterministic["ideal_gain"]),
        ] {
            // The residual is a difference of 1e-7 of what it is a difference of.
            let accuracy = if own == "least_residual" { 1e-6 } else { 1e-9 };
            compared += case.compare(own, &case.theory(own), other, accuracy);
        }
        let critical = case.theory("critical_gain");
        if critical[0].is_finite() {
            compared += case.compare("critical_gain", &critical, &case.theory["critical_gain"], 1e-9);
        }
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn runs_agree_in_the_mean() {
    let known = [
        "prediction_error",
        "learning_curve",
        "tracking_error",
        "tracking_error_feedback",
        "critical_gain",
        "diverged",
    ];
    let mut squares = (0.0, 0.0);
    for mut case in all() {
        case.mean.as_object_mut().unwrap().retain(|name, _| known.contains(&&**name));
        for (name, deviation) in case.deviations(RUNS, 200.0, &[]) {
            assert!(deviation.abs() < 5.0, "{name}: {deviation} errors");
            squares = (squares.0 + deviation * deviation, squares.1 + 1.0);
        }
    }
    // The points of a learning curve are correlated, so that chance leaves more than 1.
    let root_mean_square = f64::sqrt(squares.0 / squares.1);
    assert!(squares.1 > 600.0 && root_mean_square < 1.4, "{root_mean_square} over {}", squares.1);
}
