//! On the small twins of the sweeps of `micromodules` and `rebound` the chapter's findings come out.

use crate::figures::{Figure, at};

/// The mean of an observable where these parameters have these values.
fn mean_of(figure: &Figure, observable: &str, parameters: &[(&str, f64)]) -> f64 {
    let rows = figure.observable(observable);
    let column = format!("{observable}_mean");
    let found: Vec<f64> = at(&rows, parameters).map(|row| row[&column].as_f64().unwrap()).collect();
    assert_eq!(found.len(), 1, "{parameters:?}");
    found[0]
}

#[test]
fn a_loop_removes_a_lasting_error_from_the_olive() {
    let figure = Figure::computed("textbook", "micromodules-loop");
    let olive = |inhibition, error| {
        mean_of(&figure, "olive_rate", &[("nucleo_olivary_inhibition", inhibition), ("error_rate", error)])
    };
    assert!((olive(0.0, 2.0) - 3.0).abs() < 1e-9);
    assert!((olive(0.5, 2.0) - 1.0).abs() < 0.1, "{}", olive(0.5, 2.0));
}

#[test]
fn a_loop_of_too_much_gain_is_unstable() {
    let figure = Figure::computed("textbook", "micromodules-stability");
    let growth = |delay, step| mean_of(&figure, "growth", &[("loop_delay", delay), ("nuclear_step", step)]);
    assert!(growth(0.1, 20.0) < 1.0 && growth(0.1, 32.0) > 1.0);
    assert!(growth(0.0, 50.0) < 1.0 && growth(1.0, 4.0) > 1.0);
    assert_eq!(mean_of(&figure, "diverged", &[("loop_delay", 0.1), ("nuclear_step", 50.0)]), 1.0);
}

#[test]
fn crosstalk_takes_the_target_of_the_response_away() {
    let figure = Figure::computed("textbook", "micromodules-crosstalk");
    let others = |crosstalk| mean_of(&figure, "response_others", &[("crosstalk", crosstalk), ("error_rate", 1.0)]);
    assert!(others(0.0).abs() < 0.1 && others(1.0) < -1.0, "{} {}", others(0.0), others(1.0));
    let differences =
        |crosstalk| mean_of(&figure, "difference_variance", &[("crosstalk", crosstalk), ("error_rate", 0.0)]);
    assert!(differences(1.0) > 10.0 * differences(0.0));
}

#[test]
fn a_cell_fires_or_rebounds() {
    let figure = Figure::computed("textbook", "rebound-exclusion");
    let at = |observable, inhibition| {
        mean_of(&figure, observable, &[("purkinje_cells", 0.0), ("applied_current", 1.2), ("inhibition", inhibition)])
    };
    assert!(at("tonic_rate", 0.0) > 10.0 && at("availability", 0.0) < 1e-3);
    assert!(at("tonic_rate", 0.1) == 0.0 && at("availability", 0.1) > 0.99 && at("burst_spikes", 0.1) == 6.0);
    assert!(at("tonic_rate", 0.04) == 0.0 && at("burst_spikes", 0.04) == 0.0);
}

#[test]
fn a_longer_pause_lets_more_spikes_through() {
    let figure = Figure::computed("textbook", "rebound-pause");
    let spikes = |pause, inhibition| mean_of(&figure, "burst_spikes", &[("pause", pause), ("inhibition", inhibition)]);
    assert!(spikes(50.0, 0.1) > spikes(20.0, 0.1));
    assert_eq!(spikes(50.0, 0.02), 0.0);
}
