//! What decides the exact capacity.

use microzone::models::perceptron::{PatternSource, Prefix, longest_storable_prefix};
use microzone::models::recoding::{
    Circuit, GranuleLayer, RecodedSequence, RecodingError, RecodingParameters, Wiring, wiring_capacity,
};

use crate::recoding::{circuit, mean_and_error, stream};

fn sequence(parameters: RecodingParameters, number: u64) -> RecodedSequence {
    let (circuit, stream) = (circuit(parameters), stream(number));
    let layer = GranuleLayer::draw(&circuit, &stream);
    RecodedSequence::new(&circuit, layer, &stream).unwrap()
}

/// The patterns before the first whose active cells are among those of one of the other target, where that contradicts
/// the targets.
fn before_containment(prefix: Prefix<'_>) -> usize {
    let contains = |outer: usize, inner: usize| {
        prefix.target(inner)
            && !prefix.target(outer)
            && prefix.words(inner).iter().zip(prefix.words(outer)).all(|(inner, outer)| inner & !outer == 0)
    };
    let is_empty = |index: usize| prefix.target(index) && prefix.active_inputs(index).next().is_none();
    (0..prefix.patterns())
        .find(|&last| is_empty(last) || (0..last).any(|index| contains(index, last) || contains(last, index)))
        .unwrap_or(prefix.patterns())
}

/// Where few cells are active a contained pattern ends the sequence, long before its capacity.
#[test]
fn a_pattern_within_another_ends_a_sequence_of_few_active_cells() {
    let few = RecodingParameters {
        granule_cells: 200,
        granule_threshold: 4,
        mossy_coding: 0.38,
        wiring: Wiring::Private,
        ..Default::default()
    };
    let mut ended = 0;
    for number in 0..20 {
        let mut sequence = sequence(few, number);
        let stored = longest_storable_prefix(&mut sequence, 50.0).unwrap().patterns;
        ended += usize::from(stored == before_containment(sequence.extend_to(2000)));
        assert!(stored < 150, "{stored}");
    }
    assert!(ended > 18, "{ended}");
}

/// A sweep over thresholds and gains with the same stream changes nothing else.
#[test]
fn targets_wiring_and_fibres_do_not_depend_on_thresholds_and_gains() {
    let base = RecodingParameters { granule_cells: 100, mossy_fibres: 60, ..Default::default() };
    let mut plain = sequence(base, 5);
    let targets: Vec<bool> = (0..50).map(|index| plain.extend_to(50).target(index)).collect();
    for changed in [
        RecodingParameters { granule_threshold: 2, ..base },
        RecodingParameters { golgi_gain: 1.0, ..base },
        RecodingParameters { interneuron_inhibition: 1.0, ..base },
    ] {
        let mut changed = sequence(changed, 5);
        let prefix = changed.extend_to(50);
        assert!((0..50).all(|index| prefix.target(index) == targets[index]));
    }
    let mut lower = sequence(RecodingParameters { granule_threshold: 2, ..base }, 5);
    let (lower, higher) = (lower.extend_to(50), plain.extend_to(50));
    // The same fibres reach the same cells: a lower threshold only adds to what is active.
    assert!(
        (0..50).all(|index| lower.words(index).iter().zip(higher.words(index)).all(|(low, high)| high & !low == 0))
    );
}

/// The same layer and targets: inhibition that moves thresholds by a constant factor of the activity.
#[test]
fn constant_activity_makes_feed_forward_inhibition_meaningless() {
    for number in 0..6 {
        let base = RecodingParameters { granule_cells: 80, mossy_fibres: 50, golgi_gain: 1.0, ..Default::default() };
        let at = |interneuron_inhibition: f64| {
            let mut sequence = sequence(RecodingParameters { interneuron_inhibition, ..base }, number);
            longest_storable_prefix(&mut sequence, 50.0).unwrap().patterns
        };
        assert_eq!(at(0.0), at(2.0));
    }
}

#[test]
fn thresholds_beyond_the_exact_sums_are_refused_by_name() {
    let parameters = RecodingParameters { interneuron_inhibition: 6.0, ..Default::default() };
    let (circuit, stream) = (circuit(parameters), stream(1));
    let refused = RecodedSequence::new(&circuit, GranuleLayer::draw(&circuit, &stream), &stream).unwrap_err();
    assert!(matches!(refused, RecodingError::ThresholdTooHigh { .. }));
    assert!(refused.to_string().contains("interneuron_inhibition = 6.0"), "{refused}");
    let many = RecodingParameters { granule_cells: 70_000, ..Default::default() };
    assert_eq!(Circuit::new(many).unwrap().inhibition(), Err(RecodingError::TooManyToLearn(70_000)));
}

/// S of shared wiring for 150 cells, against 36 linear programs each of the second program and its own 400 draws.
#[test]
fn the_capacity_of_a_wiring_is_that_of_the_second_program() {
    for (fibres, expected, error) in [(2000, 0.930, 0.013), (150, 0.552, 0.007), (50, 0.337, 0.006), (25, 0.207, 0.004)]
    {
        let parameters = RecodingParameters {
            granule_cells: 150,
            mossy_fibres: fibres,
            granule_threshold: 2,
            mossy_coding: 0.35,
            ..Default::default()
        };
        let wiring = wiring_capacity(&circuit(parameters), 0.01, &stream(2)).unwrap().unwrap();
        let errors = (wiring.capacity - expected) / wiring.capacity_standard_error.hypot(error);
        println!("{fibres}: {wiring:?} {expected} {errors:+.1}");
        assert!(errors.abs() < 3.5, "{fibres}: {wiring:?} {expected}");
    }
}

/// Twice what `capacity` stores, with correlation in time as well.
#[test]
fn complete_normalisation_doubles_the_capacity() {
    let parameters =
        RecodingParameters { granule_cells: 200, wiring: Wiring::Private, golgi_gain: 1.0, ..Default::default() };
    let samples: Vec<f64> = (0..12)
        .map(|number| longest_storable_prefix(&mut sequence(parameters, number), 50.0).unwrap().patterns as f64 / 200.0)
        .collect();
    let (mean, error) = mean_and_error(&samples);
    assert!((mean - 2.0).abs() < 4.0 * error && error < 0.05, "{mean} ± {error}");
}
