//! The learning rule does what a plain loop does, and stores what can be stored in the time that is proven.

use microzone::models::perceptron::{
    CapacityParameters, ConvergenceProof, LearningError, LearningRule, PatternSequence, PatternSource, StateSwitching,
    StoringWeights, WeightBound, longest_learnable_prefix, longest_storable_prefix, update_bound, widest_margin,
};

use crate::perceptron::common::{mean_and_error, problem, random_parameters, sequence};
use crate::perceptron::plain_loop;

const BISTABLE: CapacityParameters = CapacityParameters {
    inputs: 100,
    input_coding: 0.5,
    output_coding: 0.5,
    input_correlation: 0.0,
    output_correlation: 0.8,
    robustness: 0.0,
    bistability: 1.0,
    weight_bound: WeightBound::NonNegative,
};

fn rule(sequence: &PatternSequence, rate: f64, epochs: usize, switching: StateSwitching) -> LearningRule {
    LearningRule::new(sequence.problem(), rate, epochs, switching).unwrap()
}

/// Over all that is allowed: parameters, learning rates that divide the first weight and that do not, epochs cut short.
#[test]
fn a_plain_loop_learns_the_same_weights() {
    let (mut converged, mut updates, mut silent) = (0, 0, 0);
    for number in 0..150 {
        let parameters = random_parameters(number, 300);
        let problem = problem(parameters);
        let mut sequence = sequence(parameters, number);
        let load = [0.3, 0.6, 0.9, 1.5][number as usize % 4];
        let prefix = sequence.extend_to((load * parameters.inputs as f64) as usize);
        let active = plain_loop::active_inputs(prefix);
        for (rate, epochs) in [(0.01, 60), (0.05, 30), (0.37, 30), (3.0, 10)] {
            for switching in [StateSwitching::ClimbingFibre, StateSwitching::None] {
                let Ok(rule) = LearningRule::new(&problem, rate, epochs, switching) else { continue };
                let learned = rule.learn(prefix);
                assert_eq!(
                    learned,
                    plain_loop::learn(prefix, &active, &problem, &rule, switching, epochs),
                    "{parameters:?}"
                );
                converged += usize::from(learned.converged);
                updates += learned.updates;
                silent += usize::from(learned.weights.contains(&0.0));
            }
        }
    }
    assert!((100..1100).contains(&converged) && updates > 100_000 && silent > 300, "{converged} {updates} {silent}");
}

/// Late epochs, in which few updates a round are caught up with one by one.
#[test]
fn a_plain_loop_learns_the_same_weights_until_convergence() {
    for (parameters, patterns) in [(CapacityParameters { inputs: 200, ..BISTABLE }, 250), (BISTABLE, 130)] {
        for switching in [StateSwitching::ClimbingFibre, StateSwitching::None] {
            let mut sequence = sequence(parameters, 1);
            let rule = rule(&sequence, 0.01, 2000, switching);
            let prefix = sequence.extend_to(patterns);
            let learned = rule.learn(prefix);
            let active = plain_loop::active_inputs(prefix);
            let plain = plain_loop::learn(prefix, &active, &problem(parameters), &rule, switching, 2000);
            assert_eq!(learned, plain);
            assert!(learned.epochs > 100, "{} epochs are too few to try it", learned.epochs);
        }
    }
}

#[test]
fn stores_well_below_capacity_within_the_proven_number_of_updates() {
    let standard = CapacityParameters { inputs: 100, ..CapacityParameters::default() };
    let robust = CapacityParameters { robustness: 0.3, input_coding: 0.2, ..standard };
    for (parameters, patterns, rate) in [(standard, 60, 0.01), (BISTABLE, 60, 0.01), (robust, 40, 0.03)] {
        for number in 0..5 {
            let mut sequence = sequence(parameters, number);
            let small = rule(&sequence, rate, 20_000, StateSwitching::ClimbingFibre);
            let prefix = sequence.extend_to(patterns);
            let learned = small.learn(prefix);
            assert!(learned.converged && learned.updates > 0);
            assert!(StoringWeights::verify(prefix, &learned.weights).is_some());

            let solution = widest_margin(prefix).unwrap().weights;
            let bound = update_bound(prefix, &small, &solution).expect("the learning rate is small enough");
            let updates = learned.updates as f64;
            assert!(updates <= bound && bound < 1000.0 * updates, "{updates} updates, at most {bound}");
        }
    }
}

#[test]
fn the_bound_is_the_formula_and_needs_a_small_learning_rate() {
    let parameters = CapacityParameters { inputs: 8, robustness: 0.5, ..CapacityParameters::default() };
    let mut sequence = sequence(parameters, 2);
    let with_rate = |sequence: &PatternSequence, rate, switching| rule(sequence, rate, 10, switching);
    let small = with_rate(&sequence, 0.01, StateSwitching::ClimbingFibre);
    let without_switching = with_rate(&sequence, 0.01, StateSwitching::None);
    let large = with_rate(&sequence, 4.0, StateSwitching::ClimbingFibre);
    let prefix = sequence.extend_to(2);
    let widest = widest_margin(prefix).unwrap();
    let active = prefix.active_inputs(0).count().max(prefix.active_inputs(1).count()) as f64;
    let distance: f64 = widest.weights.weights().iter().map(|weight| (weight - 0.25) * (weight - 0.25)).sum();
    let rate = small.learning_rate();
    let expected = distance / (2.0 * rate * (widest.margin - rate * active / 2.0));
    let bound = update_bound(prefix, &small, &widest.weights).unwrap();
    assert!((bound / expected - 1.0).abs() < 1e-6, "{bound} {expected}");
    assert_eq!(update_bound(prefix, &without_switching, &widest.weights), Some(bound));
    assert_eq!(update_bound(prefix, &large, &widest.weights), None);
}

/// At half the rate below which convergence is proven, as at capacity, where a rate that is small enough is tiny.
#[test]
fn learns_the_longest_storable_prefix_at_a_proven_rate_within_the_bound() {
    let (mut learned_all, mut most) = (0, 0.0_f64);
    for number in 0..60 {
        let parameters = CapacityParameters {
            inputs: 16,
            input_correlation: [0.0, 0.5][number as usize % 2],
            output_correlation: [0.0, 0.5, 0.8][number as usize % 3],
            bistability: [0.0, 1.0][number as usize / 2 % 2],
            ..CapacityParameters::default()
        };
        let mut sequence = sequence(parameters, number);
        let patterns = longest_storable_prefix(&mut sequence, 30.0).unwrap().patterns;
        let prefix = sequence.extend_to(patterns);
        let solution = widest_margin(prefix).unwrap().weights;
        let problem = problem(parameters);
        let Some(proof) = ConvergenceProof::new(prefix, &problem, &solution) else { continue };
        let best = 0.5 * proof.rate_bound();
        assert!((proof.most_updates(best).unwrap() / proof.fewest_updates() - 1.0).abs() < 1e-12);
        assert_eq!(proof.most_updates(2.000_001 * best), None);
        assert!([0.3, 0.9, 1.1, 1.9].iter().all(|part| proof.most_updates(part * best) > proof.most_updates(best)));
        if proof.fewest_updates() > 3e7 {
            continue;
        }
        let mean_weight = problem.mean_weight();
        let rule = LearningRule::new(&problem, best / mean_weight, 1_000_000_000, StateSwitching::ClimbingFibre);
        let learned = rule.unwrap().learn(prefix);
        assert!(learned.converged && StoringWeights::verify(prefix, &learned.weights).is_some());
        // The rate is rounded to a multiple of 2⁻³² θ.
        assert!(learned.updates as f64 <= 1.001 * proof.fewest_updates(), "{} {proof:?}", learned.updates);
        most = most.max(learned.updates as f64 / proof.fewest_updates());
        learned_all += 1;
    }
    println!("{learned_all} prefixes, at most {most} of the bound");
    assert!(learned_all > 40 && most > 1e-3, "{learned_all} {most}");
}

#[test]
fn nothing_is_proven_for_a_bistable_cell_whose_state_stays_wrong() {
    let mut sequence = sequence(BISTABLE, 0);
    let [with, without] =
        [StateSwitching::ClimbingFibre, StateSwitching::None].map(|switching| rule(&sequence, 1e-4, 10, switching));
    let prefix = sequence.extend_to(30);
    let solution = widest_margin(prefix).unwrap().weights;
    assert!(update_bound(prefix, &with, &solution).is_some());
    assert_eq!(update_bound(prefix, &without, &solution), None);
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
