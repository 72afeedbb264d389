//! Binomial coefficients and probabilities.

/// C(n, k) for k ≤ 16 or so; 0 for k > n.
pub(in crate::models::recoding) fn binomial(n: usize, k: usize) -> f64 {
    if k > n {
        return 0.0;
    }
    (0..k).fold(1.0, |product, index| product * (n - index) as f64 / (index + 1) as f64)
}

/// x^n by multiplication, so that all machines give the same bits.
pub(in crate::models::recoding) fn power(x: f64, n: usize) -> f64 {
    (0..n).fold(1.0, |product, _| product * x)
}

/// P(Bin(n, p) = m).
pub(in crate::models::recoding) fn probability(n: usize, m: usize, p: f64) -> f64 {
    binomial(n, m) * power(p, m) * power(1.0 - p, n - m)
}

/// P(Bin(n, p) ≥ m).
pub(in crate::models::recoding) fn at_least(n: usize, m: usize, p: f64) -> f64 {
    (m..=n).map(|count| probability(n, count, p)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_and_probabilities_are_those_of_tables() {
        assert_eq!([binomial(5, 2), binomial(16, 8), binomial(3, 4), binomial(0, 0)], [10.0, 12870.0, 0.0, 1.0]);
        assert!((binomial(1 << 20, 3) / 1.921524e17 - 1.0).abs() < 1e-5);
        assert!((probability(4, 3, 0.3) - 0.0756).abs() < 1e-15);
        assert!((at_least(4, 3, 0.3) - 0.0837).abs() < 1e-15);
        assert!((at_least(7, 0, 0.4) - 1.0).abs() < 1e-15);
    }
}
