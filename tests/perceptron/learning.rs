//! The learning rule stores what can be stored, in the time that is proven.

use microzone::perceptron::{
    CapacityParameters, LearningError, LearningRule, PatternSequence, StateSwitching, StoringWeights,
    longest_learnable_prefix, uncorrelated_inputs, widest_margin,
};

use crate::common::{mean_and_error, problem, sequence};

const BISTABLE: CapacityParameters = CapacityParameters {
    inputs: 100,
    input_coding: 0.5,
    output_coding: 0.5,
    input_correlation: 0.0,
    output_correlation: 0.8,
    robustness: 0.0,
    bistability: 1.0,
};

fn rule(sequence: &PatternSequence, rate: f64, epochs: usize, switching: StateSwitching) -> LearningRule {
    LearningRule::new(sequence.problem(), rate, epochs, switching).unwrap()
}

#[test]
fn stores_well_below_capacity_within_the_proven_number_of_updates() {
    for parameters in [CapacityParameters { inputs: 100, ..CapacityParameters::default() }, BISTABLE] {
        for number in 0..5 {
            let mut sequence = sequence(parameters, number);
            let small = rule(&sequence, 0.01, 20_000, StateSwitching::ClimbingFibre);
            let prefix = sequence.extend_to(60);
            let learned = small.learn(prefix);
            assert!(learned.converged && learned.updates > 0);
            assert!(StoringWeights::verify(prefix, &learned.weights).is_some());

            let widest = widest_margin(prefix).unwrap();
            let start = prefix.problem().mean_weight();
            let distance: f64 = widest.weights.weights().iter().map(|weight| (weight - start) * (weight - start)).sum();
            let active = (0..60).map(|index| prefix.active_inputs(index).count()).max().unwrap() as f64;
            let rate = small.learning_rate();
            let gain = 2.0 * widest.margin - rate * active;
            assert!(gain > 0.0, "the bound does not apply: {} {rate}", widest.margin);
            assert!((learned.updates as f64) < distance / (rate * gain), "{} updates", learned.updates);
        }
    }
}

#[test]
fn without_state_switching_a_bistable_cell_falls_short() {
    let theory = uncorrelated_inputs(&problem(BISTABLE)).unwrap();
    let capacity = |switching| {
        let learn = |number| {
            let mut sequence = sequence(BISTABLE, number);
            let rule = rule(&sequence, 0.02, 1000, switching);
            longest_learnable_prefix(&mut sequence, &rule, 4.0).unwrap().patterns as f64 / 100.0
        };
        mean_and_error(&(0..12).map(learn).collect::<Vec<_>>())
    };
    let (with, with_error) = capacity(StateSwitching::ClimbingFibre);
    let (without, without_error) = capacity(StateSwitching::None);
    println!("with {with} ± {with_error}, without {without} ± {without_error}, theory {}", theory.capacity);
    assert!(with > 0.75 * theory.capacity);
    assert!(without + 2.0 * without_error < 0.75 * theory.capacity);
    assert!(without + 2.0 * (without_error + with_error) < with);
}

#[test]
fn learns_a_prefix_whose_successor_it_does_not() {
    let mut sequence = sequence(CapacityParameters { inputs: 60, ..CapacityParameters::default() }, 3);
    let rule = rule(&sequence, 0.03, 200, StateSwitching::ClimbingFibre);
    let longest = longest_learnable_prefix(&mut sequence, &rule, 3.0).unwrap();
    assert!(longest.patterns > 20 && longest.updates > longest.learned.updates);
    assert_eq!(rule.learn(sequence.extend_to(longest.patterns)), longest.learned);
    assert!(!rule.learn(sequence.extend_to(longest.patterns + 1)).converged);
    let error = longest_learnable_prefix(&mut sequence, &rule, 0.1).unwrap_err();
    assert_eq!(error, LearningError::LoadLimit { patterns: 6 });
}
