//! Limits of the theory that are known in closed form.

use std::f64::consts::PI;

use microzone::perceptron::{CapacityParameters, Theory, uncorrelated_inputs};

use crate::common::problem;

fn theory(change: impl Fn(&mut CapacityParameters)) -> Theory {
    let mut parameters = CapacityParameters::default();
    change(&mut parameters);
    uncorrelated_inputs(&problem(parameters)).unwrap()
}

fn close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() < tolerance, "{value} is not {expected}");
}

#[test]
fn the_standard_perceptron_stores_one_pattern_an_input_whatever_the_output_correlation() {
    for correlation in [0.0, 0.5, 0.95] {
        for coding in [0.01, 0.5, 0.9] {
            let theory = theory(|p| (p.output_correlation, p.input_coding) = (correlation, coding));
            close(theory.capacity, 1.0, 1e-12);
            close(theory.weight_offset, 0.0, 1e-6);
            close(theory.silent_fraction, 0.5, 1e-6);
            close(theory.weight_variance, PI - 1.0, 1e-5);
        }
    }
}

#[test]
fn sparse_targets_raise_the_capacity_and_leave_half_silent() {
    let mut last = 0.0;
    for coding in [0.5, 0.3, 0.1, 0.01] {
        let sparse = theory(|p| p.output_coding = coding);
        close(sparse.silent_fraction, 0.5, 1e-5);
        close(sparse.capacity, theory(|p| p.output_coding = 1.0 - coding).capacity, 1e-9);
        assert!(sparse.capacity > last);
        last = sparse.capacity;
    }
}

#[test]
fn robustness_lowers_the_capacity_and_silences_weights() {
    close(theory(|p| p.robustness = 1.0).capacity, 0.479, 5e-4);
    let (mut capacity, mut silent) = (1.1, 0.49);
    for robustness in [0.0, 0.5, 1.0, 2.0, 3.0] {
        let theory = theory(|p| p.robustness = robustness);
        assert!(theory.capacity < capacity && theory.silent_fraction > silent);
        (capacity, silent) = (theory.capacity, theory.silent_fraction);
    }
}

#[test]
fn a_bistable_range_helps_where_targets_are_correlated() {
    let capacity = |gamma: f64, correlation: f64| {
        theory(|p| (p.bistability, p.output_correlation) = (gamma, correlation)).capacity
    };
    close(capacity(1.0, 0.8), 1.81, 5e-3);
    assert!(capacity(1.0, 0.0) < 1.0);
}

/// At the best width of the bistable range half of the weights are silent.
#[test]
fn at_the_optimal_width_half_the_weights_are_silent() {
    let at = |gamma: f64| theory(|p| (p.bistability, p.output_correlation) = (gamma, 0.8));
    let best = (0..400).map(|k| at(0.01 * k as f64)).max_by(|a, b| a.capacity.total_cmp(&b.capacity)).unwrap();
    close(best.silent_fraction, 0.5, 5e-3);
    assert!(best.capacity > at(0.0).capacity + 0.5);
}

#[test]
fn the_density_of_weights_has_the_moments_of_the_theory() {
    let theory = theory(|p| p.robustness = 1.0);
    let (mut active, mut mean, mut square) = (0.0, 0.0, 0.0);
    for k in 0..40_000 {
        let weight = (k as f64 + 0.5) * 1e-3;
        let probability = theory.weight_density(weight) * 1e-3;
        active += probability;
        mean += weight * probability;
        square += weight * weight * probability;
    }
    close(active, 1.0 - theory.silent_fraction, 1e-5);
    close(mean, 1.0, 1e-5);
    close(square - 1.0, theory.weight_variance, 1e-5);
}

#[test]
fn correlated_inputs_have_no_closed_form() {
    let parameters = CapacityParameters { input_correlation: 0.1, ..CapacityParameters::default() };
    assert_eq!(uncorrelated_inputs(&problem(parameters)), None);
}
