//! Exact multipliers where the widest margin is exactly 0.

use crate::models::perceptron::certificate::Refutation;
use crate::models::perceptron::pattern_table::Prefix;

/// Free multipliers are rounded to as many parts of the largest: few parts where the determinant is large, many where
/// it is small and sums over silent inputs, which must stay negative, are close to 0.
const PARTS: [f64; 2] = [(1_u64 << 40) as f64, (1_u64 << 16) as f64];

/// Looks for a refutation with Σ_μ λ_μ s^μ ξ_i^μ = 0 for the `active` inputs, among the `binding` patterns (index and
/// approximate multiplier).
///
/// Where the widest margin is 0, or within rounding of it, an approximate solution cannot prove that the prefix is not
/// storable, but it shows which constraints hold with equality. These are solved in integers, by elimination without
/// fractions (Bareiss, Math Comp 22:565, 1968); `None` where they have no positive solution or the integers grow too
/// large. The threshold sum, which must not be negative, is left to the check, or else set to 0 exactly.
pub(super) fn refute(prefix: Prefix<'_>, binding: &[(usize, f64)], active: &[usize]) -> Option<Refutation> {
    [false, true].into_iter().find_map(|threshold_is_zero| {
        let mut rows = equations(prefix, binding, active, threshold_is_zero);
        let (pivots, determinant) = eliminate(&mut rows)?;
        PARTS.into_iter().find_map(|parts| {
            let solution = solve(&rows, &pivots, determinant, &rounded(binding, parts))?;
            let mut multipliers = vec![0; prefix.patterns()];
            for (&(index, _), value) in binding.iter().zip(divided_by_gcd(solution)) {
                multipliers[index] = i64::try_from(value).ok()?;
            }
            Refutation::verify(prefix, multipliers)
        })
    })
}

/// One row an active input, and one more for the threshold sum; one column a binding pattern.
fn equations(
    prefix: Prefix<'_>,
    binding: &[(usize, f64)],
    active: &[usize],
    threshold_is_zero: bool,
) -> Vec<Vec<i128>> {
    let mut rows: Vec<Vec<i128>> = active
        .iter()
        .map(|&input| {
            let entry = |index| i128::from(prefix.input(index, input)) * if prefix.target(index) { 1 } else { -1 };
            binding.iter().map(|&(index, _)| entry(index)).collect()
        })
        .collect();
    if threshold_is_zero {
        // Last, since its entries are large and only grow the integers of the pivots that follow.
        rows.push(divided_by_gcd(
            binding.iter().map(|&(index, _)| i128::from(prefix.threshold_units(index))).collect(),
        ));
    }
    rows
}

/// Approximate multipliers as whole parts, the largest as `parts`.
fn rounded(binding: &[(usize, f64)], parts: f64) -> Vec<i128> {
    let largest = binding.iter().map(|&(_, multiplier)| multiplier).fold(0.0, f64::max);
    binding.iter().map(|&(_, value)| (value / largest * parts).round() as i128).collect()
}

/// The solution of the eliminated equations in which the free columns have the determinant times their parts.
fn solve(rows: &[Vec<i128>], pivots: &[usize], determinant: i128, parts: &[i128]) -> Option<Vec<i128>> {
    let is_free = |column: &usize| !pivots.contains(column);
    let mut solution = vec![0_i128; parts.len()];
    for column in (0..parts.len()).filter(is_free) {
        solution[column] = determinant.checked_mul(parts[column])?;
    }
    for (row, &pivot) in pivots.iter().enumerate() {
        for column in (0..parts.len()).filter(is_free) {
            solution[pivot] = solution[pivot].checked_sub(rows[row][column].checked_mul(parts[column])?)?;
        }
    }
    if determinant < 0 {
        solution.iter_mut().for_each(|value| *value = -*value);
    }
    Some(solution)
}

/// Gauss-Jordan elimination without fractions. Afterwards row k has the determinant returned in the k-th pivot column,
/// and 0 in the other pivot columns. `None` on overflow.
fn eliminate(rows: &mut [Vec<i128>]) -> Option<(Vec<usize>, i128)> {
    let mut pivots = Vec::new();
    let mut determinant = 1_i128;
    for next in 0..rows.len() {
        let done = pivots.len();
        let Some(column) = rows[next].iter().position(|&entry| entry != 0) else { continue };
        rows.swap(done, next);
        let pivot_row = rows[done].clone();
        let pivot = pivot_row[column];
        for (_, row) in rows.iter_mut().enumerate().filter(|&(index, _)| index != done) {
            let factor = row[column];
            for (entry, &above) in row.iter_mut().zip(&pivot_row) {
                *entry = entry.checked_mul(pivot)?.checked_sub(factor.checked_mul(above)?)? / determinant;
            }
        }
        determinant = pivot;
        pivots.push(column);
    }
    Some((pivots, determinant))
}

fn divided_by_gcd(mut values: Vec<i128>) -> Vec<i128> {
    let gcd = values.iter().fold(0, |a, &b| greatest_common_divisor(a, b));
    if gcd > 1 {
        values.iter_mut().for_each(|value| *value /= gcd);
    }
    values
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
