//! The exact decision whether a prefix of a sequence can be stored.

mod balance;
mod bracket;
mod dictionary;
mod exact_face;
mod exact_optimum;
mod interior_point;
pub(super) mod longest_prefix;
mod margin_program;
mod normal_matrix;
mod preconditioner;
mod step_equations;
mod vertex;
pub(super) mod widest_margin;

use super::certificate::{Refutation, StoringWeights};
use super::pattern_table::Prefix;
use crate::instruction_set::InstructionSet;
use exact_optimum::ExactOptimum;
use interior_point::{InteriorPoint, STEP_LIMIT, State};
use margin_program::MarginProgram;
use preconditioner::Algebra;
use widest_margin::trivial_weights;

/// Bounds of the widest margin (in θ) this close to 0 and to each other suggest that it is exactly 0.
const TIE: f64 = 1e-7;

/// Weights and slacks (in θ) that count as 0 in a tie.
const NEGLIGIBLE: f64 = 1e-5;

/// Whether the patterns of a prefix can all be stored, with a proof either way.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// They can: these weights store them.
    Storable(StoringWeights),
    /// They cannot: these multipliers prove it.
    NotStorable(Refutation),
    /// No proof was found. The widest margin, in units of θ, is between the bounds.
    Undecided {
        /// The margin of the best weights that were found.
        lower: f64,
        /// The bound by the best multipliers that were found.
        upper: f64,
    },
}

/// Decides whether some w ≥ 0 has s^μ (Σ_i w_i ξ_i^μ - θ) > τ^μ for every pattern of the prefix.
///
/// Either answer is a certificate checked in exact integer arithmetic, whatever the solver's rounding: an
/// interior-point method for the widest margin runs until its weights, or its multipliers, pass the check. A single
/// pattern or a pair of patterns that contradict each other, and a widest margin of exactly 0 (which is not storable),
/// are found apart. What rounding leaves undecided is solved in whole numbers of any length, if patterns times inputs
/// are at most 2¹⁶. Then no proof is missing, unless the widest margin is positive and so small, next to 2⁻⁴⁶ N
/// thresholds, that weights do not store the prefix once they are rounded.
pub fn decide(prefix: Prefix<'_>) -> Decision {
    decide_with(prefix, InstructionSet::detect(), Algebra::Block, &mut Findings::default())
}

/// What a decision returns in addition to its answer.
#[derive(Clone, Debug, PartialEq)]
struct Findings {
    /// Bounds of the widest margin, in units of θ.
    lower: f64,
    upper: f64,
    /// Where the solver was when its weights stored the prefix, if there was anything to solve.
    state: Option<State>,
}

impl Default for Findings {
    fn default() -> Self {
        Self { lower: f64::NEG_INFINITY, upper: f64::INFINITY, state: None }
    }
}

impl Findings {
    /// The middle of the bounds; not finite where one is missing.
    fn estimate(&self) -> f64 {
        0.5 * (self.lower + self.upper)
    }

    /// Whether the widest margin seems to be exactly 0.
    fn is_tie(&self) -> bool {
        self.upper - self.lower < TIE && self.lower.abs() < TIE
    }
}

/// [`decide`]; leaves what it found on the way in `findings`.
fn decide_with(
    prefix: Prefix<'_>,
    instructions: InstructionSet,
    algebra: Algebra,
    findings: &mut Findings,
) -> Decision {
    let undecided = |findings: &Findings| Decision::Undecided { lower: findings.lower, upper: findings.upper };
    if let Some(refutation) = contradiction(prefix) {
        return Decision::NotStorable(refutation);
    }
    let program = MarginProgram::new(prefix);
    if program.is_trivial() {
        let weights = trivial_weights(&program);
        return StoringWeights::verify(prefix, &weights).map_or_else(|| undecided(findings), Decision::Storable);
    }
    let mut solver = InteriorPoint::with_algebra(&program, instructions, algebra);
    for _ in 0..STEP_LIMIT {
        let margin = solver.reached_margin();
        let proven = solver.proven_bound();
        findings.lower = findings.lower.max(margin);
        findings.upper = proven.as_ref().map_or(findings.upper, |&(_, bound)| findings.upper.min(bound));
        if margin > 0.0
            && let Some(weights) = StoringWeights::verify(prefix, &program.all_weights(solver.weights(), margin))
        {
            findings.state = Some(solver.into_state());
            return Decision::Storable(weights);
        }
        if let Some((multipliers, bound)) = proven {
            if bound <= 0.0
                && let Some(refutation) = Refutation::round_and_verify(prefix, &program.all_multipliers(&multipliers))
            {
                return Decision::NotStorable(refutation);
            }
            if findings.is_tie()
                && let Some(refutation) = refute_tie(prefix, &program, &solver, instructions, &multipliers)
            {
                return Decision::NotStorable(refutation);
            }
        }
        if !solver.step() {
            break;
        }
    }
    decide_exactly(prefix, &program, findings).unwrap_or_else(|| undecided(findings))
}

/// Where rounding leaves the solver no progress to make before there is a proof: its bounds may close in on 0 and never
/// come as close as a tie has to be.
fn decide_exactly(prefix: Prefix<'_>, program: &MarginProgram<'_>, findings: &mut Findings) -> Option<Decision> {
    let optimum = ExactOptimum::find(prefix, program)?;
    (findings.lower, findings.upper) = (optimum.margin(), optimum.margin());
    let stored = || optimum.storing_weights().map(Decision::Storable);
    optimum.refutation().map(Decision::NotStorable).or_else(stored)
}

/// A refutation by one pattern, or by two: the inputs of one that must be over its threshold are among those of one
/// that must be under it.
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

/// By multipliers that balance to the last unit, which costs least; else by multipliers that are exact in few integers,
/// where complementarity, or size, shows which patterns bind and which weights are not 0.
fn refute_tie(
    prefix: Prefix<'_>,
    program: &MarginProgram<'_>,
    solver: &InteriorPoint<'_>,
    instructions: InstructionSet,
    multipliers: &[f64],
) -> Option<Refutation> {
    if let Some(refutation) = balance::refute(prefix, program, instructions, multipliers) {
        return Some(refutation);
    }
    let by_size = (solver.weights_below(NEGLIGIBLE), solver.slacks_below(NEGLIGIBLE));
    let sets = [(solver.silent_weights(), solver.binding_patterns()), by_size];
    sets.into_iter().find_map(|(silent, binding)| {
        let candidates = program.patterns.iter().copied().zip(multipliers.iter().copied());
        let binding: Vec<(usize, f64)> =
            candidates.zip(binding).filter(|&(_, binds)| binds).map(|(candidate, _)| candidate).collect();
        let inputs = program.inputs.iter().copied().zip(silent);
        let active: Vec<usize> = inputs.filter(|&(_, silent)| !silent).map(|(input, _)| input).collect();
        exact_face::refute(prefix, &binding, &active)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::perceptron::{CapacityParameters, CapacityProblem, PatternSequence, PatternSource};
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
                let decide = |instructions| decide_with(prefix, instructions, algebra, &mut Findings::default());
                let decision = decide(InstructionSet::detect());
                storable += usize::from(matches!(decision, Decision::Storable(_)));
                assert_eq!(decision, decide(InstructionSet::baseline()));
            }
        }
        assert!((2..9).contains(&storable));
    }

    /// Panics where there is no proof.
    fn is_storable(prefix: Prefix<'_>, algebra: Algebra) -> bool {
        match decide_with(prefix, InstructionSet::detect(), algebra, &mut Findings::default()) {
            Decision::Storable(_) => true,
            Decision::NotStorable(_) => false,
            undecided => panic!("{} inputs, {} patterns: {undecided:?}", prefix.inputs(), prefix.patterns()),
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
                ..CapacityParameters::default()
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
