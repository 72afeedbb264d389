//! The standard normal distribution, and moments of its rectified part.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// φ(x) = exp(-x²/2) / √(2π).
pub(super) fn density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x) / (2.0 * PI).sqrt()
}

/// Φ(x), the probability of a standard normal value below x.
pub(super) fn distribution(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// G1(b) = E (b + z)₊ = b Φ(b) + φ(b).
pub(super) fn rectified_mean(b: f64) -> f64 {
    b * distribution(b) + density(b)
}

/// G2(b) = E (b + z)₊² = (1 + b²) Φ(b) + b φ(b).
pub(super) fn rectified_square(b: f64) -> f64 {
    (1.0 + b * b) * distribution(b) + b * density(b)
}

/// E (b + z)₊^k for k = 0 to 4; M_k = b M_(k-1) + (k - 1) M_(k-2).
pub(super) fn rectified_moments(b: f64) -> [f64; 5] {
    let mut moments = [distribution(b), rectified_mean(b), rectified_square(b), 0.0, 0.0];
    for k in 3..5 {
        moments[k] = b * moments[k - 1] + (k - 1) as f64 * moments[k - 2];
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_agree_with_a_midpoint_sum() {
        for b in [-3.0, -0.5, 0.0, 1.3] {
            let step = 1e-3;
            let (mut mean, mut square, mut below) = (0.0, 0.0, 0.0);
            for k in 0..20_000 {
                let z = -10.0 + (k as f64 + 0.5) * step;
                let rectified = (b + z).max(0.0);
                mean += rectified * density(z) * step;
                square += rectified * rectified * density(z) * step;
                below += if z < b { density(z) * step } else { 0.0 };
            }
            assert!((rectified_mean(b) - mean).abs() < 1e-6);
            assert!((rectified_square(b) - square).abs() < 1e-6);
            assert!((distribution(b) - below).abs() < 1e-3);
            for (order, moment) in rectified_moments(b).into_iter().enumerate().skip(1) {
                let sum: f64 = (0..20_000)
                    .map(|k| -10.0 + (f64::from(k) + 0.5) * step)
                    .map(|z| (b + z).max(0.0).powi(order as i32) * density(z) * step)
                    .sum();
                assert!((moment - sum).abs() < 1e-5 * (1.0 + sum), "{b} {order}: {moment} {sum}");
            }
        }
    }
}
