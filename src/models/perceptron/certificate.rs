//! Proofs, checked in exact arithmetic, that a prefix can or cannot be stored.

use std::ops::AddAssign;

use num_bigint::BigInt;
use num_traits::{CheckedAdd, CheckedMul, Signed, ToPrimitive};

use super::pattern_table::Prefix;
use super::problem::UNITS_PER_THRESHOLD;

/// Weights of at most 2¹⁰ θ are accepted: 2⁶² units of 2⁻⁵² θ.
const LARGEST_WEIGHT: f64 = 1024.0;

/// The largest multiplier; of as many as 2¹⁶ patterns the sums over inputs stay within 2⁷⁶.
const LARGEST_MULTIPLIER: i64 = 1 << 60;

/// What real multipliers are scaled to.
const ROUNDED_MULTIPLIER: i64 = 1 << 50;

/// Weights that store every pattern of a prefix: w ≥ 0 and s^μ Σ_i w_i ξ_i^μ > s^μ θ + τ^μ, in units of θ.
///
/// The only way to make one is to pass the check, in which the weights are whole multiples of 2⁻⁵² θ and all sums are
/// sums of integers.
#[derive(Clone, Debug, PartialEq)]
pub struct StoringWeights {
    weights: Vec<f64>,
    units: Vec<i64>,
}

impl StoringWeights {
    /// Rounds `weights` (in units of θ, one per input) to multiples of 2⁻⁵² and checks that they store the prefix.
    pub fn verify(prefix: Prefix<'_>, weights: &[f64]) -> Option<Self> {
        let valid = weights.iter().all(|weight| (0.0..=LARGEST_WEIGHT).contains(weight));
        if !valid || weights.len() != prefix.inputs() {
            return None;
        }
        let scale = UNITS_PER_THRESHOLD as f64;
        let units: Vec<i64> = weights.iter().map(|weight| (weight * scale).round() as i64).collect();
        let weights = units.iter().map(|&unit| unit as f64 / scale).collect();
        let candidate = Self { weights, units };
        (0..prefix.patterns()).all(|index| candidate.stores(prefix, index)).then_some(candidate)
    }

    /// The weights, in units of θ: every one an exact multiple of 2⁻⁵².
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// How many patterns from the first on these weights store.
    pub(crate) fn stored_patterns(&self, prefix: Prefix<'_>) -> usize {
        (0..prefix.patterns()).take_while(|&index| self.stores(prefix, index)).count()
    }

    fn stores(&self, prefix: Prefix<'_>, index: usize) -> bool {
        let current: i128 = prefix.active_inputs(index).map(|input| i128::from(self.units[input])).sum();
        let signed = if prefix.target(index) { current } else { -current };
        signed > i128::from(prefix.threshold_units(index))
    }
}

/// Multipliers λ ≥ 0, not all 0, that prove that no weights store a prefix: Σ_μ λ_μ s^μ ξ_i^μ ≤ 0 for every input i,
/// and Σ_μ λ_μ (s^μ θ + τ^μ + 1) > 0, with thresholds in whole units of 2⁻⁵² θ, as weights are.
///
/// (With w ≥ 0 in whole units, a stored pattern exceeds its threshold by one unit at least. The two sums contradict
/// that: Motzkin's transposition theorem. For weights of any real value Σ_μ λ_μ (s^μ θ + τ^μ) would have to be 0 or
/// more. The two differ where the widest margin is positive and less than 2⁻⁵² θ.) The multipliers are integers, and
/// there is no way to make one but by passing the check.
#[derive(Clone, Debug, PartialEq)]
pub struct Refutation {
    multipliers: Vec<BigInt>,
}

impl Refutation {
    /// Checks the multipliers, one per pattern; they must be at most 2⁶⁰.
    pub fn verify(prefix: Prefix<'_>, multipliers: Vec<i64>) -> Option<Self> {
        let valid = multipliers.iter().all(|&multiplier| multiplier <= LARGEST_MULTIPLIER);
        let refutes = valid && refute::<i128>(prefix, &multipliers.iter().copied().map(i128::from).collect::<Vec<_>>());
        refutes.then(|| Self { multipliers: multipliers.into_iter().map(BigInt::from).collect() })
    }

    /// The same for multipliers of any length, in slower arithmetic.
    pub(super) fn verify_long(prefix: Prefix<'_>, multipliers: Vec<BigInt>) -> Option<Self> {
        refute(prefix, &multipliers).then_some(Self { multipliers })
    }

    /// Scales real multipliers so that the largest is 2⁵⁰, rounds them and checks them.
    pub(super) fn round_and_verify(prefix: Prefix<'_>, multipliers: &[f64]) -> Option<Self> {
        let largest = multipliers.iter().copied().fold(0.0, f64::max);
        let scale = ROUNDED_MULTIPLIER as f64 / largest;
        Self::verify(prefix, multipliers.iter().map(|multiplier| (multiplier * scale).round() as i64).collect())
    }

    /// The multipliers, one per pattern.
    pub fn multipliers(&self) -> &[BigInt] {
        &self.multipliers
    }

    /// The shortest prefix for which these multipliers, cut off and repaired, still are a proof.
    pub(crate) fn refuted_patterns(&self, prefix: Prefix<'_>) -> usize {
        let multipliers: Vec<f64> =
            self.multipliers.iter().map(|multiplier| multiplier.to_f64().unwrap_or(f64::NAN)).collect();
        let mut sums = InputSums::new(prefix, &multipliers);
        let mut shorter = multipliers.len();
        while shorter > 1 {
            sums.remove(prefix, shorter - 1, multipliers[shorter - 1]);
            if !sums.threshold_after_repair().is_some_and(|sum| sum >= 0.0) {
                break;
            }
            shorter -= 1;
        }
        (shorter..multipliers.len())
            .find(|&patterns| {
                let candidate = repaired(prefix.first(patterns), &multipliers[..patterns]);
                candidate.is_some_and(|candidate| Self::round_and_verify(prefix.first(patterns), &candidate).is_some())
            })
            .unwrap_or(multipliers.len())
    }
}

/// Whether multipliers refute a prefix. Sums over inputs must not overflow; a threshold sum that does is not a proof.
fn refute<T>(prefix: Prefix<'_>, multipliers: &[T]) -> bool
where
    T: Clone + PartialOrd + Signed + CheckedAdd + CheckedMul + From<i64> + for<'a> AddAssign<&'a T>,
{
    if multipliers.len() != prefix.patterns() || multipliers.iter().any(Signed::is_negative) {
        return false;
    }
    let mut input_sums = vec![T::zero(); prefix.inputs()];
    let mut threshold_sum = T::zero();
    for (index, multiplier) in multipliers.iter().enumerate().filter(|(_, multiplier)| multiplier.is_positive()) {
        let needed = T::from(prefix.threshold_units(index) + 1);
        let Some(sum) = multiplier.checked_mul(&needed).and_then(|product| threshold_sum.checked_add(&product)) else {
            return false;
        };
        threshold_sum = sum;
        let signed = if prefix.target(index) { multiplier.clone() } else { -multiplier.clone() };
        prefix.active_inputs(index).for_each(|input| input_sums[input] += &signed);
    }
    // Multipliers that are all 0 have the threshold sum 0.
    threshold_sum.is_positive() && !input_sums.iter().any(Signed::is_positive)
}

/// The sums a repair of multipliers needs: of λ s ξ and of the patterns with s = -1, both by input, and of thresholds.
struct InputSums {
    signed: Vec<f64>,
    negative_patterns: Vec<f64>,
    threshold: f64,
    negative_threshold: f64,
}

impl InputSums {
    fn new(prefix: Prefix<'_>, multipliers: &[f64]) -> Self {
        let inputs = prefix.inputs();
        let mut sums = Self {
            signed: vec![0.0; inputs],
            negative_patterns: vec![0.0; inputs],
            threshold: 0.0,
            negative_threshold: 0.0,
        };
        for (index, &multiplier) in multipliers.iter().enumerate() {
            sums.add(prefix, index, multiplier, 1.0);
        }
        sums
    }

    fn remove(&mut self, prefix: Prefix<'_>, index: usize, multiplier: f64) {
        self.add(prefix, index, -multiplier, -1.0);
    }

    fn add(&mut self, prefix: Prefix<'_>, index: usize, multiplier: f64, patterns: f64) {
        let threshold = prefix.threshold_units(index) as f64 / UNITS_PER_THRESHOLD as f64;
        self.threshold += multiplier * threshold;
        if prefix.target(index) {
            prefix.active_inputs(index).for_each(|input| self.signed[input] += multiplier);
        } else {
            self.negative_threshold += patterns * threshold;
            for input in prefix.active_inputs(index) {
                self.signed[input] -= multiplier;
                self.negative_patterns[input] += patterns;
            }
        }
    }

    fn threshold_after_repair(&self) -> Option<f64> {
        Some(self.threshold + repair(&self.signed, &self.negative_patterns)? * self.negative_threshold)
    }
}

/// The ε which, added to the multiplier of every pattern with s = -1, makes all sums Σ_μ λ_μ s^μ ξ_i^μ negative;
/// `None` where an input with a positive sum is in no such pattern.
pub(super) fn repair(signed_sums: &[f64], negative_patterns: &[f64]) -> Option<f64> {
    let mut addition = 0.0_f64;
    for (&sum, &patterns) in signed_sums.iter().zip(negative_patterns).filter(|&(&sum, _)| sum > 0.0) {
        if patterns < 0.5 {
            return None;
        }
        addition = addition.max(1.0001 * sum / patterns);
    }
    Some(addition)
}

fn repaired(prefix: Prefix<'_>, multipliers: &[f64]) -> Option<Vec<f64>> {
    let sums = InputSums::new(prefix, multipliers);
    let addition = repair(&sums.signed, &sums.negative_patterns)?;
    let addition_to = |index| if prefix.target(index) { 0.0 } else { addition };
    Some(multipliers.iter().enumerate().map(|(index, multiplier)| multiplier + addition_to(index)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::perceptron::pattern_table::{Bound, PatternTable};

    #[test]
    fn multipliers_of_any_length_refute_as_short_ones_do() {
        let mut table = PatternTable::new(3);
        for (word, target) in [(0b011, true), (0b101, true), (0b110, false), (0b111, false), (0b001, false)] {
            table.push(&[word], target, Bound::of_threshold(1.0, target).unwrap());
        }
        // Twice the first input has to be over 2 θ less the others, and under 2 θ less them.
        for (multipliers, refutes) in [([1, 1, 0, 1, 1], true), ([1, 1, 1, 0, 1], false), ([0, 0, 0, 1, 1], false)] {
            assert_eq!(Refutation::verify(table.all(), multipliers.to_vec()).is_some(), refutes);
            for power in [0, 40, 100, 700] {
                let long = |sign: i64| multipliers.map(|multiplier| BigInt::from(sign * multiplier) << power).to_vec();
                assert_eq!(Refutation::verify_long(table.all(), long(1)).is_some(), refutes, "{power}");
                assert!(Refutation::verify_long(table.all(), long(-1)).is_none(), "{power}");
            }
            let nearly =
                multipliers.map(|multiplier| (BigInt::from(multiplier) << 700_u32) + (multiplier * multiplier));
            assert_eq!(Refutation::verify_long(table.all(), nearly.to_vec()).is_some(), refutes);
        }
        let mut unbalanced = [1, 1, 0, 1, 1].map(|multiplier| BigInt::from(multiplier) << 700_u32);
        unbalanced[0] += 1;
        assert!(Refutation::verify_long(table.all(), unbalanced.to_vec()).is_none());
    }
}
