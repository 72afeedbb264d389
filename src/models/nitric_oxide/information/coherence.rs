//! Information of linear channels, frequency by frequency.

/// A complex amplitude, real and imaginary part.
pub type Complex = (f64, f64);

/// The information in nats that the amplitudes of one band carry about those of the signal: n (-ln(1 - γ²)) - n / (n -
/// 1).
///
/// γ² = |Σ x̄ y|² / (Σ |x|² Σ |y|²) is the coherence over the n frequencies of the band, which must be narrow enough
/// for the channel to treat them alike. For complex Gaussian amplitudes -ln(1 - γ²) has the bias ψ(n) - ψ(n - 1) = 1 /
/// (n - 1) whatever the true coherence (mean of the log determinant of a Wishart matrix; Goodman 1963), which is taken
/// off. So the estimate is without bias and can be negative. For other channels it is a lower bound: that of the best
/// linear reconstruction of a Gaussian signal (Bialek et al. 1991, Science 252:1854; Borst & Theunissen 1999, Nat
/// Neurosci 2:947).
///
/// `None` for fewer than two frequencies.
pub fn coherent_information(signal: &[Complex], response: &[Complex]) -> Option<f64> {
    let count = signal.len();
    if count < 2 || response.len() != count {
        return None;
    }
    let (mut signal_power, mut response_power, mut cross) = (0.0, 0.0, (0.0, 0.0));
    for (x, y) in signal.iter().zip(response) {
        signal_power += x.0 * x.0 + x.1 * x.1;
        response_power += y.0 * y.0 + y.1 * y.1;
        cross.0 += x.0 * y.0 + x.1 * y.1;
        cross.1 += x.0 * y.1 - x.1 * y.0;
    }
    let product = signal_power * response_power;
    // Without a response there is no coherence, nor a bias.
    if product == 0.0 {
        return Some(0.0);
    }
    let coherence = (cross.0 * cross.0 + cross.1 * cross.1) / product;
    let n = count as f64;
    Some(-n * libm::log1p(-coherence) - n / (n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomStream;

    fn gaussian(stream: &mut RandomStream) -> Complex {
        let radius = (-(1.0 - stream.uniform()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * stream.uniform()).sin_cos();
        (radius * cosine, radius * sine)
    }

    #[test]
    fn the_estimate_has_no_bias_at_any_signal_to_noise_ratio() {
        for (count, ratio) in [(5, 0.0f64), (5, 1.0), (16, 0.1), (64, 3.0)] {
            let mut stream = RandomStream::from_seed([count as u8; 32]);
            let rounds = 4000;
            let estimates: Vec<f64> = (0..rounds)
                .map(|_| {
                    let x: Vec<Complex> = (0..count).map(|_| gaussian(&mut stream)).collect();
                    // A gain of 2i.
                    let response = |x: &Complex| {
                        let noise = gaussian(&mut stream);
                        (2.0 * (-ratio.sqrt() * x.1 + noise.0), 2.0 * (ratio.sqrt() * x.0 + noise.1))
                    };
                    let y: Vec<Complex> = x.iter().map(response).collect();
                    coherent_information(&x, &y).unwrap()
                })
                .collect();
            let mean = estimates.iter().sum::<f64>() / f64::from(rounds);
            let variance = estimates.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(rounds);
            let exact = count as f64 * ratio.ln_1p();
            let error = (variance / f64::from(rounds)).sqrt();
            assert!((mean - exact).abs() < 4.0 * error, "{count}, {ratio}: {mean} ± {error}, not {exact}");
        }
    }

    #[test]
    fn limits() {
        let signal = [(1.0, 0.0), (0.0, 2.0)];
        assert_eq!(coherent_information(&signal, &[(0.0, 0.0); 2]), Some(0.0));
        assert_eq!(coherent_information(&signal[..1], &[(1.0, 0.0)]), None);
    }
}
