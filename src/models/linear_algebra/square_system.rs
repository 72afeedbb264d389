//! Square systems of linear equations, solved by elimination.

use crate::instruction_set::{InstructionSet, dispatched};

/// Columns that are eliminated together before the rest of the matrix is touched.
const BLOCK: usize = 16;

/// The factors of a matrix whose rows were exchanged, L U = rows of K in the order chosen.
#[derive(Clone, Debug)]
pub(crate) struct SquareSystem {
    /// L below the diagonal, whose own diagonal is 1; U on it and above.
    factors: Vec<Vec<f64>>,
    /// The rows of K that are used, in order.
    pub(crate) equations: Vec<usize>,
}

impl SquareSystem {
    /// Chooses as many of the rows as there are columns, by pivots (Gauss), and factors them. `None` where no pivot is
    /// as large as `smallest_pivot`.
    pub(crate) fn choose(instructions: InstructionSet, mut rows: Vec<Vec<f64>>, smallest_pivot: f64) -> Option<Self> {
        let size = rows.first().map_or(0, Vec::len);
        let mut equations: Vec<usize> = (0..rows.len()).collect();
        for start in (0..size).step_by(BLOCK) {
            let end = (start + BLOCK).min(size);
            for column in start..end {
                let size_of = |row: usize| rows[row][column].abs();
                let pivot = (column..rows.len()).max_by(|&a, &b| size_of(a).total_cmp(&size_of(b)).then(b.cmp(&a)))?;
                if size_of(pivot) < smallest_pivot {
                    return None;
                }
                rows.swap(column, pivot);
                equations.swap(column, pivot);
                let (above, below) = rows.split_at_mut(column + 1);
                let pivot_row = &above[column];
                for row in below {
                    row[column] /= pivot_row[column];
                    let factor = row[column];
                    subtract_multiple(&mut row[column + 1..end], factor, &pivot_row[column + 1..end]);
                }
            }
            for row in start + 1..rows.len() {
                let (above, below) = rows.split_at_mut(row);
                eliminate(instructions, &above[start..end.min(row)], &mut below[0], start, end);
            }
        }
        rows.truncate(size);
        equations.truncate(size);
        Some(Self { factors: rows, equations })
    }

    /// x with K x = `right_side`, given in the order of the rows chosen.
    pub(crate) fn solve(&self, right_side: &[f64]) -> Vec<f64> {
        let mut x = right_side.to_vec();
        for (row, factors) in self.factors.iter().enumerate() {
            let (known, rest) = x.split_at_mut(row);
            rest[0] -= dot(&factors[..row], known);
        }
        for (row, factors) in self.factors.iter().enumerate().rev() {
            let (rest, known) = x.split_at_mut(row + 1);
            rest[row] = (rest[row] - dot(&factors[row + 1..], known)) / factors[row];
        }
        x
    }

    /// x with Kᵀ x = `right_side`, in the order of the rows chosen.
    pub(crate) fn solve_transposed(&self, right_side: &[f64]) -> Vec<f64> {
        let mut x = right_side.to_vec();
        for (row, factors) in self.factors.iter().enumerate() {
            let (known, rest) = x.split_at_mut(row + 1);
            known[row] /= factors[row];
            subtract_multiple(rest, known[row], &factors[row + 1..]);
        }
        for (row, factors) in self.factors.iter().enumerate().rev() {
            let (rest, known) = x.split_at_mut(row);
            subtract_multiple(rest, known[0], &factors[..row]);
        }
        x
    }
}

dispatched! {
    /// Subtracts from the columns of `row` from `end` on what the pivot rows of the block contribute.
    fn eliminate(pivot_rows: &[Vec<f64>], row: &mut [f64], start: usize, end: usize) = eliminate_body
}

#[inline(always)]
fn eliminate_body(pivot_rows: &[Vec<f64>], row: &mut [f64], start: usize, end: usize) {
    let (factors, rest) = row.split_at_mut(end);
    for (pivot_row, &factor) in pivot_rows.iter().zip(&factors[start..]) {
        subtract_multiple(rest, factor, &pivot_row[end..]);
    }
}

#[inline(always)]
fn subtract_multiple(from: &mut [f64], factor: f64, values: &[f64]) {
    from.iter_mut().zip(values).for_each(|(entry, value)| *entry -= factor * value);
}

/// In eight fixed lanes.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::linear_algebra::bit_matrix::tests::random_matrix;

    fn rows(count: usize, size: usize) -> Vec<Vec<f64>> {
        let bits = random_matrix(count, size, 6);
        (0..count).map(|row| (0..size).map(|column| f64::from(u8::from(bits.bit(row, column)))).collect()).collect()
    }

    #[test]
    fn solutions_satisfy_the_equations_chosen() {
        for size in [1, 7, 16, 33, 150] {
            let rows = rows(size + 5, size);
            let right: Vec<f64> = (0..size).map(|index| (index % 5) as f64 - 2.0).collect();
            let system = SquareSystem::choose(InstructionSet::detect(), rows.clone(), 1e-9).unwrap();
            let (x, transposed) = (system.solve(&right), system.solve_transposed(&right));
            for (index, &expected) in right.iter().enumerate() {
                let product = dot(&rows[system.equations[index]], &x);
                assert!((product - expected).abs() < 1e-9, "{size}: {product} {expected}");
                let column: Vec<f64> = system.equations.iter().map(|&row| rows[row][index]).collect();
                assert!((dot(&column, &transposed) - expected).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn both_paths_give_the_same_bits() {
        let wide = SquareSystem::choose(InstructionSet::detect(), rows(120, 117), 1e-9).unwrap();
        let baseline = SquareSystem::choose(InstructionSet::baseline(), rows(120, 117), 1e-9).unwrap();
        assert_eq!((wide.factors, wide.equations), (baseline.factors, baseline.equations));
    }

    #[test]
    fn dependent_columns_have_no_solution() {
        let rows = vec![vec![1.0, 2.0], vec![2.0, 4.0], vec![3.0, 6.0]];
        assert!(SquareSystem::choose(InstructionSet::detect(), rows, 1e-9).is_none());
    }
}
