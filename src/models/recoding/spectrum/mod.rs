//! How the activity of a cell depends on sets of its fibres.

pub(super) mod combinations;

use self::combinations::{at_least, binomial, power, probability};

/// The expansion of a threshold in products of centred fibres.
///
/// With χ(ξ) = (ξ - p) / √(p (1 - p)), a cell with threshold k of K fibres is Σ_S a_|S| Π_{i in S} χ(ξ_i), S over all
/// sets of its fibres, and
///
///   a_j = Σ_m P(Bin(j, p) = m) ((1-p) / √(p (1-p)))^m (-p / √(p (1-p)))^(j-m) P(Bin(K - j, p) ≥ k - m).
///
/// a_0 = f is the active fraction, v = f (1 - f) the variance, and b_j = C(K, j) a_j² / v the share of the variance
/// that sets of j fibres carry. Every second moment without Golgi cells follows from the b_j, because each set of j
/// fibres carries the same share. (The Fourier expansion of Boolean functions: O'Donnell 2014, Analysis of Boolean
/// Functions, chapter 8.)
#[derive(Clone, Debug, PartialEq)]
pub struct DegreeSpectrum {
    dendrites: usize,
    active_fraction: f64,
    /// b_1 … b_K.
    shares: Vec<f64>,
}

impl DegreeSpectrum {
    /// For K `dendrites`, k = `threshold` between 1 and K, and p = `coding` strictly between 0 and 1.
    pub fn new(dendrites: usize, threshold: usize, coding: f64) -> Self {
        let coefficient = |degree: usize| coefficient(dendrites, threshold, coding, degree);
        let active_fraction = coefficient(0);
        let variance = active_fraction * (1.0 - active_fraction);
        let share = |degree: usize| binomial(dendrites, degree) * power(coefficient(degree), 2) / variance;
        Self { dendrites, active_fraction, shares: (1..=dendrites).map(share).collect() }
    }

    /// f, the probability that a cell is active without Golgi inhibition.
    pub fn active_fraction(&self) -> f64 {
        self.active_fraction
    }

    /// v = f (1 - f).
    pub fn variance(&self) -> f64 {
        self.active_fraction * (1.0 - self.active_fraction)
    }

    /// b_1 … b_K, with the sum 1.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// ρ_g(ρ) = Σ_j b_j ρ^j, the correlation of a cell between contexts whose fibres correlate by ρ.
    pub fn correlation(&self, of_fibres: f64) -> f64 {
        self.shares.iter().enumerate().map(|(index, share)| share * power(of_fibres, index + 1)).sum()
    }

    /// ρ_s = Σ_j b_j C(s, j) / C(K, j), the correlation of two cells that share s fibres.
    pub fn correlation_of_cells(&self, shared: usize) -> f64 {
        let of_degree = |degree: usize| binomial(shared, degree) / binomial(self.dendrites, degree);
        self.shares.iter().enumerate().map(|(index, share)| share * of_degree(index + 1)).sum()
    }
}

fn coefficient(dendrites: usize, threshold: usize, coding: f64, degree: usize) -> f64 {
    let unit = (coding * (1.0 - coding)).sqrt();
    let (active, silent) = ((1.0 - coding) / unit, -coding / unit);
    let term = |count: usize| {
        let character = power(active, count) * power(silent, degree - count);
        let reached = at_least(dendrites - degree, threshold.saturating_sub(count), coding);
        probability(degree, count, coding) * character * reached
    };
    (0..=degree).map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All states of two cells that share the first of their fibres.
    #[test]
    fn correlations_are_those_of_all_states() {
        for (dendrites, threshold, coding) in [(1, 1, 0.3), (3, 2, 0.35), (4, 3, 0.3), (4, 4, 0.84), (5, 2, 0.1)] {
            let spectrum = DegreeSpectrum::new(dendrites, threshold, coding);
            let (f, v) = (spectrum.active_fraction(), spectrum.variance());
            assert!((spectrum.shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for shared in 0..=dendrites {
                let fibres = 2 * dendrites - shared;
                let mut both = 0.0;
                for state in 0..1_u32 << fibres {
                    let active = state.count_ones() as usize;
                    let left = (state & ((1 << dendrites) - 1)).count_ones() as usize;
                    let right = (state >> (dendrites - shared)).count_ones() as usize;
                    if left >= threshold && right >= threshold {
                        both += power(coding, active) * power(1.0 - coding, fibres - active);
                    }
                }
                let expected = (both - f * f) / v;
                assert!((spectrum.correlation_of_cells(shared) - expected).abs() < 1e-12, "{dendrites} {shared}");
            }
        }
    }

    /// Contexts whose fibres correlate by ρ: the fibre of the second is that of the first with probability ρ.
    #[test]
    fn correlations_over_contexts_are_those_of_all_states() {
        let (dendrites, threshold, coding, correlation) = (4_usize, 3_u32, 0.3, 0.7);
        let spectrum = DegreeSpectrum::new(dendrites, threshold as usize, coding);
        let pair = |before: bool, after: bool| {
            let fresh = if after { coding } else { 1.0 - coding };
            let kept = if before == after { correlation } else { 0.0 };
            (if before { coding } else { 1.0 - coding }) * (kept + (1.0 - correlation) * fresh)
        };
        let mut both = 0.0;
        for (before, after) in (0..16_u32).flat_map(|before| (0..16_u32).map(move |after| (before, after))) {
            if before.count_ones() >= threshold && after.count_ones() >= threshold {
                both += (0..4).map(|bit| pair(before >> bit & 1 == 1, after >> bit & 1 == 1)).product::<f64>();
            }
        }
        let (f, v) = (spectrum.active_fraction(), spectrum.variance());
        assert!((spectrum.correlation(correlation) - (both - f * f) / v).abs() < 1e-12);
    }

    #[test]
    fn a_threshold_of_all_fibres_has_a_binomial_spectrum() {
        for (dendrites, coding) in [(4, 0.1), (6, 0.84), (16, 0.5)] {
            let spectrum = DegreeSpectrum::new(dendrites, dendrites, coding);
            let all = power(coding, dendrites);
            assert!((spectrum.active_fraction() / all - 1.0).abs() < 1e-12);
            for (index, share) in spectrum.shares().iter().enumerate() {
                let degree = index + 1;
                let expected = probability(dendrites, degree, 1.0 - coding) / (1.0 - all);
                assert!((share - expected).abs() < 1e-12, "{dendrites} {degree}: {share} {expected}");
            }
        }
    }
}
