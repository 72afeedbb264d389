//! Spikes of many fibres in one step.

use crate::random::RandomStream;

/// How many of `fibres` fire when each does with a probability, which is cut to [0, 1]: a binomial variate by inversion
/// of one uniform variate, which is always taken, so that runs with other rates stay paired.
pub(super) fn firing(stream: &mut RandomStream, fibres: usize, probability: f64) -> usize {
    let uniform = stream.uniform();
    let probability = probability.clamp(0.0, 1.0);
    // From the side on which nothing underflows: 2^-1000 is a number.
    if probability > 0.5 {
        fibres - invert(uniform, fibres, 1.0 - probability)
    } else {
        invert(uniform, fibres, probability)
    }
}

fn invert(uniform: f64, fibres: usize, probability: f64) -> usize {
    let odds = probability / (1.0 - probability);
    let mut mass = libm::pow(1.0 - probability, fibres as f64);
    let (mut left, mut count) = (uniform, 0);
    while left >= mass && count < fibres {
        left -= mass;
        count += 1;
        mass *= odds * (fibres - count + 1) as f64 / count as f64;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_moments_of_a_binomial_distribution() {
        let mut stream = RandomStream::from_seed([4; 32]);
        for (fibres, probability) in [(1, 0.3), (10, 0.005), (10, 0.4), (10, 0.97), (1000, 0.5), (1000, 0.9)] {
            let draws = 20_000;
            let counts: Vec<f64> = (0..draws).map(|_| firing(&mut stream, fibres, probability) as f64).collect();
            let (expected, variance) = (fibres as f64 * probability, fibres as f64 * probability * (1.0 - probability));
            let mean = counts.iter().sum::<f64>() / f64::from(draws);
            let spread = counts.iter().map(|count| (count - expected).powi(2)).sum::<f64>() / f64::from(draws);
            assert!((mean - expected).abs() < 4.0 * (variance / f64::from(draws)).sqrt(), "{fibres}, {probability}");
            assert!((spread / variance - 1.0).abs() < 0.15, "{fibres}, {probability}: {spread}");
        }
        assert_eq!([-1.0, 0.0, 1.0, 7.0].map(|certain| firing(&mut stream, 10, certain)), [0, 0, 10, 10]);
    }
}
