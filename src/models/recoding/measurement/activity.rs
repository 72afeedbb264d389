//! Counts of active cells over independent contexts.

use super::counts::{active, shared};
use super::dimension::dimension;

/// What independent contexts show of one wiring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The mean number of active cells.
    pub active_cells: f64,
    /// Its standard deviation over contexts.
    pub deviation: f64,
    /// The mean number of cells that two contexts share.
    pub shared_cells: f64,
    /// The share of contexts in which no cell is active.
    pub empty_contexts: f64,
    /// (Tr C)² / Tr C², with C the covariance of the cells over contexts; NaN where nothing varies.
    pub dimension: f64,
}

impl Activity {
    /// Of patterns of independent contexts, an even number of them.
    pub(super) fn new(patterns: &[Vec<u64>]) -> Self {
        let counts: Vec<u64> = patterns.iter().map(|pattern| active(pattern)).collect();
        let total: u64 = counts.iter().sum();
        let squares: u64 = counts.iter().map(|count| count * count).sum();
        let contexts = counts.len() as f64;
        // In whole numbers up to here, so that a constant number of active cells has a variance of exactly 0.
        let spread = counts.len() as u64 * squares - total * total;
        let (first, second) = patterns.split_at(patterns.len() / 2);
        let pairs: u64 = first.iter().map(|left| second.iter().map(|right| shared(left, right)).sum::<u64>()).sum();
        Self {
            active_cells: total as f64 / contexts,
            deviation: (spread as f64 / (contexts * (contexts - 1.0))).sqrt(),
            shared_cells: pairs as f64 / (first.len() as f64 * second.len() as f64),
            empty_contexts: counts.iter().filter(|count| **count == 0).count() as f64 / contexts,
            dimension: dimension(patterns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_four_patterns() {
        let patterns = [vec![0b0011], vec![0b0110], vec![0b0000], vec![0b0111]];
        let activity = Activity::new(&patterns);
        assert_eq!(activity.active_cells, 7.0 / 4.0);
        assert!((activity.deviation - (4.75_f64 / 3.0).sqrt()).abs() < 1e-15);
        // 2 and 2 with the last pattern, 0 with the third.
        assert_eq!(activity.shared_cells, 1.0);
        assert_eq!(activity.empty_contexts, 0.25);
    }

    #[test]
    fn a_constant_number_does_not_deviate() {
        let patterns = [vec![0b0011], vec![0b0110], vec![0b1100], vec![0b0101]];
        assert_eq!(Activity::new(&patterns).deviation, 0.0);
    }
}
