//! Counts of bits.

/// The number of active cells of a pattern.
pub(super) fn active(pattern: &[u64]) -> u64 {
    pattern.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// The number of cells that are active in both patterns.
pub(super) fn shared(left: &[u64], right: &[u64]) -> u64 {
    left.iter().zip(right).map(|(left, right)| u64::from((left & right).count_ones())).sum()
}

/// In how many of the patterns each cell is active.
pub(super) fn by_cell(patterns: &[Vec<u64>], cells: usize) -> Vec<u64> {
    let mut counts = vec![0; cells];
    for pattern in patterns {
        for (cell, count) in counts.iter_mut().enumerate() {
            *count += pattern[cell / 64] >> (cell % 64) & 1;
        }
    }
    counts
}

/// Moments of the cells that patterns of independent contexts give, without bias.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellMoments {
    /// Σ_i m_i², m_i the mean of cell i.
    pub squared_means: f64,
    /// Σ_i m_i (1 - m_i), the sum of the variances of all cells.
    pub variance: f64,
}

impl CellMoments {
    /// Means per cell, because under Golgi inhibition some cells are active more often than others. Products of the
    /// means of two halves have no bias.
    pub(super) fn new(patterns: &[Vec<u64>], cells: usize) -> Self {
        let (first, second) = patterns.split_at(patterns.len() / 2);
        let products = by_cell(first, cells).into_iter().zip(by_cell(second, cells)).map(|(a, b)| a * b).sum::<u64>();
        let total: u64 = patterns.iter().map(|pattern| active(pattern)).sum();
        let squared_means = products as f64 / (first.len() as f64 * second.len() as f64);
        Self { squared_means, variance: total as f64 / patterns.len() as f64 - squared_means }
    }
}
