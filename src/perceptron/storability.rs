//! The exact decision whether a prefix of a sequence can be stored.

use super::certificate::{Refutation, StoringWeights};
use super::exact_face;
use super::instruction_set::InstructionSet;
use super::interior_point::InteriorPoint;
use super::margin_program::MarginProgram;
use super::patterns::Prefix;
use super::preconditioner::Algebra;

/// Steps after which the interior-point method is given up; it takes 5 to 15 on random patterns.
const STEP_LIMIT: usize = 100;

/// Bounds of the widest margin (in θ) this close to 0 and to each other suggest that it is exactly 0.
const TIE: f64 = 1e-8;

/// A gap between the bounds of the widest margin (in θ) at which the weights have converged.
const CONVERGED: f64 = 1e-13;

/// Steps without a smaller gap after which the closest point is taken.
const STALLED: usize = 3;

/// Whether the patterns of a prefix can all be stored, with a proof either way.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// They can: these weights store them.
    Storable(StoringWeights),
    /// They cannot: these multipliers prove it.
    NotStorable(Refutation),
    /// No proof was found. The widest margin, in units of θ, is between the bounds.
    Undecided { lower: f64, upper: f64 },
}

/// Decides whether some w ≥ 0 has s^μ (Σ_i w_i ξ_i^μ - θ) > τ^μ for every pattern of the prefix.
///
/// Either answer is a certificate checked in exact integer arithmetic, whatever the solver's rounding: an interior-point
/// method for the widest margin runs until its weights, or its multipliers, pass the check. A single pattern or a pair
/// of patterns that contradict each other, and a widest margin of exactly 0 (which is not storable), are found apart.
pub fn decide(prefix: Prefix<'_>) -> Decision {
    decide_with(prefix, InstructionSet::detect(), Algebra::Block)
}

fn decide_with(prefix: Prefix<'_>, instructions: InstructionSet, algebra: Algebra) -> Decision {
    if let Some(refutation) = contradiction(prefix) {
        return Decision::NotStorable(refutation);
    }
    let program = MarginProgram::new(prefix);
    if program.is_trivial() {
        let weights = trivial_weights(&program);
        return StoringWeights::verify(prefix, &weights)
            .map_or(Decision::Undecided { lower: f64::NEG_INFINITY, upper: f64::INFINITY }, Decision::Storable);
    }
    let mut solver = InteriorPoint::with_algebra(&program, instructions, algebra);
    let (mut lower, mut upper) = (f64::NEG_INFINITY, f64::INFINITY);
    for _ in 0..STEP_LIMIT {
        let margin = solver.reached_margin();
        lower = lower.max(margin);
        if margin > 0.0
            && let Some(weights) = StoringWeights::verify(prefix, &program.all_weights(solver.weights(), margin))
        {
            return Decision::Storable(weights);
        }
        if let Some((multipliers, bound)) = solver.proven_bound() {
            upper = upper.min(bound);
            if bound <= 0.0
                && let Some(refutation) = Refutation::round_and_verify(prefix, &program.all_multipliers(&multipliers))
            {
                return Decision::NotStorable(refutation);
            }
            if upper - lower < TIE
                && lower.abs() < TIE
                && let Some(refutation) = refute_tie(prefix, &program, &solver, &multipliers)
            {
                return Decision::NotStorable(refutation);
            }
        }
        if !solver.step() {
            break;
        }
    }
    Decision::Undecided { lower, upper }
}

/// The weights of the widest margin.
#[derive(Clone, Debug, PartialEq)]
pub struct WidestMargin {
    /// Weights that store the prefix; silent ones are exactly 0.
    pub weights: StoringWeights,
    /// min_μ s^μ (Σ_i w_i ξ_i^μ - θ) - τ^μ, in units of θ; where no pattern bounds it, θ.
    pub margin: f64,
}

/// The weights that maximise min_μ s^μ (Σ_i w_i ξ_i^μ - θ) - τ^μ, to convergence; `None` where the prefix is not storable
/// or no margin is wide enough to tell.
///
/// A weight is set to exactly 0 where complementarity says so: it is smaller than its reduced cost.
/// Inputs that are active in no pattern with target 0 may have any larger weight; they get the smallest that gives
/// their patterns the widest margin of the others.
pub fn widest_margin(prefix: Prefix<'_>) -> Option<WidestMargin> {
    let program = MarginProgram::new(prefix);
    if program.is_trivial() {
        let margin = trivial_margin(&program);
        return Some(WidestMargin { weights: StoringWeights::verify(prefix, &trivial_weights(&program))?, margin });
    }
    let converged = converge(InteriorPoint::new(&program, InstructionSet::detect()))?;
    let margin = converged.margin;
    let with_silent: Vec<f64> =
        converged.weights.iter().zip(&converged.silent).map(|(&w, &silent)| if silent { 0.0 } else { w }).collect();
    let weights = [with_silent, converged.weights]
        .iter()
        .find_map(|weights| StoringWeights::verify(prefix, &program.all_weights(weights, margin)))?;
    Some(WidestMargin { weights, margin })
}

/// The point at which the bounds of the widest margin came closest.
struct Converged {
    gap: f64,
    margin: f64,
    weights: Vec<f64>,
    silent: Vec<bool>,
}

/// Steps until the bounds meet, or come no closer: beyond the reach of rounding the iteration only strays.
fn converge(mut solver: InteriorPoint<'_>) -> Option<Converged> {
    let mut closest: Option<Converged> = None;
    let mut stalled = 0;
    for _ in 0..STEP_LIMIT {
        let margin = solver.reached_margin();
        let gap = solver.proven_bound().map_or(f64::INFINITY, |(_, bound)| bound - margin);
        if closest.as_ref().is_none_or(|closest| gap < closest.gap) {
            let (weights, silent) = (solver.weights().to_vec(), solver.silent_weights());
            closest = Some(Converged { gap, margin, weights, silent });
            stalled = 0;
        } else {
            stalled += 1;
        }
        if gap < CONVERGED || stalled == STALLED || !solver.step() {
            break;
        }
    }
    closest
}

/// The widest margin where there are no weights to choose: that of no current at all.
fn trivial_margin(program: &MarginProgram<'_>) -> f64 {
    program.thresholds.iter().map(|threshold| -threshold).reduce(f64::min).unwrap_or(1.0)
}

fn trivial_weights(program: &MarginProgram<'_>) -> Vec<f64> {
    program.all_weights(&vec![0.0; program.inputs.len()], trivial_margin(program))
}

/// A refutation by one pattern, or by two: the inputs of one that must be over its threshold are among those of one that
/// must be under it.
fn contradiction(prefix: Prefix<'_>) -> Option<Refutation> {
    let refutation = |indices: &[usize]| {
        let mut multipliers = vec![0; prefix.patterns()];
        indices.iter().for_each(|&index| multipliers[index] = 1);
        Refutation::verify(prefix, multipliers)
    };
    let (over, under): (Vec<usize>, Vec<usize>) = (0..prefix.patterns()).partition(|&index| prefix.target(index));
    let is_alone = |index: &usize| {
        prefix.threshold_units(*index) >= 0 && (!prefix.target(*index) || prefix.active_inputs(*index).next().is_none())
    };
    if let Some(index) = (0..prefix.patterns()).find(is_alone) {
        return refutation(&[index]);
    }
    over.iter().find_map(|&upper| {
        let words = prefix.words(upper);
        let contradicts = |&&lower: &&usize| {
            words.iter().zip(prefix.words(lower)).all(|(x, y)| x & !y == 0)
                && prefix.threshold_units(upper) + prefix.threshold_units(lower) >= 0
        };
        under.iter().find(contradicts).and_then(|&lower| refutation(&[upper, lower]))
    })
}

fn refute_tie(
    prefix: Prefix<'_>,
    program: &MarginProgram<'_>,
    solver: &InteriorPoint<'_>,
    multipliers: &[f64],
) -> Option<Refutation> {
    let candidates = program.patterns.iter().copied().zip(multipliers.iter().copied());
    let binding: Vec<(usize, f64)> =
        candidates.zip(solver.binding_patterns()).filter(|&(_, binds)| binds).map(|(candidate, _)| candidate).collect();
    let inputs = program.inputs.iter().copied().zip(solver.silent_weights());
    let active: Vec<usize> = inputs.filter(|&(_, silent)| !silent).map(|(input, _)| input).collect();
    exact_face::refute(prefix, &binding, &active)
}

#[cfg(test)]
mod tests {
    use super::super::{CapacityParameters, CapacityProblem, PatternSequence};
    use super::*;
    use crate::random::RandomStream;

    fn sequence(parameters: CapacityParameters, number: u64) -> PatternSequence {
        let mut seed = [5; 32];
        seed[..8].copy_from_slice(&number.to_le_bytes());
        PatternSequence::new(CapacityProblem::new(parameters).unwrap(), &RandomStream::from_seed(seed))
    }

    #[test]
    fn a_decision_has_the_same_bits_with_and_without_avx2() {
        let mut storable = 0;
        for (inputs, patterns) in [(90, 60), (90, 85), (90, 95), (90, 130), (300, 330)] {
            let parameters = CapacityParameters { inputs, input_correlation: 0.5, ..CapacityParameters::default() };
            let mut sequence = sequence(parameters, 5);
            let prefix = sequence.extend_to(patterns);
            for algebra in [Algebra::Block, Algebra::Whole] {
                let decision = decide_with(prefix, InstructionSet::detect(), algebra);
                storable += usize::from(matches!(decision, Decision::Storable(_)));
                assert_eq!(decision, decide_with(prefix, InstructionSet::baseline(), algebra));
            }
        }
        assert!((2..9).contains(&storable));
    }

    /// Panics where there is no proof.
    fn is_storable(prefix: Prefix<'_>, algebra: Algebra) -> bool {
        match decide_with(prefix, InstructionSet::detect(), algebra) {
            Decision::Storable(_) => true,
            Decision::NotStorable(_) => false,
            undecided => panic!("{:?}, {} patterns: {undecided:?}", prefix.problem(), prefix.patterns()),
        }
    }

    #[test]
    fn the_plain_method_in_double_precision_decides_alike() {
        let mut counts = [0; 2];
        for number in 0..1500 {
            let mut stream = RandomStream::from_seed([7; 32]).substream(number);
            let mut choose = |values: &[f64]| values[(stream.uniform() * values.len() as f64) as usize];
            let parameters = CapacityParameters {
                input_coding: choose(&[0.1, 0.5, 0.5, 0.9]),
                output_coding: choose(&[0.1, 0.5, 0.5]),
                input_correlation: choose(&[0.0, 0.5, 0.9]),
                output_correlation: choose(&[0.0, 0.5, 0.9]),
                robustness: choose(&[0.0, 0.0, 0.5, 2.0]),
                bistability: choose(&[0.0, 0.0, 0.5, 2.0]),
                inputs: 2 + (stream.uniform() * 59.0) as usize,
            };
            let mut sequence = sequence(parameters, number);
            // Down to the last storable prefix, where the widest margin is next to nothing.
            let mut refuted = 1 + (stream.uniform() * 3.0 * parameters.inputs as f64) as usize;
            let mut stored = 0;
            while refuted > stored + 1 {
                let middle = stored + (refuted - stored) / 2;
                let prefix = sequence.extend_to(middle);
                let answer = is_storable(prefix, Algebra::Block);
                assert_eq!(answer, is_storable(prefix, Algebra::Whole), "{parameters:?}, {middle} patterns");
                *if answer { &mut stored } else { &mut refuted } = middle;
                counts[usize::from(answer)] += 1;
            }
        }
        assert!(counts[0] > 2000 && counts[1] > 2000, "{counts:?}");
    }
}
