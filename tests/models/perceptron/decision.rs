//! Every decision is right: against other methods, and in what certificates and prefixes must obey.

use microlp::{ComparisonOp, OptimizationDirection, Problem};
use microzone::models::perceptron::{
    Bound, CapacityParameters, Decision, Inhibition, PatternSource, PatternTable, Prefix, Refutation, StorabilityError,
    StoringWeights, decide, longest_storable_prefix, widest_margin,
};
use proptest::prelude::*;

use crate::perceptron::common::{random_parameters, sequence, stream};
use crate::perceptron::exact_oracle;

/// Units of θ.
const UNIT: f64 = (1_u64 << 52) as f64;

/// Decided and right, by `truth`; counts of the answers no and yes.
fn count_right_answers(
    cases: u64,
    largest_inputs: usize,
    truth: impl Fn(&CapacityParameters, Prefix<'_>) -> Option<bool>,
) -> [usize; 2] {
    let mut counts = [0; 2];
    for number in 0..cases {
        let parameters = random_parameters(number, largest_inputs);
        let patterns = 1 + (stream(2_000_000 + number).uniform() * (2 * parameters.inputs + 4) as f64) as usize;
        let mut sequence = sequence(parameters, number);
        let prefix = sequence.extend_to(patterns);
        let Some(expected) = truth(&parameters, prefix) else { continue };
        let decision = decide(prefix);
        let answer = match decision {
            Decision::Storable(_) => true,
            Decision::NotStorable(_) => false,
            Decision::Undecided { .. } => panic!("case {number}, {parameters:?}, {patterns} patterns: {decision:?}"),
        };
        assert_eq!(answer, expected, "case {number}, {parameters:?}, {patterns} patterns: {decision:?}");
        counts[usize::from(answer)] += 1;
    }
    counts
}

#[test]
fn agrees_with_the_exact_simplex_method_for_few_inputs() {
    let [no, yes] = count_right_answers(6000, 8, |parameters, prefix| {
        Some(exact_oracle::is_storable(prefix, &exact_oracle::thresholds(parameters, prefix)))
    });
    assert!(no > 600 && yes > 600, "{no} no, {yes} yes");
}

/// Patterns that nest, with thresholds that grow with the number of active inputs or at random.
#[test]
fn agrees_with_the_exact_simplex_method_where_every_pattern_has_its_own_threshold() {
    let (mut counts, mut within_a_unit) = ([0; 2], 0);
    for number in 0..6000 {
        let mut stream = stream(3_000_000 + number);
        let inputs = 1 + (stream.uniform() * 7.0) as usize;
        let patterns = 1 + (stream.uniform() * (2 * inputs + 4) as f64) as usize;
        let (inhibition, coding) = (stream.uniform(), [0.3, 0.6, 0.85][number as usize % 3]);
        let mut table = PatternTable::new(inputs);
        let mut thresholds = Vec::new();
        for _ in 0..patterns {
            let word = (0..inputs).fold(0, |word, input| word | u64::from(stream.bernoulli(coding)) << input);
            let target = stream.bernoulli(0.5);
            let active = word.count_ones();
            let threshold = [0.5, 1.0, 1.0 + stream.uniform(), 64.0][(stream.uniform() * 4.0) as usize];
            let (bound, units) = if number % 2 == 0 {
                let per_input = (inhibition * UNIT) as i128;
                (
                    Inhibition::new(per_input as f64 / UNIT, inputs).unwrap().bound(active as usize, target),
                    UNIT as i128 + i128::from(active) * per_input,
                )
            } else {
                (Bound::of_threshold(threshold, target).unwrap(), (threshold * UNIT).round() as i128)
            };
            table.push(&[word], target, bound);
            thresholds.push(if target { units } else { -units });
        }
        let prefix = table.all();
        let expected = exact_oracle::is_storable(prefix, &thresholds);
        // Weights are whole units too, so that a current exceeds its threshold by one of them at least.
        let by_a_unit: Vec<i128> = thresholds.iter().map(|threshold| threshold + 1).collect();
        if expected != exact_oracle::is_storable(prefix, &by_a_unit) {
            within_a_unit += 1;
            continue;
        }
        let decision = decide(prefix);
        match decision {
            Decision::Storable(_) => assert!(expected, "case {number}: {decision:?}"),
            Decision::NotStorable(_) => assert!(!expected, "case {number}: {decision:?}"),
            Decision::Undecided { .. } => panic!("case {number}, {patterns} patterns: {decision:?}"),
        }
        counts[usize::from(expected)] += 1;
    }
    assert!(counts[0] > 600 && counts[1] > 600 && within_a_unit < 10, "{counts:?} {within_a_unit}");
}

#[test]
fn agrees_with_a_linear_program_in_floating_point() {
    let clear = |parameters: &CapacityParameters, prefix: Prefix<'_>| {
        let margin = widest_margin_by_microlp(parameters, prefix);
        (margin.abs() > 1e-7).then_some(margin > 0.0)
    };
    let [no, yes] = count_right_answers(1500, 12, clear);
    assert!(no > 150 && yes > 150, "{no} no, {yes} yes");
}

/// max κ with κ ≤ 1.
fn widest_margin_by_microlp(parameters: &CapacityParameters, prefix: Prefix<'_>) -> f64 {
    let thresholds = exact_oracle::thresholds(parameters, prefix);
    let mut program = Problem::new(OptimizationDirection::Maximize);
    let margin = program.add_var(1.0, (f64::NEG_INFINITY, 1.0));
    let weights: Vec<_> = (0..prefix.inputs()).map(|_| program.add_var(0.0, (0.0, f64::INFINITY))).collect();
    for (index, threshold) in thresholds.into_iter().enumerate() {
        let sign = if prefix.target(index) { 1.0 } else { -1.0 };
        let mut terms: Vec<_> = prefix.active_inputs(index).map(|input| (weights[input], sign)).collect();
        terms.push((margin, -1.0));
        program.add_constraint(&terms[..], ComparisonOp::Ge, threshold as f64 / UNIT);
    }
    program.solve().unwrap().objective()
}

#[test]
fn the_widest_margin_is_that_of_the_linear_program() {
    let mut compared = 0;
    for number in 0..1500 {
        let parameters = random_parameters(number, 12);
        let mut sequence = sequence(parameters, number);
        let prefix = sequence.extend_to(2 + parameters.inputs);
        let expected = widest_margin_by_microlp(&parameters, prefix);
        if expected > 1e-6 && expected < 1.0 {
            let widest = widest_margin(prefix).unwrap();
            assert!((widest.margin - expected).abs() < 1e-8, "case {number}: {} {expected}", widest.margin);
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn extreme_problems_of_up_to_200_inputs_are_all_decided() {
    let (mut no, mut yes) = (0, 0);
    for number in 0..1200 {
        let parameters = random_parameters(number, 200);
        let mut sequence = sequence(parameters, number);
        let patterns = 1 + (stream(3_000_000 + number).uniform() * 3.0 * parameters.inputs as f64) as usize;
        match decide(sequence.extend_to(patterns)) {
            Decision::Storable(_) => yes += 1,
            Decision::NotStorable(_) => no += 1,
            undecided => panic!("case {number}, {parameters:?}, {patterns} patterns: {undecided:?}"),
        }
    }
    assert!(no > 200 && yes > 200, "{no} no, {yes} yes");
}

#[test]
fn certificates_fail_when_something_is_changed() {
    let parameters = CapacityParameters { inputs: 60, ..CapacityParameters::default() };
    let mut drawn = sequence(parameters, 7);
    let Decision::Storable(weights) = decide(drawn.extend_to(45)) else { panic!("45 patterns") };
    let Decision::NotStorable(refutation) = decide(drawn.extend_to(90)) else { panic!("90 patterns") };
    // The same proofs for another draw of patterns.
    let mut other = sequence(parameters, 8);
    assert!(StoringWeights::verify(drawn.extend_to(45), weights.weights()).is_some());
    assert!(StoringWeights::verify(other.extend_to(45), weights.weights()).is_none());
    let multipliers: Vec<i64> = refutation.multipliers().iter().map(|long| long.try_into().unwrap()).collect();
    assert!(Refutation::verify(drawn.extend_to(90), multipliers.clone()).is_some());
    assert!(Refutation::verify(other.extend_to(90), multipliers.clone()).is_none());
    // A sign, a size, a length, and a value that is not a number.
    let changed = |input: usize, value: f64| {
        let mut changed = weights.weights().to_vec();
        changed[input] = value;
        StoringWeights::verify(drawn.drawn().first(45), &changed).is_some()
    };
    assert!(!changed(0, -1e-9) && !changed(0, f64::NAN) && !changed(0, 2.0));
    assert!(StoringWeights::verify(drawn.drawn().first(45), &weights.weights()[1..]).is_none());
    let verify = |multipliers: Vec<i64>| Refutation::verify(drawn.drawn().first(90), multipliers).is_some();
    assert!(!verify(vec![0; 90]) && !verify(vec![1; 90]) && !verify(vec![-1; 90]));
    let largest = (0..90).max_by_key(|&index| multipliers[index]).unwrap();
    let mut flipped = multipliers;
    flipped[largest] ^= 1 << 49;
    assert!(!verify(flipped));
}

#[test]
fn an_impossible_pair_and_a_tie_of_four_are_refuted() {
    // Few active inputs: contradictions in which the widest margin is exactly 0 are common.
    let parameters = CapacityParameters { inputs: 12, input_coding: 0.3, ..CapacityParameters::default() };
    let (mut pairs, mut larger) = (0, 0);
    for number in 0..300 {
        let mut sequence = sequence(parameters, number);
        match decide(sequence.extend_to(12)) {
            Decision::NotStorable(refutation) => {
                let support = refutation.multipliers().iter().filter(|&multiplier| *multiplier > 0.into()).count();
                pairs += usize::from(support == 2);
                larger += usize::from(support > 2);
            }
            Decision::Storable(_) => {}
            undecided => panic!("{number}: {undecided:?}"),
        }
    }
    assert!(pairs > 20 && larger > 5, "{pairs} {larger}");
}

#[test]
fn the_load_limit_is_an_error() {
    let mut sequence = sequence(CapacityParameters { inputs: 50, ..CapacityParameters::default() }, 1);
    let error = longest_storable_prefix(&mut sequence, 0.2).unwrap_err();
    assert_eq!(error, StorabilityError::LoadLimit { patterns: 10, inputs: 50 });
}

#[test]
fn the_longest_prefix_does_not_depend_on_how_far_the_sequence_was_drawn() {
    for number in 0..60 {
        let parameters = random_parameters(number, 60);
        let find = |patterns: usize| {
            let mut sequence = sequence(parameters, number);
            sequence.extend_to(patterns);
            longest_storable_prefix(&mut sequence, 20.0)
        };
        assert_eq!(find(0), find(1300), "{number}: {parameters:?}");
    }
}

/// The weights found on the way are those of the prefix by itself, to the last bit.
#[test]
fn weights_of_the_longest_prefix_are_those_of_its_widest_margin() {
    for number in 0..60 {
        let mut sequence = sequence(random_parameters(number, 60), number);
        let Ok(longest) = longest_storable_prefix(&mut sequence, 20.0) else { continue };
        let widest = widest_margin(sequence.extend_to(longest.patterns)).unwrap();
        assert_eq!(widest.weights.weights(), longest.weights, "{number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn storable_prefixes_are_nested(number in any::<u32>()) {
        let parameters = random_parameters(u64::from(number), 30);
        let mut sequence = sequence(parameters, u64::from(number));
        let Ok(longest) = longest_storable_prefix(&mut sequence, 40.0) else { return Ok(()) };
        for patterns in 0..longest.patterns + 12 {
            let is_storable = matches!(decide(sequence.extend_to(patterns)), Decision::Storable(_));
            prop_assert_eq!(is_storable, patterns <= longest.patterns);
        }
        let prefix = sequence.extend_to(longest.patterns);
        prop_assert!(StoringWeights::verify(prefix, &longest.weights).is_some());
    }
}

/// Small cells with much correlation have exact ties of all kinds; every one is decided, and the weights converge.
#[test]
fn no_sequence_of_a_small_cell_is_left_undecided() {
    for (inputs, correlation) in [(20, 0.5), (40, 0.95), (80, 0.95)] {
        let parameters = CapacityParameters {
            inputs,
            input_correlation: correlation,
            output_correlation: correlation,
            ..CapacityParameters::default()
        };
        for number in 0..1000 {
            let stored = longest_storable_prefix(&mut sequence(parameters, number), 50.0);
            assert!(stored.is_ok(), "{inputs} inputs, correlation {correlation}, sequence {number}: {stored:?}");
        }
    }
}
