//! At what frequencies a signal varies.

use std::f64::consts::TAU;

/// The share of the variance of periodic signals, all together, that lies at or below a frequency in 1/s; 0 without any
/// variance.
///
/// `step` is in seconds; all signals have one length N. The share is that of a discrete Fourier transform:
/// 2 Σ_f |X_f|² / N over Σ (x - mean)².
pub(super) fn share_below(signals: &[Vec<f64>], step: f64, frequency: f64) -> f64 {
    let count = signals.first().map_or(0, Vec::len);
    let turn: Vec<(f64, f64)> = (0..count).map(|index| libm::sincos(TAU * index as f64 / count as f64)).collect();
    // A count of whole periods, whatever rounding does to the product.
    let most_periods = (frequency * step * count as f64 + 1e-9) as usize;
    let (mut below, mut total) = (0.0, 0.0);
    for signal in signals {
        let mean = signal.iter().sum::<f64>() / count as f64;
        let varying: Vec<f64> = signal.iter().map(|value| value - mean).collect();
        total += varying.iter().map(|value| value * value).sum::<f64>();
        for periods in 1..=most_periods.min(count / 2) {
            // The Nyquist frequency is its own mirror image.
            let images = if 2 * periods == count { 1.0 } else { 2.0 };
            below += images * power(&varying, periods, &turn) / count as f64;
        }
    }
    if total > 0.0 { below / total } else { 0.0 }
}

/// |X|² at some whole periods over the length of the signal; `turn` has sine and cosine of each part of one period.
fn power(signal: &[f64], periods: usize, turn: &[(f64, f64)]) -> f64 {
    let (mut real, mut imaginary, mut angle) = (0.0, 0.0, 0);
    for value in signal {
        let (sine, cosine) = turn[angle];
        real += value * cosine;
        imaginary += value * sine;
        angle += periods;
        if angle >= turn.len() {
            angle -= turn.len();
        }
    }
    real * real + imaginary * imaginary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_count_where_they_are_and_all_frequencies_make_one() {
        let wave = |frequency: f64| (0..1000).map(move |n| libm::sin(TAU * frequency * n as f64 * 0.005));
        let slow_and_fast: Vec<f64> = wave(1.0).zip(wave(10.0)).map(|(slow, fast)| 3.0 + 2.0 * slow + fast).collect();
        for (frequency, share) in [(0.8, 0.0), (1.0, 0.8), (9.8, 0.8), (10.0, 1.0), (100.0, 1.0)] {
            let found = share_below(std::slice::from_ref(&slow_and_fast), 0.005, frequency);
            assert!((found - share).abs() < 1e-10, "{frequency}: {found}");
        }
        let jagged: Vec<f64> = (0..240).map(|n| f64::from(n * n % 17)).collect();
        assert!((share_below(&[jagged], 0.005, 100.0) - 1.0).abs() < 1e-10);
        assert_eq!(share_below(&[vec![2.0; 100]], 0.005, 2.0), 0.0);
    }
}
