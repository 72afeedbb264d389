//! The weights of the widest margin.

use super::exact_optimum::ExactOptimum;
use super::interior_point::{InteriorPoint, STEP_LIMIT, State};
use super::margin_program::MarginProgram;
use super::vertex::optimal_vertex;
use crate::instruction_set::InstructionSet;
use crate::models::perceptron::certificate::StoringWeights;
use crate::models::perceptron::pattern_table::Prefix;

/// A gap between the bounds of the widest margin (in θ) at which the weights have converged.
const CONVERGED: f64 = 1e-13;

/// The vertex is looked for once the gap is less than this part of the margin; it is not in sight before.
const IN_SIGHT: f64 = 1e-2;

/// Steps without a smaller gap after which the closest point is taken.
const STALLED: usize = 3;

/// The weights of the widest margin.
#[derive(Clone, Debug, PartialEq)]
pub struct WidestMargin {
    /// Weights that store the prefix; silent ones are exactly 0.
    pub weights: StoringWeights,
    /// min_μ s^μ (Σ_i w_i ξ_i^μ - θ) - τ^μ, in units of θ; where no pattern bounds it, θ.
    pub margin: f64,
}

/// The weights that maximise min_μ s^μ (Σ_i w_i ξ_i^μ - θ) - τ^μ; `None` where the prefix is not storable or no margin
/// is wide enough to decide.
///
/// As soon as the interior-point method shows which weights are 0 and which patterns bind, the rest is solved as a
/// system of equations. Where these do not have one solution, or not the best, the method runs to convergence, and a
/// weight is set to exactly 0 where complementarity says so: it is smaller than its reduced cost. If the weights that
/// it comes to do not store the prefix, they are those of a vertex found in whole numbers. Inputs that are active in no
/// pattern with target 0 may have any larger weight; they get the smallest that gives their patterns the widest margin
/// of the others.
pub fn widest_margin(prefix: Prefix<'_>) -> Option<WidestMargin> {
    widest_margin_from(prefix, None)
}

/// The same; continues from where the decision that the prefix is storable stopped.
pub(super) fn widest_margin_from(prefix: Prefix<'_>, state: Option<State>) -> Option<WidestMargin> {
    let program = MarginProgram::new(prefix);
    if program.is_trivial() {
        let margin = trivial_margin(&program);
        return Some(WidestMargin { weights: StoringWeights::verify(prefix, &trivial_weights(&program))?, margin });
    }
    let instructions = InstructionSet::detect();
    let solver = match state {
        Some(state) => InteriorPoint::at(&program, instructions, state),
        None => InteriorPoint::new(&program, instructions),
    };
    let solution = solve(prefix, &program, solver, instructions)?;
    let margin = solution.margin;
    solution
        .weights
        .iter()
        .find_map(|weights| StoringWeights::verify(prefix, &program.all_weights(weights, margin)))
        .map(|weights| WidestMargin { weights, margin })
        .or_else(|| {
            let optimum = ExactOptimum::find(prefix, &program)?;
            Some(WidestMargin { weights: optimum.storing_weights()?, margin: optimum.margin() })
        })
}

/// The widest margin, and candidates for its weights, best first.
struct Solution {
    gap: f64,
    margin: f64,
    weights: Vec<Vec<f64>>,
}

/// Steps until the vertex is seen, or the bounds meet, or come no closer: beyond the reach of rounding the iteration
/// only strays.
fn solve(
    prefix: Prefix<'_>,
    program: &MarginProgram<'_>,
    mut solver: InteriorPoint<'_>,
    instructions: InstructionSet,
) -> Option<Solution> {
    let mut closest: Option<Solution> = None;
    let mut stalled = 0;
    let mut tried = None;
    for _ in 0..STEP_LIMIT {
        let margin = solver.reached_margin();
        let (multipliers, gap) =
            solver.proven_bound().map_or((vec![], f64::INFINITY), |(multipliers, bound)| (multipliers, bound - margin));
        let sets = (solver.silent_weights(), solver.binding_patterns());
        if gap < IN_SIGHT * margin && tried.as_ref() != Some(&sets) {
            let vertex = optimal_vertex(prefix, program, instructions, &sets.0, &sets.1, &multipliers);
            if let Some(vertex) = vertex {
                return Some(Solution { gap: 0.0, margin: vertex.margin, weights: vec![vertex.weights] });
            }
            tried = Some(sets);
        }
        if closest.as_ref().is_none_or(|closest| gap < closest.gap) {
            let weights = solver.weights().to_vec();
            let silenced =
                weights.iter().zip(solver.silent_weights()).map(|(&w, silent)| if silent { 0.0 } else { w }).collect();
            closest = Some(Solution { gap, margin, weights: vec![silenced, weights] });
            stalled = 0;
        } else if margin > 0.0 {
            // Far from feasible the gap may well grow at first.
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

pub(super) fn trivial_weights(program: &MarginProgram<'_>) -> Vec<f64> {
    program.all_weights(&vec![0.0; program.inputs.len()], trivial_margin(program))
}
