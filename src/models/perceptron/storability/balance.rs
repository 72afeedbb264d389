//! Multipliers that balance to the last unit, where the widest margin is 0.

use super::margin_program::MarginProgram;
use super::normal_matrix::add_normal_matrix;
use crate::instruction_set::InstructionSet;
use crate::models::linear_algebra::cholesky::Cholesky;
use crate::models::linear_algebra::panel_matrix::PanelMatrix;
use crate::models::perceptron::certificate::Refutation;
use crate::models::perceptron::pattern_table::Prefix;

/// The largest multiplier in whole parts.
const PARTS: f64 = (1_u64 << 58) as f64;

/// What is added to the diagonal of the equations, over its mean, so that inputs that depend on others do no harm.
const RIDGE: f64 = 1e-13;

/// Multipliers over the largest that count as 0: no step could move them.
const LEAST_SHARE: f64 = 1e-9;

/// Sums over the sum of the multipliers that count as 0.
const NEGLIGIBLE: f64 = 1e-6;

/// Each round leaves a millionth or less of the sums, down to what rounding the multipliers gives.
const ROUNDS: usize = 4;

/// Looks for a refutation near approximate `multipliers`, with sums over inputs as near to 0 as whole parts allow where
/// they are negligible.
///
/// Where all patterns have the same number of active inputs and the same threshold, equal weights reach the threshold
/// in every pattern. So the widest margin is never negative, and where it is 0 the exact multipliers have sums Σ_μ λ_μ
/// s^μ ξ_i^μ of exactly 0: their integers are as long as the determinant of the patterns. But weights are whole units
/// of 2⁻⁵² θ, and a margin of less than one unit is none. So multipliers of 58 bits refute, whose sums are 0 but for a
/// few parts: Newton's steps, with the sums in integers, bring them there. (Most patterns may have a multiplier in such
/// a case, so that sizes do not show which of them bind.)
pub(super) fn refute(
    prefix: Prefix<'_>,
    program: &MarginProgram<'_>,
    instructions: InstructionSet,
    multipliers: &[f64],
) -> Option<Refutation> {
    let largest = multipliers.iter().copied().fold(0.0, f64::max);
    let share = |value: &f64| if *value < LEAST_SHARE * largest { 0.0 } else { value / largest };
    let shares: Vec<f64> = multipliers.iter().map(share).collect();
    let negligible = -NEGLIGIBLE * shares.iter().sum::<f64>();
    let sums = program.input_sums(&shares);
    let active: Vec<usize> = (0..sums.len()).filter(|&input| sums[input] > negligible).collect();
    if active.is_empty() {
        return None;
    }
    let weights: Vec<f64> = shares.iter().map(|share| share * share).collect();
    let factor = normal_factor(program, instructions, &active, &weights);
    let mut parts: Vec<i64> = shares.iter().map(|share| (share * PARTS).round() as i64).collect();
    for _ in 0..ROUNDS {
        let exact = input_sums(program, prefix, &parts);
        let residual: Vec<f64> = active.iter().map(|&input| exact[input] as f64).collect();
        let solution = factor.solve(&residual);
        let mut drives = vec![0.0; sums.len()];
        active.iter().zip(solution).for_each(|(&input, value)| drives[input] = value);
        for (part, (weight, drive)) in parts.iter_mut().zip(weights.iter().zip(program.signed_currents(&drives))) {
            *part -= (weight * drive).round() as i64;
        }
        if parts.iter().any(|&part| part < 0) {
            return None;
        }
    }
    repair(program, &input_sums(program, prefix, &parts), &mut parts)?;
    let mut all = vec![0; prefix.patterns()];
    program.patterns.iter().zip(parts).for_each(|(&index, part)| all[index] = part);
    Refutation::verify(prefix, all)
}

/// The factor of Σ_μ weight_μ ξ^μ ξ^μᵀ over the active inputs.
fn normal_factor(
    program: &MarginProgram<'_>,
    instructions: InstructionSet,
    active: &[usize],
    weights: &[f64],
) -> Cholesky<f64> {
    let mut matrix = PanelMatrix::zeros(active.len());
    add_normal_matrix(instructions, &program.transpose.select_rows(active), weights, &mut matrix);
    let mean = (0..active.len()).map(|row| *matrix.entry(row, row)).sum::<f64>() / active.len() as f64;
    (0..active.len()).for_each(|row| *matrix.entry(row, row) += RIDGE * mean);
    matrix.finish_padding();
    Cholesky::factor(instructions, matrix)
}

/// Σ_μ λ_μ s^μ ξ_i^μ of every input of the program, exactly.
fn input_sums(program: &MarginProgram<'_>, prefix: Prefix<'_>, parts: &[i64]) -> Vec<i128> {
    let mut sums = vec![0_i128; prefix.inputs()];
    for (&index, &part) in program.patterns.iter().zip(parts).filter(|&(_, &part)| part != 0) {
        let signed = i128::from(if prefix.target(index) { part } else { -part });
        prefix.active_inputs(index).for_each(|input| sums[input] += signed);
    }
    program.inputs.iter().map(|&input| sums[input]).collect()
}

/// Makes all sums 0 or less: adds the same number of parts to every pattern with s = -1.
fn repair(program: &MarginProgram<'_>, sums: &[i128], parts: &mut [i64]) -> Option<()> {
    let mut addition = 0;
    for (&sum, &patterns) in sums.iter().zip(&program.negative_patterns).filter(|&(&sum, _)| sum > 0) {
        // Every input of the program is active in such a pattern.
        addition = addition.max(i64::try_from(sum).ok()?.div_euclid(patterns as i64) + 1);
    }
    let negative = parts.iter_mut().zip(&program.signs).filter(|(_, sign)| **sign < 0.0);
    negative.for_each(|(part, _)| *part += addition);
    Some(())
}
