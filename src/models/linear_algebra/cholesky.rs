//! Cholesky factor of a symmetric positive definite matrix in panels, and solutions with it.

use super::panel_matrix::{LANES, PanelMatrix, PanelRow};
use super::real::Real;
use crate::instruction_set::{InstructionSet, dispatched};

/// Rows updated together: with the lanes of two 256-bit registers they are held in eight.
const TILE: usize = 4;
/// Finished panels whose update is applied in one pass; the lanes of their pivot rows (8 KiB) stay in the first cache.
const PANELS: usize = 4;

/// Columns of the finished panels of a pass, in the most lanes that are updated together.
type PivotRows<R> = [[R; LANES]; LANES * PANELS];

/// A triangular block on the diagonal.
type Block<R> = [PanelRow<R>; LANES];

/// L with L Lᵀ = M.
#[derive(Clone, Debug)]
pub(crate) struct Cholesky<R> {
    lower: PanelMatrix<R>,
    /// The inverses of the blocks on the diagonal, and their transposes.
    inverses: Vec<Block<R>>,
    transposed_inverses: Vec<Block<R>>,
    instructions: InstructionSet,
}

impl<R: Real> Cholesky<R> {
    /// Factors `matrix`, whose storage it takes. Left-looking by panels of 32 columns.
    pub(crate) fn factor(instructions: InstructionSet, mut matrix: PanelMatrix<R>) -> Self {
        let mut inverses = Vec::new();
        let mut transposed_inverses = Vec::new();
        for panel in 0..matrix.panels.len() {
            let (finished, rest) = matrix.panels.split_at_mut(panel);
            if let Some(current) = rest.first_mut() {
                let mut inverse = [PanelRow::ZERO; LANES];
                let mut transposed = [PanelRow::ZERO; LANES];
                factor_panel(instructions, finished, current, &mut inverse, &mut transposed);
                inverses.push(inverse);
                transposed_inverses.push(transposed);
            }
        }
        Self { lower: matrix, inverses, transposed_inverses, instructions }
    }

    /// The solution x of M x = v.
    pub(crate) fn solve(&self, right_side: &[f64]) -> Vec<f64> {
        let mut x: Vec<R> = right_side.iter().map(|&value| R::nearest(value)).collect();
        x.resize(self.lower.padded_size(), R::ZERO);
        solve_lower(self.instructions, &self.lower.panels, &self.transposed_inverses, &mut x);
        solve_upper(self.instructions, &self.lower.panels, &self.inverses, &mut x);
        x[..self.lower.size()].iter().map(|value| value.to_double()).collect()
    }
}

impl Cholesky<f64> {
    /// L v: from independent normal values, values with the covariance M.
    pub(crate) fn lower_times(&self, vector: &[f64]) -> Vec<f64> {
        let size = self.lower.size();
        let mut product = vec![0.0; size];
        for (panel, rows) in self.lower.panels.iter().enumerate() {
            let first = panel * LANES;
            for (row, entries) in (first..size).zip(rows) {
                let columns = (row + 1).min(first + LANES).min(size) - first;
                let own = entries[..columns].iter().zip(&vector[first..]);
                product[row] += own.map(|(entry, value)| entry * value).sum::<f64>();
            }
        }
        product
    }
}

dispatched! {
    /// Subtracts from `current` what the finished panels contribute, and factors it. Also sets the inverse of its block
    /// on the diagonal.
    fn factor_panel<R>(
        finished: &[Vec<PanelRow<R>>], current: &mut [PanelRow<R>], inverse: &mut Block<R>, transposed: &mut Block<R>,
    ) = factor_panel_body
}

#[inline(always)]
fn factor_panel_body<R: Real>(
    finished: &[Vec<PanelRow<R>>],
    current: &mut [PanelRow<R>],
    inverse: &mut Block<R>,
    transposed: &mut Block<R>,
) {
    let mut pivot_rows = [[R::ZERO; LANES]; LANES * PANELS];
    for group in finished.chunks(PANELS) {
        for first in (0..LANES).step_by(R::WIDTH) {
            for (panel, block) in group.iter().zip(pivot_rows.chunks_exact_mut(LANES)) {
                let own = &panel[panel.len() - current.len() + first..][..R::WIDTH];
                for (column, row) in block.iter_mut().enumerate() {
                    for (entry, own) in row.iter_mut().zip(own) {
                        *entry = own[column];
                    }
                }
            }
            let mut below = current.len();
            for rows in current.chunks_exact_mut(TILE) {
                let update = Update { group, below, pivot_rows: &pivot_rows, first, rows };
                // A constant of the type, so that one of the two is left after compilation.
                const { assert!(R::WIDTH == 8 || R::WIDTH == 16) };
                match R::WIDTH {
                    16 => update_tile::<R, 16>(update),
                    _ => update_tile::<R, 8>(update),
                }
                below -= TILE;
            }
        }
    }
    let (diagonal, below) = current.split_at_mut(LANES);
    factor_diagonal(diagonal);
    invert(diagonal, inverse);
    for (row, entries) in inverse.iter().enumerate() {
        for column in 0..=row {
            transposed[column][row] = entries[column];
        }
    }
    for rows in below.chunks_exact_mut(TILE) {
        for row in rows {
            *row = combination(row, transposed);
        }
    }
}

/// What a tile of rows loses to a group of finished panels.
struct Update<'a, R> {
    group: &'a [Vec<PanelRow<R>>],
    /// Rows from the tile to the end of the matrix.
    below: usize,
    pivot_rows: &'a PivotRows<R>,
    /// The first of the lanes to update.
    first: usize,
    rows: &'a mut [PanelRow<R>],
}

/// rows -= L[rows, group] L[pivot rows, group]ᵀ in `WIDTH` lanes.
#[inline(always)]
fn update_tile<R: Real, const WIDTH: usize>(update: Update<'_, R>) {
    let Update { group, below, pivot_rows, first, rows } = update;
    let mut sums = [[R::ZERO; WIDTH]; TILE];
    for (sum, row) in sums.iter_mut().zip(rows.iter()) {
        sum.copy_from_slice(&row[first..first + WIDTH]);
    }
    for (panel, block) in group.iter().zip(pivot_rows.chunks_exact(LANES)) {
        let own = &panel[panel.len() - below..][..TILE];
        for (column, pivot) in block.iter().enumerate() {
            for (sum, factor) in sums.iter_mut().zip(own) {
                for lane in 0..WIDTH {
                    sum[lane] -= factor[column] * pivot[lane];
                }
            }
        }
    }
    for (sum, row) in sums.iter().zip(rows.iter_mut()) {
        row[first..first + WIDTH].copy_from_slice(sum);
    }
}

/// Factors the 32 × 32 block on the diagonal.
#[inline(always)]
fn factor_diagonal<R: Real>(block: &mut [PanelRow<R>]) {
    for column in 0..LANES {
        let pivot = block[column][column];
        let root = if pivot > R::SMALLEST_PIVOT { pivot } else { R::HUGE_PIVOT }.root();
        let inverse = R::ONE / root;
        let (above, below) = block.split_at_mut(column + 1);
        above[column][column] = root;
        above[column][column + 1..].fill(R::ZERO);
        let mut factors = PanelRow::ZERO;
        for (row, factor) in below.iter_mut().zip(&mut factors[column + 1..]) {
            row[column] *= inverse;
            *factor = row[column];
        }
        for row in below {
            let factor = row[column];
            subtract(row, &factors, factor);
        }
    }
}

/// The inverse of a lower triangular block, row by row.
#[inline(always)]
fn invert<R: Real>(block: &[PanelRow<R>], inverse: &mut Block<R>) {
    for (index, row) in block.iter().enumerate() {
        let mut result = PanelRow::ZERO;
        result[index] = R::ONE;
        for (&factor, above) in row.iter().zip(&inverse[..index]) {
            subtract(&mut result, above, factor);
        }
        let pivot = R::ONE / row[index];
        result.iter_mut().for_each(|entry| *entry *= pivot);
        inverse[index] = result;
    }
}

/// Σ_k t_k rows_k.
#[inline(always)]
fn combination<R: Real>(factors: &[R; LANES], rows: &Block<R>) -> PanelRow<R> {
    let mut sum = PanelRow::ZERO;
    for (&factor, row) in factors.iter().zip(rows) {
        for lane in 0..LANES {
            sum[lane] += factor * row[lane];
        }
    }
    sum
}

/// row ← row - t factors.
#[inline(always)]
fn subtract<R: Real>(row: &mut PanelRow<R>, factors: &PanelRow<R>, t: R) {
    for lane in 0..LANES {
        row[lane] -= t * factors[lane];
    }
}

dispatched! {
    /// x ← L⁻¹ x.
    fn solve_lower<R>(panels: &[Vec<PanelRow<R>>], transposed_inverses: &[Block<R>], x: &mut [R]) = solve_lower_body
}

#[inline(always)]
fn solve_lower_body<R: Real>(panels: &[Vec<PanelRow<R>>], transposed_inverses: &[Block<R>], x: &mut [R]) {
    let (x, _) = x.as_chunks_mut::<LANES>();
    for (index, transposed_inverse) in transposed_inverses.iter().enumerate() {
        let (solved, rest) = x.split_at_mut(index);
        let mut products = [PanelRow::ZERO; LANES];
        for (panel, solved) in panels.iter().zip(solved.iter()) {
            let own = &panel[panel.len() - rest.len() * LANES..][..LANES];
            add_products(&mut products, own, solved);
        }
        let mut values = [R::ZERO; LANES];
        for lane in 0..LANES {
            values[lane] = rest[0][lane] - sum_of(&products[lane]);
        }
        rest[0] = *combination(&values, transposed_inverse);
    }
}

/// sums += rows ∘ x, lane by lane.
#[inline(always)]
fn add_products<R: Real>(sums: &mut [PanelRow<R>; LANES], rows: &[PanelRow<R>], x: &[R; LANES]) {
    for (sum, row) in sums.iter_mut().zip(rows) {
        let mut products = PanelRow::ZERO;
        for lane in 0..LANES {
            products[lane] = sum[lane] + row[lane] * x[lane];
        }
        *sum = products;
    }
}

/// The sum over the lanes, halved in a fixed order.
#[inline(always)]
fn sum_of<R: Real>(row: &PanelRow<R>) -> R {
    let mut sums = *row;
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] = sums[lane] + sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

dispatched! {
    /// x ← L⁻ᵀ x.
    fn solve_upper<R>(panels: &[Vec<PanelRow<R>>], inverses: &[Block<R>], x: &mut [R]) = solve_upper_body
}

#[inline(always)]
fn solve_upper_body<R: Real>(panels: &[Vec<PanelRow<R>>], inverses: &[Block<R>], x: &mut [R]) {
    for (index, (panel, inverse)) in panels.iter().zip(inverses).enumerate().rev() {
        let (own, later) = x[index * LANES..].split_at_mut(LANES);
        let mut sums = PanelRow::ZERO;
        sums.copy_from_slice(own);
        for (&value, row) in later.iter().zip(&panel[LANES..]) {
            subtract(&mut sums, row, value);
        }
        own.copy_from_slice(&*combination(&sums, inverse));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomStream;

    /// A Aᵀ + 1 with random entries of A in [0, 1).
    fn positive_matrix<R: Real>(size: usize) -> PanelMatrix<R> {
        let mut stream = RandomStream::from_seed([4; 32]);
        let factor: Vec<Vec<f64>> = (0..size).map(|_| (0..size).map(|_| stream.uniform()).collect()).collect();
        let mut matrix = PanelMatrix::zeros(size);
        for (row, left) in factor.iter().enumerate() {
            for (column, right) in factor[..=row].iter().enumerate() {
                let product: f64 = left.iter().zip(right).map(|(left, right)| left * right).sum();
                *matrix.entry(row, column) = R::nearest(product + f64::from(u8::from(row == column)));
            }
        }
        matrix.finish_padding();
        matrix
    }

    fn largest_error<R: Real>(size: usize) -> f64 {
        let mut matrix = positive_matrix::<R>(size);
        let right: Vec<f64> = (0..size).map(|index| (index % 7) as f64 - 3.0).collect();
        let x = Cholesky::factor(InstructionSet::detect(), matrix.clone()).solve(&right);
        let mut entry = |row: usize, column: usize| matrix.entry(row.max(column), row.min(column)).to_double();
        let errors = (0..size).map(|row| {
            let product: f64 = (0..size).map(|column| entry(row, column) * x[column]).sum();
            (product - right[row]).abs()
        });
        errors.fold(0.0, f64::max)
    }

    #[test]
    fn solution_satisfies_the_equations() {
        for size in [1, 31, 32, 33, 150, 300] {
            let (single, double) = (largest_error::<f32>(size), largest_error::<f64>(size));
            assert!(single < 3e-2 && double < 1e-9, "{size}: {single} {double}");
        }
    }

    fn assert_same_bits<R: Real>() {
        let matrix = positive_matrix::<R>(205);
        let right: Vec<f64> = (0..205).map(|index| (index as f64).sqrt()).collect();
        let wide = Cholesky::factor(InstructionSet::detect(), matrix.clone());
        let baseline = Cholesky::factor(InstructionSet::baseline(), matrix);
        assert_eq!(wide.lower.panels, baseline.lower.panels);
        assert_eq!(wide.solve(&right), baseline.solve(&right));
    }

    #[test]
    fn both_paths_give_the_same_bits() {
        assert_same_bits::<f32>();
        assert_same_bits::<f64>();
    }

    #[test]
    fn a_lost_pivot_sets_its_unknown_to_zero() {
        let mut matrix = PanelMatrix::<f64>::zeros(2);
        *matrix.entry(0, 0) = 4.0;
        matrix.finish_padding();
        let x = Cholesky::factor(InstructionSet::detect(), matrix).solve(&[8.0, 1.0]);
        assert_eq!(x[0], 2.0);
        assert!(x[1].abs() < 1e-100);
    }
}
