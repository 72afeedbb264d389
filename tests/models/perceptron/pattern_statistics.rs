//! Patterns have the statistics asked for, and the same values for ever.

use microzone::models::perceptron::{CapacityParameters, PatternSource, Prefix};
use microzone::random::RandomStream;

use crate::perceptron::common::{sequence, stream};

/// Mean and autocovariance at `lag` of the inputs of a prefix, averaged over inputs.
fn input_statistics(prefix: Prefix<'_>, coding: f64, lag: usize) -> (f64, f64) {
    let inputs = prefix.inputs();
    let centred = |index, input| f64::from(u8::from(prefix.input(index, input))) - coding;
    let pairs = prefix.patterns() - lag;
    let (mut mean, mut covariance) = (0.0, 0.0);
    for index in 0..pairs {
        for input in 0..inputs {
            mean += centred(index, input) + coding;
            covariance += centred(index, input) * centred(index + lag, input);
        }
    }
    let count = (pairs * inputs) as f64;
    (mean / count, covariance / count)
}

#[test]
fn inputs_have_the_coding_level_and_the_autocovariance_of_the_chain() {
    let parameters =
        CapacityParameters { inputs: 500, input_coding: 0.3, input_correlation: 0.8, ..CapacityParameters::default() };
    let mut sequence = sequence(parameters, 1);
    let prefix = sequence.extend_to(1000);
    for lag in [0, 1, 2, 5] {
        let (mean, covariance) = input_statistics(prefix, 0.3, lag);
        // 5·10⁵ elements with a correlation time of 9: standard errors near 0.002 and 0.001.
        assert!((mean - 0.3).abs() < 0.007, "{mean}");
        assert!((covariance - 0.21 * 0.8_f64.powi(lag as i32)).abs() < 0.004, "lag {lag}: {covariance}");
    }
}

#[test]
fn targets_have_their_own_coding_level_and_switch_as_a_chain() {
    let parameters =
        CapacityParameters { inputs: 1, output_coding: 0.2, output_correlation: 0.5, ..CapacityParameters::default() };
    let mut sequence = sequence(parameters, 2);
    let prefix = sequence.extend_to(50_000);
    let fraction = |is: &dyn Fn(usize) -> bool| (0..50_000).filter(|&index| is(index)).count() as f64 / 50_000.0;
    assert!((fraction(&|index| prefix.target(index)) - 0.2).abs() < 0.01);
    // 2 f (1 - f) (1 - c)
    assert!((fraction(&|index| prefix.is_switch(index)) - 0.16).abs() < 0.01);
    assert!(!prefix.is_switch(0));
}

#[test]
fn a_pattern_does_not_depend_on_how_far_the_sequence_is_drawn() {
    let parameters = CapacityParameters { inputs: 70, input_correlation: 0.5, ..CapacityParameters::default() };
    let mut at_once = sequence(parameters, 3);
    let mut by_steps = sequence(parameters, 3);
    (1..40).for_each(|patterns| _ = by_steps.extend_to(patterns));
    let (one, other) = (at_once.extend_to(39), by_steps.extend_to(20));
    for index in 0..20 {
        assert_eq!((one.words(index), one.target(index)), (other.words(index), other.target(index)));
    }
}

/// Paired sweeps: where two correlations both draw afresh, or both keep, the elements are drawn from the same values.
#[test]
fn sequences_of_different_correlations_stay_aligned() {
    let at = |correlation: f64| {
        let parameters =
            CapacityParameters { inputs: 64, input_correlation: correlation, ..CapacityParameters::default() };
        let mut sequence = sequence(parameters, 4);
        let prefix = sequence.extend_to(50);
        (0..50).map(|index| (prefix.words(index)[0], prefix.target(index))).collect::<Vec<_>>()
    };
    let (fresh, nearly, half) = (at(0.0), at(1e-12), at(0.5));
    assert_eq!(fresh, nearly);
    assert_eq!(fresh[0], half[0]);
    assert!(fresh.iter().zip(&half).all(|(a, b)| a.1 == b.1));
    // An element of the half-correlated sequence is fresh in half of the cases, and else equal by chance in half.
    let equal: u32 = fresh.iter().zip(&half).map(|(a, b)| (!(a.0 ^ b.0)).count_ones()).sum();
    assert!((f64::from(equal) / 3200.0 - 0.75).abs() < 0.05);
}

/// Drawn one element at a time, as the model defines them: keep or not, then a fresh value, from two substreams.
#[test]
fn patterns_are_those_of_the_plain_definition() {
    for (number, inputs, correlation) in [(0, 1, 0.5), (1, 64, 0.0), (2, 65, 0.9), (3, 200, 0.3)] {
        let parameters = CapacityParameters {
            inputs,
            input_coding: 0.3,
            output_coding: 0.6,
            input_correlation: correlation,
            output_correlation: 0.8,
            ..CapacityParameters::default()
        };
        let (mut targets, mut inputs_stream) = (stream(number).substream(0), stream(number).substream(1));
        let element = |stream: &mut RandomStream, previous: Option<bool>, correlation: f64, coding: f64| {
            let (keep, fresh) = (stream.uniform() < correlation, stream.uniform() < coding);
            if keep { previous.unwrap_or(fresh) } else { fresh }
        };
        let mut sequence = sequence(parameters, number);
        let prefix = sequence.extend_to(30);
        for index in 0..30_usize {
            let previous = |is_active: &dyn Fn(usize) -> bool| index.checked_sub(1).map(is_active);
            let target = element(&mut targets, previous(&|before| prefix.target(before)), 0.8, 0.6);
            assert_eq!(prefix.target(index), target);
            for input in 0..inputs {
                let before = previous(&|before| prefix.input(before, input));
                assert_eq!(prefix.input(index, input), element(&mut inputs_stream, before, correlation, 0.3));
            }
        }
    }
}

#[test]
fn first_bits_are_pinned() {
    let parameters = CapacityParameters {
        inputs: 64,
        input_correlation: 0.5,
        output_correlation: 0.5,
        ..CapacityParameters::default()
    };
    let mut sequence = sequence(parameters, 5);
    let prefix = sequence.extend_to(3);
    let words: Vec<u64> = (0..3).map(|index| prefix.words(index)[0]).collect();
    assert_eq!(words, [9654618268016425080, 10231080085866787058, 10228855087690264610]);
    let targets: Vec<bool> = (0..3).map(|index| prefix.target(index)).collect();
    assert_eq!(targets, [true, true, true]);
}
