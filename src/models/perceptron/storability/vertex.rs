//! The vertex of the widest margin, from the constraints that hold there with equality.

use super::margin_program::MarginProgram;
use crate::instruction_set::InstructionSet;
use crate::models::linear_algebra::square_system::SquareSystem;
use crate::models::perceptron::pattern_table::Prefix;
use crate::models::perceptron::problem::UNITS_PER_THRESHOLD;

/// Weights and margin are refined in fixed point, with this many parts to a unit of 2⁻⁵² θ: sums of 2¹⁶ weights of at
/// most 2¹⁰ θ stay within 2¹²⁰.
const PARTS: i128 = 1 << 32;

/// Values are known to within this many parts, 2⁻⁷⁰ θ, when the refinement ends.
const REFINED: f64 = 16384.0;

/// Shortfalls of fewer parts come from rounding the weights to parts.
const ROUNDING: i128 = 1 << 20;

/// The largest change of a value in parts, 2¹⁰ θ.
const LARGEST_CHANGE: f64 = (1_u128 << 94) as f64;

/// Rounds of refinement before the equations count as too ill-conditioned.
const ROUNDS: usize = 12;

/// The smallest pivot of the equations; their entries are 0, 1 and -1.
const SMALLEST_PIVOT: f64 = 1e-9;

/// Multipliers (of sum 1) and reduced costs smaller than this may be 0: the vertex may not be the only solution.
const SMALLEST_COST: f64 = 1e-12;

/// Weights that are given by equations, not approached.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Vertex {
    /// One per input of the program, in units of θ: the nearest multiples of 2⁻⁵², and exactly 0 where silent.
    pub(super) weights: Vec<f64>,
    /// κ, in units of θ.
    pub(super) margin: f64,
}

/// The vertex where the weights that are not `silent` bring the `binding` patterns exactly to the margin, if these are
/// the weights of the widest margin and no others are; else `None`. `near` are approximate multipliers of the patterns.
///
/// The equations Σ_i A_μi w_i - κ = b_μ are solved by elimination and then refined with exact residuals, so the weights
/// are a function of the two sets alone. They are optimal if w ≥ 0 and no pattern falls short of κ; if the multipliers
/// that solve the transposed equations are positive; and if the silent inputs have positive reduced costs. Since these
/// are strictly positive, no other weights are (Mangasarian, Linear Algebra Appl 25:151, 1979).
pub(super) fn optimal_vertex(
    prefix: Prefix<'_>,
    program: &MarginProgram<'_>,
    instructions: InstructionSet,
    silent: &[bool],
    binding: &[bool],
    near: &[f64],
) -> Option<Vertex> {
    let active: Vec<usize> = (0..silent.len()).filter(|&input| !silent[input]).collect();
    let candidates: Vec<usize> = (0..binding.len()).filter(|&pattern| binding[pattern]).collect();
    if candidates.len() <= active.len() {
        return None;
    }
    let equation = |&pattern: &usize| {
        let entry = |&input: &usize| if program.transpose.bit(input, pattern) { program.signs[pattern] } else { 0.0 };
        active.iter().map(entry).chain([-1.0]).collect()
    };
    let system = SquareSystem::choose(instructions, candidates.iter().map(equation).collect(), SMALLEST_PIVOT)?;
    let chosen: Vec<usize> = system.equations.iter().map(|&row| candidates[row]).collect();
    if !has_positive_costs(program, &system, &active, &candidates, near) {
        return None;
    }
    // From here on in the numbering of the prefix. Patterns of the program have no active inputs but the program's.
    let active: Vec<usize> = active.iter().map(|&input| program.inputs[input]).collect();
    let chosen: Vec<usize> = chosen.iter().map(|&pattern| program.patterns[pattern]).collect();
    let (weights, margin) = refined(prefix, &system, &active, &chosen)?;
    let slack = |pattern: usize| excess(prefix, &weights, program.patterns[pattern]) - margin;
    let is_optimal = candidates.iter().all(|&pattern| slack(pattern) <= ROUNDING)
        && (0..binding.len()).all(|pattern| slack(pattern) >= -ROUNDING)
        && active.iter().all(|&input| weights[input] >= -ROUNDING);
    let nearest = |&input: &usize| to_thresholds((weights[input].max(0) + PARTS / 2) / PARTS);
    is_optimal.then(|| Vertex {
        weights: program.inputs.iter().map(nearest).collect(),
        margin: to_thresholds(margin) / PARTS as f64,
    })
}

fn to_thresholds(units: i128) -> f64 {
    units as f64 / UNITS_PER_THRESHOLD as f64
}

/// Whether some multipliers λ of the binding patterns with A_Bᵀ λ = 0 and Σλ = 1 are positive, and with them all
/// reduced costs of silent inputs. There are more patterns than equations where some differ in silent inputs only;
/// these keep the values `near`.
fn has_positive_costs(
    program: &MarginProgram<'_>,
    system: &SquareSystem,
    active: &[usize],
    binding: &[usize],
    near: &[f64],
) -> bool {
    let mut multipliers = vec![0.0; program.signs.len()];
    binding.iter().for_each(|&pattern| multipliers[pattern] = near[pattern]);
    system.equations.iter().for_each(|&row| multipliers[binding[row]] = 0.0);
    let given = program.input_sums(&multipliers);
    let rest = 1.0 - multipliers.iter().sum::<f64>();
    let right_side: Vec<f64> = active.iter().map(|&input| -given[input]).chain([-rest]).collect();
    let solution = system.solve_transposed(&right_side);
    system.equations.iter().zip(solution).for_each(|(&row, value)| multipliers[binding[row]] = value);
    let mut sums = program.input_sums(&multipliers);
    active.iter().for_each(|&input| sums[input] = f64::NEG_INFINITY);
    binding.iter().all(|&pattern| multipliers[pattern] > SMALLEST_COST) && sums.iter().all(|&sum| sum < -SMALLEST_COST)
}

/// The solution of the equations in parts: the weights of all inputs, and the margin.
fn refined(
    prefix: Prefix<'_>,
    system: &SquareSystem,
    active: &[usize],
    binding: &[usize],
) -> Option<(Vec<i128>, i128)> {
    let mut weights = vec![0; prefix.inputs()];
    let mut margin = 0;
    for _ in 0..ROUNDS {
        let residual = |&pattern: &usize| (margin - excess(prefix, &weights, pattern)) as f64;
        let changes = system.solve(&binding.iter().map(residual).collect::<Vec<_>>());
        let largest = changes.iter().fold(0.0, |largest: f64, change| largest.max(change.abs()));
        if largest > LARGEST_CHANGE {
            return None;
        }
        active.iter().zip(&changes).for_each(|(&input, &change)| weights[input] += change.round() as i128);
        margin += changes[active.len()].round() as i128;
        if largest < REFINED {
            return Some((weights, margin));
        }
    }
    None
}

/// s ξ·w - s θ - τ of a pattern, in parts.
fn excess(prefix: Prefix<'_>, weights: &[i128], index: usize) -> i128 {
    let current: i128 = prefix.active_inputs(index).map(|input| weights[input]).sum();
    let signed = if prefix.target(index) { current } else { -current };
    signed - i128::from(prefix.threshold_units(index)) * PARTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::perceptron::storability::interior_point::InteriorPoint;
    use crate::models::perceptron::{CapacityParameters, CapacityProblem, PatternSequence, PatternSource};
    use crate::random::RandomStream;

    #[test]
    fn only_the_right_sets_have_an_optimal_vertex() {
        let parameters = CapacityParameters { inputs: 60, ..CapacityParameters::default() };
        let problem = CapacityProblem::new(parameters).unwrap();
        let mut sequence = PatternSequence::new(problem, &RandomStream::from_seed([9; 32]));
        let prefix = sequence.extend_to(50);
        let program = MarginProgram::new(prefix);
        let mut solver = InteriorPoint::new(&program, InstructionSet::detect());
        while solver.proven_bound().is_none_or(|(_, bound)| bound - solver.reached_margin() > 1e-11) {
            assert!(solver.step());
        }
        let near = solver.proven_bound().unwrap().0;
        let (silent, binding) = (solver.silent_weights(), solver.binding_patterns());
        let find = |instructions, silent: &[bool], binding: &[bool]| {
            optimal_vertex(prefix, &program, instructions, silent, binding, &near)
        };
        let vertex = find(InstructionSet::detect(), &silent, &binding).unwrap();
        assert_eq!(find(InstructionSet::baseline(), &silent, &binding).as_ref(), Some(&vertex));
        assert!((vertex.margin - solver.reached_margin()).abs() < 1e-10);
        assert!(vertex.weights.iter().zip(&silent).all(|(&weight, &silent)| (weight == 0.0) == silent));
        let margins = program.signed_currents(&vertex.weights);
        for pattern in 0..50 {
            let slack = margins[pattern] - program.thresholds[pattern] - vertex.margin;
            assert!(if binding[pattern] { slack.abs() < 1e-14 } else { slack > 1e-9 }, "{pattern}: {slack}");
        }
        let changed = |sets: &[bool], index: usize| {
            let mut changed = sets.to_vec();
            changed[index] = !changed[index];
            changed
        };
        for input in 0..60 {
            assert!(find(InstructionSet::detect(), &changed(&silent, input), &binding).is_none());
            for pattern in (0..50).filter(|&pattern| binding[pattern] == silent[input]) {
                let sets = (changed(&silent, input), changed(&binding, pattern));
                assert!(find(InstructionSet::detect(), &sets.0, &sets.1).is_none(), "{input} {pattern}");
            }
        }
    }
}
