//! Cholesky factor of a symmetric positive definite matrix in panels, and solutions with it.

use super::instruction_set::{InstructionSet, dispatched};
use super::panel_matrix::{LANES, PanelMatrix, PanelRow};

/// Rows updated together.
const TILE: usize = 4;
/// Lanes updated together: 4 rows × 8 lanes are held in eight 256-bit registers.
const HALF: usize = LANES / 2;
/// Finished panels whose update is applied in one pass; their block of the pivot rows (16 KiB) stays in the first cache.
const PANELS: usize = 8;

/// Pivots that are not greater than this are replaced by a huge one, which sets that unknown to 0.
const SMALLEST_PIVOT: f64 = 1e-290;
const HUGE_PIVOT: f64 = 1e128;

/// L with L Lᵀ = M.
#[derive(Clone, Debug)]
pub(super) struct Cholesky {
    lower: PanelMatrix,
    instructions: InstructionSet,
}

impl Cholesky {
    /// Factors `matrix`, whose storage it takes. Left-looking by panels of 16 columns.
    pub(super) fn factor(instructions: InstructionSet, mut matrix: PanelMatrix) -> Self {
        for panel in 0..matrix.panels.len() {
            let (finished, rest) = matrix.panels.split_at_mut(panel);
            if let Some(current) = rest.first_mut() {
                factor_panel(instructions, finished, current);
            }
        }
        Self { lower: matrix, instructions }
    }

    /// The storage, to be used again.
    pub(super) fn into_matrix(self) -> PanelMatrix {
        self.lower
    }

    /// The solution x of M x = v.
    pub(super) fn solve(&self, right_side: &[f64]) -> Vec<f64> {
        let mut x = right_side.to_vec();
        x.resize(self.lower.padded_size(), 0.0);
        solve_lower(self.instructions, &self.lower.panels, &mut x);
        solve_upper(self.instructions, &self.lower.panels, &mut x);
        x.truncate(self.lower.size());
        x
    }
}

dispatched! {
    /// Subtracts from `current` what the finished panels contribute, and factors it.
    fn factor_panel(finished: &[Vec<PanelRow>], current: &mut [PanelRow]) = factor_panel_body
}

#[inline(always)]
fn factor_panel_body(finished: &[Vec<PanelRow>], current: &mut [PanelRow]) {
    let padded_size = finished.len() * LANES + current.len();
    let mut pivot_rows = [PanelRow::ZERO; LANES * PANELS];
    for group in finished.chunks(PANELS) {
        for (panel, block) in group.iter().zip(pivot_rows.chunks_exact_mut(LANES)) {
            let own = &panel[panel.len() - current.len()..][..LANES];
            for (column, row) in block.iter_mut().enumerate() {
                for lane in 0..LANES {
                    row[lane] = own[lane][column];
                }
            }
        }
        for (tile, rows) in current.chunks_exact_mut(TILE).enumerate() {
            let below = current_rows_below(padded_size, finished.len(), tile);
            update_tile::<0>(group, below, &pivot_rows, rows);
            update_tile::<HALF>(group, below, &pivot_rows, rows);
        }
    }
    let (diagonal, below) = current.split_at_mut(LANES);
    let inverse = factor_diagonal(diagonal);
    for rows in below.chunks_exact_mut(TILE) {
        substitute_rows(diagonal, &inverse, rows);
    }
}

/// Rows from the start of a tile to the end of the matrix.
#[inline(always)]
fn current_rows_below(padded_size: usize, finished: usize, tile: usize) -> usize {
    padded_size - finished * LANES - tile * TILE
}

/// rows -= L[rows, group] L[pivot rows, group]ᵀ in the 8 lanes from `FIRST` on.
#[inline(always)]
fn update_tile<const FIRST: usize>(
    group: &[Vec<PanelRow>],
    below: usize,
    pivot_rows: &[PanelRow; LANES * PANELS],
    rows: &mut [PanelRow],
) {
    let mut sums = [[0.0; HALF]; TILE];
    for (sum, row) in sums.iter_mut().zip(rows.iter()) {
        sum.copy_from_slice(&row[FIRST..FIRST + HALF]);
    }
    for (panel, block) in group.iter().zip(pivot_rows.chunks_exact(LANES)) {
        let own = &panel[panel.len() - below..][..TILE];
        for (column, pivot) in block.iter().enumerate() {
            for (sum, factor) in sums.iter_mut().zip(own) {
                for lane in 0..HALF {
                    sum[lane] -= factor[column] * pivot[FIRST + lane];
                }
            }
        }
    }
    for (sum, row) in sums.iter().zip(rows.iter_mut()) {
        row[FIRST..FIRST + HALF].copy_from_slice(sum);
    }
}

/// Factors the 16 × 16 block on the diagonal and returns the inverses of its pivots' roots.
#[inline(always)]
fn factor_diagonal(block: &mut [PanelRow]) -> PanelRow {
    let mut inverse = PanelRow::ZERO;
    for column in 0..LANES {
        let pivot = block[column][column];
        let root = if pivot > SMALLEST_PIVOT { pivot } else { HUGE_PIVOT }.sqrt();
        inverse[column] = 1.0 / root;
        let (above, below) = block.split_at_mut(column + 1);
        above[column][column] = root;
        above[column][column + 1..].fill(0.0);
        for row in below.iter_mut() {
            row[column] *= inverse[column];
        }
        let mut factors = PanelRow::ZERO;
        factors.iter_mut().zip(below.iter()).for_each(|(factor, row)| *factor = row[column]);
        for (row, &factor) in below.iter_mut().zip(factors.iter()) {
            for (entry, &later) in row[column + 1..].iter_mut().zip(factors.iter()) {
                *entry -= factor * later;
            }
        }
    }
    inverse
}

/// rows ← rows · D⁻ᵀ, D the factored block on the diagonal.
#[inline(always)]
fn substitute_rows(diagonal: &[PanelRow], inverse: &PanelRow, rows: &mut [PanelRow]) {
    for column in 0..LANES {
        for row in rows.iter_mut() {
            row[column] *= inverse[column];
        }
        for later in column + 1..LANES {
            let factor = diagonal[later][column];
            for row in rows.iter_mut() {
                row[later] -= row[column] * factor;
            }
        }
    }
}

dispatched! {
    /// x ← L⁻¹ x.
    fn solve_lower(panels: &[Vec<PanelRow>], x: &mut [f64]) = solve_lower_body
}

#[inline(always)]
fn solve_lower_body(panels: &[Vec<PanelRow>], x: &mut [f64]) {
    for (index, panel) in panels.iter().enumerate() {
        let (own, later) = x[index * LANES..].split_at_mut(LANES);
        let mut solved = PanelRow::ZERO;
        for (lane, row) in panel[..LANES].iter().enumerate() {
            let mut value = own[lane];
            for before in 0..lane {
                value -= row[before] * solved[before];
            }
            solved[lane] = value / row[lane];
        }
        own.copy_from_slice(&*solved);
        for (value, row) in later.iter_mut().zip(&panel[LANES..]) {
            *value -= dot(row, &solved);
        }
    }
}

/// Σ a b over the lanes, halved in a fixed order.
#[inline(always)]
fn dot(a: &PanelRow, b: &PanelRow) -> f64 {
    let mut products = [0.0; LANES];
    for lane in 0..LANES {
        products[lane] = a[lane] * b[lane];
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            products[lane] += products[lane + width];
        }
        width /= 2;
    }
    products[0]
}

dispatched! {
    /// x ← L⁻ᵀ x.
    fn solve_upper(panels: &[Vec<PanelRow>], x: &mut [f64]) = solve_upper_body
}

#[inline(always)]
fn solve_upper_body(panels: &[Vec<PanelRow>], x: &mut [f64]) {
    for (index, panel) in panels.iter().enumerate().rev() {
        let (own, later) = x[index * LANES..].split_at_mut(LANES);
        let mut sums = [0.0; LANES];
        sums.copy_from_slice(own);
        for (&value, row) in later.iter().zip(&panel[LANES..]) {
            for lane in 0..LANES {
                sums[lane] -= row[lane] * value;
            }
        }
        for lane in (0..LANES).rev() {
            sums[lane] /= panel[lane][lane];
            for before in 0..lane {
                sums[before] -= panel[lane][before] * sums[lane];
            }
        }
        own.copy_from_slice(&sums);
    }
}

#[cfg(test)]
mod tests {
    use super::super::bit_matrix::tests::random_matrix;
    use super::super::normal_matrix::NormalMatrix;
    use super::*;

    fn positive_matrix(size: usize) -> PanelMatrix {
        let bits = random_matrix(2 * size, size, 4);
        let mut matrix = PanelMatrix::zeros(size);
        let weights: Vec<f64> = (0..2 * size).map(|pattern| 1.0 + pattern as f64 / 7.0).collect();
        NormalMatrix::new(&bits, &bits.transposed()).form(InstructionSet::detect(), &weights, &mut matrix);
        matrix.add_diagonal(&vec![0.3; size]);
        matrix
    }

    #[test]
    fn solution_satisfies_the_equations() {
        for size in [1, 15, 16, 17, 150, 300] {
            let matrix = positive_matrix(size);
            let right: Vec<f64> = (0..size).map(|index| (index % 7) as f64 - 3.0).collect();
            let factor = Cholesky::factor(InstructionSet::detect(), matrix.clone());
            let x = factor.solve(&right);
            for (row, &expected) in right.iter().enumerate() {
                let entry = |column: usize| matrix.entry(row.max(column), row.min(column));
                let product: f64 = (0..size).map(|column| entry(column) * x[column]).sum();
                assert!((product - expected).abs() < 1e-9, "{size}: {product} {expected}");
            }
        }
    }

    #[test]
    fn both_paths_give_the_same_bits() {
        let matrix = positive_matrix(205);
        let right: Vec<f64> = (0..205).map(|index| (index as f64).sqrt()).collect();
        let wide = Cholesky::factor(InstructionSet::detect(), matrix.clone());
        let baseline = Cholesky::factor(InstructionSet::baseline(), matrix);
        assert_eq!(wide.lower.panels, baseline.lower.panels);
        assert_eq!(wide.solve(&right), baseline.solve(&right));
    }

    #[test]
    fn a_lost_pivot_sets_its_unknown_to_zero() {
        let mut matrix = PanelMatrix::zeros(2);
        matrix.add_diagonal(&[4.0, 0.0]);
        let x = Cholesky::factor(InstructionSet::detect(), matrix).solve(&[8.0, 1.0]);
        assert_eq!(x[0], 2.0);
        assert!(x[1].abs() < 1e-100);
    }
}
