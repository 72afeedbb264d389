//! The matrix Ξᵀ D Ξ of the normal equations, formed from bits.

use super::bit_matrix::BitMatrix;
use super::instruction_set::{InstructionSet, dispatched};
use super::panel_matrix::{LANES, PanelMatrix, PanelRow};

/// Patterns of a group: a table holds the 2⁵ sums that a group can add to an entry.
const GROUP: usize = 5;
const TABLE: usize = 1 << GROUP;
/// Groups summed in registers between reading and writing an entry; their tables fill 24 KiB.
const GROUPS: usize = 6;
const SWEEP: usize = GROUP * GROUPS;

type Tables = [PanelRow; TABLE * GROUPS];

/// The bits of a pattern matrix laid out for forming Ξᵀ D Ξ.
///
/// The method of Four Russians: for a panel of 16 columns and a group of 5 patterns, the 32 possible sums
/// Σ_μ d_μ ξ_μj are tabulated, and each row i of the panel adds the one that its own 5 bits select. So there is one
/// addition for 5 patterns, and no multiplication.
#[derive(Clone, Debug)]
pub(super) struct NormalMatrix {
    patterns: usize,
    panels: usize,
    /// Bits of unit i in the 30 patterns of sweep k at `keys[k · padded units + i]`.
    keys: Vec<u32>,
    /// Bits of the 16 units of panel p in pattern μ at `lanes[p · padded patterns + μ]`.
    lanes: Vec<u16>,
}

impl NormalMatrix {
    /// From the patterns × units matrix and its transpose.
    pub(super) fn new(patterns: &BitMatrix, units: &BitMatrix) -> Self {
        let panels = units.rows().div_ceil(LANES);
        let sweeps = patterns.rows().div_ceil(SWEEP);
        let mut keys = vec![0; sweeps * panels * LANES];
        for unit in 0..units.rows() {
            for sweep in 0..sweeps {
                keys[sweep * panels * LANES + unit] = bits_from(units.row(unit), sweep * SWEEP);
            }
        }
        let mut lanes = vec![0; panels * sweeps * SWEEP];
        for pattern in 0..patterns.rows() {
            for (panel, bits) in patterns
                .row(pattern)
                .iter()
                .flat_map(|word| [*word as u16, (word >> 16) as u16, (word >> 32) as u16, (word >> 48) as u16])
                .take(panels)
                .enumerate()
            {
                lanes[panel * sweeps * SWEEP + pattern] = bits;
            }
        }
        Self { patterns: patterns.rows(), panels, keys, lanes }
    }

    /// Sets `matrix` to Σ_μ d_μ ξ_μ ξ_μᵀ (lower triangle; the padding is 0). `weights` are the d_μ, one a pattern.
    pub(super) fn form(&self, instructions: InstructionSet, weights: &[f64], matrix: &mut PanelMatrix) {
        let sweeps = self.patterns.div_ceil(SWEEP);
        let mut padded = weights.to_vec();
        padded.resize(sweeps * SWEEP, 0.0);
        let mut tables = [PanelRow::ZERO; TABLE * GROUPS];
        for (panel, rows) in matrix.panels.iter_mut().enumerate() {
            rows.fill(PanelRow::ZERO);
            for sweep in 0..sweeps {
                let lanes = &self.lanes[(panel * sweeps + sweep) * SWEEP..][..SWEEP];
                let keys = &self.keys[sweep * self.panels * LANES..][panel * LANES..self.panels * LANES];
                add_sweep(instructions, &padded[sweep * SWEEP..][..SWEEP], lanes, keys, &mut tables, rows);
            }
        }
    }
}

/// The 30 bits of `words` from bit `start` on.
fn bits_from(words: &[u64], start: usize) -> u32 {
    let (index, shift) = (start / 64, start % 64);
    let low = words[index] >> shift;
    let high = if shift == 0 { 0 } else { words.get(index + 1).map_or(0, |word| word << (64 - shift)) };
    (low | high) as u32 & ((1 << SWEEP) - 1)
}

dispatched! {
    /// Adds 30 patterns to a panel.
    fn add_sweep(weights: &[f64], lanes: &[u16], keys: &[u32], tables: &mut Tables, rows: &mut [PanelRow]) = add_sweep_body
}

#[inline(always)]
fn add_sweep_body(weights: &[f64], lanes: &[u16], keys: &[u32], tables: &mut Tables, rows: &mut [PanelRow]) {
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
fn spread(value: f64, bits: u16) -> PanelRow {
    let mut row = PanelRow::ZERO;
    for (lane, entry) in row.iter_mut().enumerate() {
        *entry = f64::from_bits(value.to_bits() & (u64::from(bits) >> lane & 1).wrapping_neg());
    }
    row
}

#[cfg(test)]
mod tests {
    use super::super::bit_matrix::tests::random_matrix;
    use super::*;

    #[test]
    fn both_paths_give_the_sum_over_patterns() {
        for (patterns, units) in [(1, 1), (29, 17), (100, 33), (31, 70)] {
            let bits = random_matrix(patterns, units, 3);
            let normal = NormalMatrix::new(&bits, &bits.transposed());
            let weights: Vec<f64> = (0..patterns).map(|pattern| 1.0 / (pattern + 1) as f64).collect();
            let mut matrix = PanelMatrix::zeros(units);
            normal.form(InstructionSet::detect(), &weights, &mut matrix);
            let mut baseline = PanelMatrix::zeros(units);
            normal.form(InstructionSet::baseline(), &weights, &mut baseline);
            assert_eq!(matrix.panels, baseline.panels);
            for row in 0..units {
                for column in 0..=row {
                    let expected: f64 = (0..patterns)
                        .filter(|&pattern| bits.bit(pattern, row) && bits.bit(pattern, column))
                        .map(|pattern| weights[pattern])
                        .sum();
                    assert!((matrix.entry(row, column) - expected).abs() < 1e-12);
                }
            }
        }
    }
}
