//! The learning rule stores what can be stored, in the time that is proven.

use microzone::perceptron::{
    CapacityParameters, LearningError, LearningRule, PatternSequence, StateSwitching, StoringWeights,
    longest_learnable_prefix, longest_storable_prefix, widest_margin,
};

use crate::common::{mean_and_error, sequence};

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

/// Fig. 4A of Clopath et al. 2012: the rule comes close to capacity only if the climbing fibre also sets the state.
#[test]
fn without_state_switching_a_bistable_cell_falls_short() {
    let share_of_capacity = |switching| {
        let learn = |number| {
            let mut sequence = sequence(BISTABLE, number);
            let rule = rule(&sequence, 0.02, 1000, switching);
            let learned = longest_learnable_prefix(&mut sequence, &rule, 4.0).unwrap().patterns;
            let storable = longest_storable_prefix(&mut sequence, 8.0).unwrap().patterns;
            assert!(learned <= storable);
            learned as f64 / storable as f64
        };
        mean_and_error(&(0..12).map(learn).collect::<Vec<_>>())
    };
    let (with, with_error) = share_of_capacity(StateSwitching::ClimbingFibre);
    let (without, without_error) = share_of_capacity(StateSwitching::None);
    println!("with {with} ± {with_error}, without {without} ± {without_error}");
    assert!(with > 0.9);
    assert!(without + 2.0 * without_error < 0.85);
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
