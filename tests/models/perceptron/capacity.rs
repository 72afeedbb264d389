//! Capacities of finite networks against the theory of large ones.

use microzone::models::perceptron::{
    CapacityParameters, PatternSource, StoredPrefix, StoringWeights, histogram, longest_storable_prefix,
    relative_variance, silent_fraction, uncorrelated_inputs, widest_margin,
};

use crate::perceptron::common::{mean_and_error, problem, sequence};

const SAMPLES: u64 = 40;

fn sample(parameters: CapacityParameters) -> Vec<StoredPrefix> {
    (0..SAMPLES)
        .map(|number| {
            let mut sequence = sequence(parameters, number);
            let stored = longest_storable_prefix(&mut sequence, 10.0).unwrap();
            assert!(StoringWeights::verify(sequence.extend_to(stored.patterns), &stored.weights).is_some());
            stored
        })
        .collect()
}

fn average(samples: &[StoredPrefix], value: impl Fn(&StoredPrefix) -> f64) -> (f64, f64) {
    mean_and_error(&samples.iter().map(value).collect::<Vec<_>>())
}

/// Bisection once there is a bracket takes 5.5 decisions on average, and a search without widest margins 6.7.
#[test]
fn takes_few_decisions() {
    let correlated = |input_correlation: f64, output_correlation: f64| CapacityParameters {
        inputs: 200,
        input_correlation,
        output_correlation,
        ..CapacityParameters::default()
    };
    let kinds = [
        correlated(0.0, 0.0),
        correlated(0.5, 0.5),
        correlated(0.9, 0.9),
        CapacityParameters { bistability: 1.0, ..correlated(0.0, 0.8) },
        CapacityParameters { robustness: 1.0, ..correlated(0.0, 0.0) },
    ];
    let decisions = kinds.map(|parameters| average(&sample(parameters), |sample| sample.decisions as f64).0);
    println!("decisions {decisions:.2?}");
    assert!(decisions.iter().sum::<f64>() < 5.2 * kinds.len() as f64, "{decisions:?}");
}

/// The mean capacity at N = 200 is the theory's within two standard errors and 3 %, and so is the silent fraction.
fn agrees_with_theory(parameters: CapacityParameters) -> Vec<StoredPrefix> {
    let theory = uncorrelated_inputs(&problem(parameters)).unwrap();
    let samples = sample(parameters);
    let (capacity, error) = average(&samples, |sample| sample.patterns as f64 / parameters.inputs as f64);
    let (silent, silent_error) = average(&samples, |sample| silent_fraction(&sample.weights));
    let (variance, variance_error) = average(&samples, |sample| relative_variance(&sample.weights));
    println!("capacity {capacity:.4} ± {error:.4}, theory {:.4}", theory.capacity);
    println!("silent {silent:.4} ± {silent_error:.4}, theory {:.4}", theory.silent_fraction);
    println!("variance {variance:.4} ± {variance_error:.4}, theory {:.4}", theory.weight_variance);
    assert!((capacity - theory.capacity).abs() < 2.0 * error + 0.03 * theory.capacity);
    assert!((silent - theory.silent_fraction).abs() < 2.0 * silent_error + 0.02);
    samples
}

#[test]
fn of_the_standard_perceptron() {
    let parameters = CapacityParameters { inputs: 200, ..CapacityParameters::default() };
    let samples = agrees_with_theory(parameters);
    let theory = uncorrelated_inputs(&problem(parameters)).unwrap();
    let (variance, error) = average(&samples, |sample| relative_variance(&sample.weights));
    assert!((variance - theory.weight_variance).abs() < 3.0 * error + 0.1, "{variance} {error}");
    // Half a Gaussian: compare the density in three wide bins.
    let weights: Vec<f64> = samples.iter().flat_map(|sample| sample.weights.clone()).collect();
    for (bin, density) in histogram(&weights, 3, 4.5).into_iter().enumerate() {
        let points = (0..150).map(|point| theory.weight_density(1.5 * bin as f64 + (point as f64 + 0.5) / 100.0));
        let expected = points.sum::<f64>() / 150.0;
        assert!((density - expected).abs() < 0.02, "bin {bin}: {density} {expected}");
    }
}

/// The widest margin is at a vertex: as many patterns are closest to the threshold as there are unknowns, the weights
/// that are not 0 and the margin. (More where correlated patterns differ in silent inputs only.)
#[test]
fn weights_of_the_widest_margin_are_a_vertex() {
    let parameters = CapacityParameters { inputs: 150, ..CapacityParameters::default() };
    for number in 0..12 {
        let mut sequence = sequence(parameters, number);
        let stored = longest_storable_prefix(&mut sequence, 10.0).unwrap();
        let prefix = sequence.extend_to(stored.patterns);
        let distances: Vec<f64> = (0..stored.patterns)
            .map(|index| prefix.active_inputs(index).map(|input| stored.weights[input]).sum::<f64>())
            .map(|current| (current - 1.0).abs())
            .collect();
        let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
        let closest = distances.iter().filter(|&&distance| distance < least + 1e-14).count();
        let active = stored.weights.iter().filter(|&&weight| weight > 0.0).count();
        assert_eq!(closest, active + 1, "sample {number}, margin {least:e}");
    }
}

#[test]
fn of_a_robust_perceptron() {
    agrees_with_theory(CapacityParameters { inputs: 200, robustness: 1.0, ..CapacityParameters::default() });
}

#[test]
fn of_a_bistable_cell_with_correlated_targets() {
    agrees_with_theory(CapacityParameters {
        inputs: 200,
        output_correlation: 0.8,
        bistability: 1.0,
        ..CapacityParameters::default()
    });
}

#[test]
fn grows_with_correlation_while_half_the_weights_stay_silent() {
    let parameters = CapacityParameters {
        inputs: 100,
        input_correlation: 0.8,
        output_correlation: 0.8,
        ..CapacityParameters::default()
    };
    let samples = sample(parameters);
    let (capacity, error) = average(&samples, |sample| sample.patterns as f64 / 100.0);
    let (silent, silent_error) = average(&samples, |sample| silent_fraction(&sample.weights));
    println!("capacity {capacity:.4} ± {error:.4}, silent {silent:.4} ± {silent_error:.4}");
    assert!(capacity > 1.5);
    assert!((silent - 0.5).abs() < 2.0 * silent_error + 0.02, "{silent} {silent_error}");
}

/// The search continues from its last decision where it can; the weights are those of a fresh start.
#[test]
fn weights_at_capacity_do_not_depend_on_the_search() {
    for number in 0..60 {
        let parameters = CapacityParameters {
            input_correlation: [0.0, 0.5, 0.9][number as usize % 3],
            output_correlation: 0.7,
            robustness: [0.0, 1.0][number as usize % 2],
            inputs: 100,
            ..CapacityParameters::default()
        };
        let mut sequence = sequence(parameters, number);
        let stored = longest_storable_prefix(&mut sequence, 10.0).unwrap();
        let widest = widest_margin(sequence.extend_to(stored.patterns)).unwrap();
        assert_eq!(widest.weights.weights(), stored.weights, "{number}");
    }
}
