//! The matrix Ξᵀ D Ξ of the normal equations, formed from bits.

use crate::instruction_set::{InstructionSet, dispatched};
use crate::models::linear_algebra::bit_matrix::BitMatrix;
use crate::models::linear_algebra::panel_matrix::{LANES, PanelMatrix, PanelRow};
use crate::models::linear_algebra::real::Real;

/// Patterns of a group: a table holds the 2⁵ sums that a group can add to an entry.
const GROUP: usize = 5;
const TABLE: usize = 1 << GROUP;
/// Groups summed in registers between reading and writing an entry; their tables fill 24 KiB in single precision.
const GROUPS: usize = 6;
const SWEEP: usize = GROUP * GROUPS;

type Tables<R> = [PanelRow<R>; TABLE * GROUPS];

/// Adds Σ_μ d_μ ξ_μ ξ_μᵀ to the lower triangle of `matrix`, whose first rows are the units. `units` has a row of bits
/// for each, one per pattern, and `weights` are the d_μ.
///
/// The method of Four Russians: for a panel of 32 columns and a group of 5 patterns, the 32 possible sums
/// Σ_μ d_μ ξ_μj are tabulated, and each row i of the panel adds the one that its own 5 bits select. So there is one
/// addition for 5 patterns, and no multiplication.
pub(super) fn add_normal_matrix<R: Real>(
    instructions: InstructionSet,
    units: &BitMatrix,
    weights: &[R],
    matrix: &mut PanelMatrix<R>,
) {
    let sweeps = weights.len().div_ceil(SWEEP);
    let mut padded = weights.to_vec();
    padded.resize(sweeps * SWEEP, R::ZERO);
    let keys = sweep_keys(units, sweeps);
    let mut tables = [PanelRow::ZERO; TABLE * GROUPS];
    for (panel, rows) in matrix.panels.iter_mut().enumerate().take(units.rows().div_ceil(LANES)) {
        let first = panel * LANES;
        for (sweep, keys) in keys.chunks_exact(units.rows()).enumerate() {
            let lanes = sweep_lanes(&keys[first..(first + LANES).min(units.rows())]);
            add_sweep(instructions, &padded[sweep * SWEEP..][..SWEEP], &lanes, &keys[first..], &mut tables, rows);
        }
    }
}

/// The bits of unit i in the 30 patterns of sweep k, at k · units + i.
fn sweep_keys(units: &BitMatrix, sweeps: usize) -> Vec<u32> {
    let mut keys = vec![0; sweeps * units.rows()];
    for unit in 0..units.rows() {
        for sweep in 0..sweeps {
            keys[sweep * units.rows() + unit] = bits_from(units.row(unit), sweep * SWEEP);
        }
    }
    keys
}

/// The 30 bits of `words` from bit `start` on.
fn bits_from(words: &[u64], start: usize) -> u32 {
    let (index, shift) = (start / 64, start % 64);
    let low = words[index] >> shift;
    let high = if shift == 0 { 0 } else { words.get(index + 1).map_or(0, |word| word << (64 - shift)) };
    (low | high) as u32 & ((1 << SWEEP) - 1)
}

/// The keys of up to 32 units transposed: bits of the units in each pattern of the sweep.
fn sweep_lanes(keys: &[u32]) -> [u32; LANES] {
    let mut lanes = [0; LANES];
    lanes[..keys.len()].copy_from_slice(keys);
    let mut width = LANES / 2;
    let mut mask = u32::MAX >> width;
    while width > 0 {
        for low in (0..LANES).filter(|row| row & width == 0) {
            let exchanged = (lanes[low] >> width ^ lanes[low + width]) & mask;
            lanes[low] ^= exchanged << width;
            lanes[low + width] ^= exchanged;
        }
        width /= 2;
        mask ^= mask << width;
    }
    lanes
}

dispatched! {
    /// Adds 30 patterns to a panel.
    fn add_sweep<R>(
        weights: &[R], lanes: &[u32; LANES], keys: &[u32], tables: &mut Tables<R>, rows: &mut [PanelRow<R>],
    ) = add_sweep_body
}

#[inline(always)]
fn add_sweep_body<R: Real>(
    weights: &[R],
    lanes: &[u32; LANES],
    keys: &[u32],
    tables: &mut Tables<R>,
    rows: &mut [PanelRow<R>],
) {
    for (group, table) in tables.chunks_exact_mut(TABLE).enumerate() {
        for bit in 0..GROUP {
            let value = spread(weights[group * GROUP + bit], lanes[group * GROUP + bit]);
            for known in 0..1 << bit {
                for lane in 0..LANES {
                    table[(1 << bit) + known][lane] = table[known][lane] + value[lane];
                }
            }
        }
    }
    for (row, &key) in rows.iter_mut().zip(keys) {
        let mut sum = *row;
        for group in 0..GROUPS {
            let selected = &tables[group * TABLE + (key as usize >> (group * GROUP)) % TABLE];
            for lane in 0..LANES {
                sum[lane] += selected[lane];
            }
        }
        *row = sum;
    }
}

/// `value` in the lanes whose bit is set, 0 in the others.
#[inline(always)]
fn spread<R: Real>(value: R, bits: u32) -> PanelRow<R> {
    let mut row = PanelRow::ZERO;
    for (lane, entry) in row.iter_mut().enumerate() {
        *entry = value.kept_if(bits >> lane & 1 == 1);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::linear_algebra::bit_matrix::tests::random_matrix;

    #[test]
    fn both_paths_give_the_sum_over_patterns() {
        for (patterns, units) in [(1, 1), (29, 17), (100, 33), (31, 70)] {
            let bits = random_matrix(units, patterns, 3);
            let weights: Vec<f64> = (0..patterns).map(|pattern| 1.0 / (pattern + 1) as f64).collect();
            let mut matrix = PanelMatrix::zeros(units + 2);
            add_normal_matrix(InstructionSet::detect(), &bits, &weights, &mut matrix);
            let mut baseline = PanelMatrix::zeros(units + 2);
            add_normal_matrix(InstructionSet::baseline(), &bits, &weights, &mut baseline);
            assert_eq!(matrix.panels, baseline.panels);
            for row in 0..units {
                for column in 0..=row {
                    let expected: f64 = (0..patterns)
                        .filter(|&pattern| bits.bit(row, pattern) && bits.bit(column, pattern))
                        .map(|pattern| weights[pattern])
                        .sum();
                    assert!((*matrix.entry(row, column) - expected).abs() < 1e-12);
                }
            }
        }
    }
}
