//! What the tests of several models share: streams with a number, and means with their errors.

use microzone::random::RandomStream;

pub(crate) fn stream(number: u64) -> RandomStream {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    RandomStream::from_seed(seed)
}

/// Mean and standard error.
pub(crate) fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}
