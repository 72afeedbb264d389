//! Weights of either sign, for which much is known.

use microzone::models::perceptron::{
    Accuracy, CapacityParameters, Decision, PatternSource, StoredPrefix, WeightBound, bound_cost, decide,
    longest_storable_prefix, silent_fraction, standardised_moment, theory,
};

use crate::perceptron::common::{mean_and_error, problem, sequence, stream};
use crate::perceptron::exact_oracle;

const FREE: CapacityParameters = CapacityParameters {
    inputs: 40,
    input_coding: 0.5,
    output_coding: 0.5,
    input_correlation: 0.0,
    output_correlation: 0.0,
    robustness: 0.0,
    bistability: 0.0,
    weight_bound: WeightBound::None,
};

fn stored(parameters: CapacityParameters, number: u64) -> StoredPrefix {
    longest_storable_prefix(&mut sequence(parameters, number), 20.0).unwrap()
}

/// Cover 1965: of the 2^P targets of P patterns in general position, a cell with N free weights and a threshold θ > 0
/// has Σ_(k ≤ N) C(P, k). (With a free threshold there are twice as many of P + 1 patterns, the last of which is θ
/// itself.) So the longest prefix is P or more with the probability that P coins show heads N times or fewer: the coin
/// that shows heads the (N + 1)st time comes after P* coins, of mean 2N + 1 and variance 2 (N + 1).
#[test]
fn the_longest_prefix_has_the_distribution_of_covers_count() {
    for (inputs, samples) in [(20, 800), (60, 200)] {
        let lengths: Vec<f64> =
            (0..samples).map(|number| stored(CapacityParameters { inputs, ..FREE }, number).patterns as f64).collect();
        let (mean, error) = mean_and_error(&lengths);
        let expected = 2.0 * inputs as f64 + 1.0;
        let variance = error * error * samples as f64;
        let expected_variance = 2.0 * (inputs as f64 + 1.0);
        println!("N {inputs}: {mean:.3} ± {error:.3}, Cover {expected}; variance {variance:.1}, {expected_variance}");
        assert!((mean - expected).abs() < 3.0 * error, "{mean} ± {error}, {expected}");
        // The relative standard error of a variance of n values is about √(2 / n).
        assert!((variance / expected_variance - 1.0).abs() < 4.0 * (2.0 / samples as f64).sqrt(), "{variance}");
    }
}

/// By a simplex method in integers, in which weights have no bound at all.
#[test]
fn an_exact_oracle_without_any_bound_decides_alike() {
    let (mut yes, mut no) = (0, 0);
    for number in 0..3000 {
        let mut choices = stream(9_000_000 + number);
        let mut choose = |values: &[f64]| values[(choices.uniform() * values.len() as f64) as usize];
        let parameters = CapacityParameters {
            input_coding: choose(&[0.2, 0.5, 0.8]),
            output_coding: choose(&[0.2, 0.5]),
            input_correlation: choose(&[0.0, 0.5, 0.9]),
            output_correlation: choose(&[0.0, 0.5, 0.9]),
            inputs: 1 + (choices.uniform() * 7.0) as usize,
            ..FREE
        };
        let mut sequence = sequence(parameters, number);
        let prefix = sequence.extend_to(1 + (choices.uniform() * 2.6 * parameters.inputs as f64) as usize);
        let thresholds: Vec<i128> =
            (0..prefix.patterns()).map(|index| if prefix.target(index) { 1 << 52 } else { -(1 << 52) }).collect();
        let expected = exact_oracle::is_storable_by_free_weights(prefix, &thresholds);
        match decide(prefix) {
            Decision::Storable(_) => assert!(expected, "{number} {parameters:?}"),
            Decision::NotStorable(_) => assert!(!expected, "{number} {parameters:?}"),
            undecided => panic!("{number} {parameters:?}: {undecided:?}"),
        }
        *if expected { &mut yes } else { &mut no } += 1;
    }
    assert!(yes > 500 && no > 500, "{yes} {no}");
}

/// Whatever correlations and coding; 200 inputs are many enough.
#[test]
fn capacity_is_twice_that_of_weights_that_are_not_negative() {
    let correlated = CapacityParameters { input_correlation: 0.6, output_correlation: 0.7, ..FREE };
    let sparse = CapacityParameters { output_coding: 0.2, ..FREE };
    for (parameters, factor) in [(FREE, 2.0), (correlated, 2.0), (sparse, 2.0)] {
        let large = CapacityParameters { inputs: 200, ..parameters };
        let bounded = CapacityParameters { weight_bound: WeightBound::NonNegative, ..large };
        let accuracy = Accuracy::new(0.003).unwrap();
        let [free, half] = [large, bounded].map(|p| theory(&problem(p), accuracy, &stream(1)).unwrap());
        assert_eq!(free.capacity, factor * half.capacity);
        assert_eq!((free.silent_fraction, free.weight_shape()), (0.0, [0.0, 3.0]));
        let samples: Vec<StoredPrefix> = (0..12).map(|number| stored(large, number)).collect();
        let value =
            |value: &dyn Fn(&StoredPrefix) -> f64| mean_and_error(&samples.iter().map(value).collect::<Vec<_>>());
        let (capacity, error) = value(&|sample| sample.patterns as f64 / 200.0);
        let expected = free.capacity * (1.0 - bound_cost(&problem(large)));
        println!("{capacity:.3} ± {error:.3}, theory {expected:.3}");
        assert!((capacity - expected).abs() < 3.0 * error + 0.02 * expected, "{capacity} ± {error}, {expected}");
        // A Gaussian, where the weights that must not be negative have a skewness of 1.6 and a kurtosis of 5.4.
        let (skewness, skewness_error) = value(&|sample| standardised_moment(&sample.weights, 3).unwrap());
        let (kurtosis, kurtosis_error) = value(&|sample| standardised_moment(&sample.weights, 4).unwrap());
        println!("skewness {skewness:.3} ± {skewness_error:.3}, kurtosis {kurtosis:.3} ± {kurtosis_error:.3}");
        assert!(skewness.abs() < 0.25 && (kurtosis - 3.0).abs() < 0.5, "{skewness} {kurtosis}");
        let lowest = problem(large).lowest_weight();
        let silent = |sample: &StoredPrefix| {
            silent_fraction(&sample.weights.iter().map(|weight| weight + lowest).collect::<Vec<_>>())
        };
        assert_eq!(value(&silent), (0.0, 0.0));
    }
}
