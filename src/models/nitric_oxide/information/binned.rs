//! Entropy and information by counting.
//!
//! The plug-in estimate takes visited fractions for probabilities: H = -Σ p log2 p, I = H(x) + H(y) - H(x, y), in bits
//! (Shannon 1948). Its bias is always upwards for I: about (K_xy - K_x - K_y + 1) / (2 n ln 2) for K bins that are
//! visited often (Miller 1955), and as much as log2 n where every sample has its own bin.

/// The bins of values, `count` of equal width between the least and the greatest.
pub(crate) fn of_equal_width(values: &[f64], count: u32) -> Vec<u32> {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = greatest - least;
    let bin = |value: &f64| if width > 0.0 { ((value - least) / width * f64::from(count)) as u32 } else { 0 };
    values.iter().map(|value| bin(value).min(count - 1)).collect()
}

/// The bins of values, `count` with as many values each as ties allow: equal values share the bin of the first of them.
pub(crate) fn equally_populated(values: &[f64], count: u32) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&one, &other| values[one].total_cmp(&values[other]));
    let mut bins = vec![0; values.len()];
    let (mut bin, mut previous) = (0, f64::NAN);
    for (rank, &index) in order.iter().enumerate() {
        if values[index] != previous {
            bin = (rank as u64 * u64::from(count) / values.len() as u64) as u32;
            previous = values[index];
        }
        bins[index] = bin;
    }
    bins
}

/// The plug-in entropy of bins, in bits; 0 without samples.
pub fn entropy(bins: &[u32]) -> f64 {
    let keys: Vec<u64> = bins.iter().map(|&bin| u64::from(bin)).collect();
    entropy_of_keys(keys)
}

/// The plug-in information between two series of bins, sample by sample, in bits.
///
/// There are as many samples as the shorter series has.
pub fn information(x: &[u32], y: &[u32]) -> f64 {
    let samples = x.len().min(y.len());
    let columns = y.iter().max().map_or(1, |&largest| u64::from(largest) + 1);
    let joint = x.iter().zip(y).map(|(&x, &y)| u64::from(x) * columns + u64::from(y)).collect();
    (entropy(&x[..samples]) + entropy(&y[..samples]) - entropy_of_keys(joint)).max(0.0)
}

/// log2 n - (Σ c log2 c) / n over the counts c of equal keys, in the order of the keys.
fn entropy_of_keys(mut keys: Vec<u64>) -> f64 {
    if keys.is_empty() {
        return 0.0;
    }
    let samples = keys.len() as f64;
    let term = |count: usize| count as f64 * libm::log2(count as f64);
    let largest = keys.iter().copied().max().unwrap_or(0) as usize;
    let mut sum = 0.0;
    if largest < 2 * keys.len() {
        let mut counts = vec![0; largest + 1];
        keys.iter().for_each(|&key| counts[key as usize] += 1);
        counts.into_iter().filter(|&count| count > 0).for_each(|count| sum += term(count));
    } else {
        keys.sort_unstable();
        keys.chunk_by(|one, other| one == other).for_each(|equal| sum += term(equal.len()));
    }
    (libm::log2(samples) - sum / samples).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomStream;

    #[test]
    fn entropies_of_known_distributions() {
        assert_eq!(entropy(&[]), 0.0);
        assert_eq!(entropy(&[3, 3, 3]), 0.0);
        assert_eq!(entropy(&[0, 1, 2, 3]), 2.0);
        assert_eq!(entropy(&[0, 0, 1, 2]), 1.5);
        // Many possible keys for few samples, and few for many: the same sum.
        assert_eq!(entropy(&[900, 900, 7, 12]), 1.5);
    }

    #[test]
    fn information_of_known_tables() {
        let x = [0, 0, 1, 1];
        assert_eq!(information(&x, &[5, 5, 9, 9]), 1.0);
        assert_eq!(information(&x, &[0, 1, 0, 1]), 0.0);
        assert_eq!(information(&x, &[2, 2, 2, 2]), 0.0);
        // A symmetric channel with one error in four: 1 - h(1/4) = 0.18872187554086717.
        let sent = [0, 0, 0, 0, 1, 1, 1, 1];
        let received = [0, 0, 0, 1, 1, 1, 1, 0];
        assert!((information(&sent, &received) - 0.188_721_875_540_867_17).abs() < 1e-15);
    }

    #[test]
    fn bins_of_equal_width_and_of_equal_size() {
        assert_eq!(of_equal_width(&[0.0, 0.24, 0.26, 0.99, 1.0], 4), [0, 0, 1, 3, 3]);
        assert_eq!(of_equal_width(&[2.0, 2.0], 4), [0, 0]);
        assert_eq!(equally_populated(&[9.0, 1.0, 2.0, 5.0], 2), [1, 0, 0, 1]);
        // Three ties at the bottom share the first bin; the last value is in the last.
        assert_eq!(equally_populated(&[0.0, 7.0, 0.0, 0.0], 4), [0, 3, 0, 0]);
    }

    #[test]
    fn independent_samples_have_the_bias_that_theory_says() {
        let mut stream = RandomStream::from_seed([5; 32]);
        let (samples, rounds) = (4000, 60);
        let mut mean = 0.0;
        for _ in 0..rounds {
            let mut draw = || (0..samples).map(|_| (stream.uniform() * 8.0) as u32).collect::<Vec<u32>>();
            mean += information(&draw(), &draw()) / f64::from(rounds);
        }
        // (64 - 8 - 8 + 1) / (2 n ln 2); a χ² of 49 degrees of freedom scatters by √(2/49) of it.
        let bias = 49.0 / (2.0 * f64::from(samples) * std::f64::consts::LN_2);
        let error = bias * (2.0f64 / 49.0).sqrt() / f64::from(rounds).sqrt();
        assert!((mean - bias).abs() < 4.0 * error, "{mean}, expected {bias} ± {error}");
    }
}
