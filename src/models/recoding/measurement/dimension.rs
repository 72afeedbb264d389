//! The dimension of the activity: over how many directions its variance is spread.

/// The difference of two patterns: cells that are active only in the first, and only in the second.
struct Difference {
    gained: Vec<u64>,
    lost: Vec<u64>,
}

/// (Tr C)² / Tr C² of the covariance C of the cells, from patterns of independent contexts; NaN where nothing varies.
///
/// With differences δ = ξ¹ - ξ² of pairs of contexts, Tr C = E |δ|² / 2 and Tr C² = E (δ·δ')² / 4, the second over
/// pairs of differences, each from one half of the contexts. These are sums of whole numbers without any bias, and so
/// is the product of Tr C of both halves; the ratio has a bias of the order of the squared relative error of Tr C².
pub(super) fn dimension(patterns: &[Vec<u64>]) -> f64 {
    let differences: Vec<Difference> = patterns.chunks_exact(2).map(|pair| difference(&pair[0], &pair[1])).collect();
    let (first, second) = differences.split_at(differences.len() / 2);
    let trace = |half: &[Difference]| half.iter().map(squared_length).sum::<u64>() as f64 / (2.0 * half.len() as f64);
    let squares: u64 = first.iter().map(|a| second.iter().map(|b| product(a, b).pow(2)).sum::<u64>()).sum();
    let trace_of_square = squares as f64 / (4.0 * first.len() as f64 * second.len() as f64);
    trace(first) * trace(second) / trace_of_square
}

fn difference(left: &[u64], right: &[u64]) -> Difference {
    let only = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| a & !b).collect();
    Difference { gained: only(left, right), lost: only(right, left) }
}

/// |δ|².
fn squared_length(difference: &Difference) -> u64 {
    difference.gained.iter().chain(&difference.lost).map(|word| u64::from(word.count_ones())).sum()
}

/// δ·δ', without its sign.
fn product(left: &Difference, right: &Difference) -> u64 {
    let (mut alike, mut unlike) = (0, 0);
    let words = left.gained.iter().zip(&left.lost).zip(right.gained.iter().zip(&right.lost));
    for ((gained, lost), (other_gained, other_lost)) in words {
        alike += u64::from(((gained & other_gained) | (lost & other_lost)).count_ones());
        unlike += u64::from(((gained & other_lost) | (lost & other_gained)).count_ones());
    }
    alike.abs_diff(unlike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomStream;

    #[test]
    fn products_are_those_of_signed_vectors() {
        let mut stream = RandomStream::from_seed([4; 32]);
        let mut pattern = || vec![stream.bits(), stream.bits() & 0xff];
        for _ in 0..20 {
            let patterns = [pattern(), pattern(), pattern(), pattern()];
            let entry = |a: &[u64], b: &[u64], cell: usize| {
                (a[cell / 64] >> (cell % 64) & 1) as i64 - (b[cell / 64] >> (cell % 64) & 1) as i64
            };
            let signed: i64 = (0..72)
                .map(|cell| entry(&patterns[0], &patterns[1], cell) * entry(&patterns[2], &patterns[3], cell))
                .sum();
            let [left, right] = [0, 2].map(|first| difference(&patterns[first], &patterns[first + 1]));
            assert_eq!(product(&left, &right), signed.unsigned_abs());
        }
    }

    #[test]
    fn independent_cells_have_as_many_dimensions_as_there_are() {
        let mut stream = RandomStream::from_seed([5; 32]);
        let mut mean = 0.0;
        for _ in 0..50 {
            let patterns: Vec<Vec<u64>> = (0..128).map(|_| vec![stream.bits(), stream.bits()]).collect();
            mean += dimension(&patterns) / 50.0;
        }
        // One sample scatters by 5 %.
        assert!((mean - 128.0).abs() < 4.0, "{mean}");
        // The same 64 cells twice.
        let twice: Vec<Vec<u64>> = (0..2048).map(|_| vec![stream.bits(); 2]).collect();
        assert!((dimension(&twice) - 64.0).abs() < 2.0);
    }

    #[test]
    fn nothing_that_varies_has_no_dimension() {
        assert!(dimension(&vec![vec![7]; 8]).is_nan());
    }
}
