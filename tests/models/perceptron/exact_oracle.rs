//! Storability by the simplex method in integers: shares neither code nor method with the solver.

use microzone::models::perceptron::{CapacityParameters, Prefix};

const UNIT: i128 = 1 << 52;

/// The thresholds s θ + τ of the patterns in units of 2⁻⁵², from the definition of the model; a margin is
/// rounded up past its rounding error.
pub(crate) fn thresholds(p: &CapacityParameters, prefix: Prefix<'_>) -> Vec<i128> {
    (0..prefix.patterns()).map(|index| threshold(p, prefix, index)).collect()
}

fn threshold(p: &CapacityParameters, prefix: Prefix<'_>, index: usize) -> i128 {
    let unit = ((1.0 - p.input_coding) / (p.input_coding * p.inputs as f64)).sqrt();
    let switches = index > 0 && prefix.target(index) != prefix.target(index - 1);
    let margin = if switches { p.robustness + p.bistability } else { p.robustness - p.bistability };
    let sign = if prefix.target(index) { 1 } else { -1 };
    let rounded_up = (margin * unit * UNIT as f64).ceil() as i128 + 1;
    sign * UNIT + if margin == 0.0 { 0 } else { rounded_up }
}

/// Whether some w ≥ 0 has s ξ·w > threshold for every pattern of the prefix, exactly; for few inputs, so that the
/// minors of the matrix stay small.
///
/// Maximises u subject to -A w + u ≤ B - b, u ≤ B + 1 with B the largest threshold, from the basis of slacks, by
/// Bland's rule and pivots without fractions. The prefix is storable if u can exceed B.
pub(crate) fn is_storable(prefix: Prefix<'_>, thresholds: &[i128]) -> bool {
    let row = |index| (0..prefix.inputs()).map(|input| i128::from(prefix.input(index, input))).collect();
    can_exceed(prefix, thresholds, row)
}

/// The same for weights of either sign: each is the difference of two that are not negative.
pub(crate) fn is_storable_by_free_weights(prefix: Prefix<'_>, thresholds: &[i128]) -> bool {
    let row = |index| {
        (0..prefix.inputs())
            .flat_map(|input| [i128::from(prefix.input(index, input)), -i128::from(prefix.input(index, input))])
            .collect()
    };
    can_exceed(prefix, thresholds, row)
}

fn can_exceed(prefix: Prefix<'_>, thresholds: &[i128], row: impl Fn(usize) -> Vec<i128>) -> bool {
    let inputs = row(0).len();
    let largest = thresholds.iter().copied().max().unwrap_or(-1);
    if largest < 0 {
        return true;
    }
    // Columns: weights, u, right side. Rows: patterns, the bound on u, the objective -u.
    let mut tableau: Vec<Vec<i128>> = (0..prefix.patterns())
        .map(|index| {
            let sign = if prefix.target(index) { -1 } else { 1 };
            let mut row: Vec<i128> = row(index).into_iter().map(|entry| sign * entry).collect();
            row.extend([1, largest - thresholds[index]]);
            row
        })
        .collect();
    let only_u = |u: i128, right: i128| [vec![0; inputs], vec![u, right]].concat();
    tableau.push(only_u(1, largest + UNIT));
    tableau.push(only_u(-1, 0));
    let (numerator, denominator) = maximise(&mut tableau);
    numerator > largest * denominator
}

/// The value at the optimum, as a fraction. Column variables are numbered from 0, slacks after them; a tableau of
/// integers is the true one times `scale`.
fn maximise(tableau: &mut [Vec<i128>]) -> (i128, i128) {
    let (rows, columns) = (tableau.len() - 1, tableau[0].len() - 1);
    let mut column_names: Vec<usize> = (0..columns).collect();
    let mut row_names: Vec<usize> = (columns..columns + rows).collect();
    let mut scale = 1_i128;
    loop {
        let entering = (0..columns).filter(|&c| tableau[rows][c] < 0).min_by_key(|&c| column_names[c]);
        let Some(entering) = entering else {
            return (tableau[rows][columns], scale);
        };
        let candidates = (0..rows).filter(|&r| tableau[r][entering] > 0);
        let leaving = candidates
            .min_by(|&a, &b| {
                let left = tableau[a][columns] * tableau[b][entering];
                let right = tableau[b][columns] * tableau[a][entering];
                left.cmp(&right).then(row_names[a].cmp(&row_names[b]))
            })
            .expect("u is bounded");
        let pivot = tableau[leaving][entering];
        for r in (0..=rows).filter(|&r| r != leaving) {
            for c in (0..=columns).filter(|&c| c != entering) {
                let value = tableau[r][c] * pivot - tableau[r][entering] * tableau[leaving][c];
                assert_eq!(value % scale, 0);
                tableau[r][c] = value / scale;
            }
        }
        (0..=rows).filter(|&r| r != leaving).for_each(|r| tableau[r][entering] = -tableau[r][entering]);
        tableau[leaving][entering] = scale;
        scale = pivot;
        std::mem::swap(&mut row_names[leaving], &mut column_names[entering]);
    }
}
