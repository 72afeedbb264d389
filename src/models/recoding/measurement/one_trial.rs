//! Learning in one trial: each pattern changes each synapse once.

use super::counts::by_cell;
use crate::models::recoding::circuit::contexts::{independent, noisy_copy};
use crate::models::recoding::circuit::layer::GranuleLayer;
use crate::models::recoding::circuit::parameters::Circuit;
use crate::models::recoding::circuit::substream;
use crate::random::RandomStream;

/// The share of P = round(load × N) patterns that are answered wrongly after one trial with each of them.
///
/// w_i ∝ Σ_μ s^μ (ξ_i^μ - m_i), with m_i the mean of ξ_i over the P patterns; the answer to a noisy copy ξ' of a
/// context is the sign of Σ_i w_i (ξ'_i - m_i) (LTP with the teacher's signal, LTD without: Marr 1969, Albus 1971). The
/// contexts are independent and half of the targets are 1, whatever the sequence is like: with other targets the
/// answers have a bias, and successive contexts are hard to tell apart. A sum of exactly 0 counts as half an error. All
/// sums are those of whole numbers.
pub fn one_trial_error(circuit: &Circuit, layer: &GranuleLayer, stream: &RandomStream) -> f64 {
    let (fibres, parameters) = (circuit.fibres(), circuit.parameters());
    let mut context_stream = stream.substream(substream::TRIAL_FIBRES);
    let mut noise_stream = stream.substream(substream::TRIAL_NOISE);
    let mut target_stream = stream.substream(substream::TRIAL_TARGETS);
    let (mut learned, mut tested, mut targets) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..circuit.trial_patterns() {
        let context = independent(&mut context_stream, fibres, parameters.mossy_coding);
        let copy = noisy_copy(&mut noise_stream, &context, fibres, parameters.mossy_coding, parameters.noise);
        learned.push(layer.recode(&context));
        tested.push(layer.recode(&copy));
        targets.push(target_stream.bernoulli(0.5));
    }
    let half_errors = half_errors(&learned, &tested, &targets, layer.cells());
    half_errors as f64 / (2.0 * targets.len() as f64)
}

/// Two for each wrong answer, one for each sum of exactly 0.
fn half_errors(learned: &[Vec<u64>], tested: &[Vec<u64>], targets: &[bool], cells: usize) -> usize {
    let patterns = targets.len() as i64;
    let active: Vec<i64> = by_cell(learned, cells).into_iter().map(|count| count as i64).collect();
    let up: Vec<Vec<u64>> =
        learned.iter().zip(targets).filter(|(_, target)| **target).map(|(pattern, _)| pattern.clone()).collect();
    let sum_of_signs = 2 * up.len() as i64 - patterns;
    // P w_i, from Σ_μ s^μ ξ_i^μ = 2 (count where s = 1) - (count).
    let weights: Vec<i64> = by_cell(&up, cells)
        .into_iter()
        .zip(&active)
        .map(|(up, active)| patterns * (2 * up as i64 - active) - active * sum_of_signs)
        .collect();
    let offset: i128 = weights.iter().zip(&active).map(|(weight, active)| i128::from(weight * active)).sum();
    let answer = |pattern: &[u64]| {
        let is_active = |cell: usize| pattern[cell / 64] >> (cell % 64) & 1 == 1;
        let current: i64 = weights.iter().enumerate().filter(|(cell, _)| is_active(*cell)).map(|(_, w)| w).sum();
        i128::from(patterns) * i128::from(current) - offset
    };
    let half_error = |(pattern, target): (&Vec<u64>, &bool)| match answer(pattern).signum() {
        0 => 1,
        sign if (sign > 0) == *target => 0,
        _ => 2,
    };
    tested.iter().zip(targets).map(half_error).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::recoding::RecodingParameters;

    #[test]
    fn whole_numbers_answer_as_the_formula_does() {
        let mut stream = RandomStream::from_seed([6; 32]);
        let (cells, patterns) = (70, 40);
        let mut draw = |count: usize| -> Vec<Vec<u64>> {
            (0..count).map(|_| vec![stream.bits() & stream.bits(), stream.bits() & 0x3f]).collect()
        };
        let (learned, tested) = (draw(patterns), draw(patterns));
        let targets: Vec<bool> = (0..patterns).map(|index| index % 3 == 0).collect();
        let bit = |pattern: &[u64], cell: usize| f64::from((pattern[cell / 64] >> (cell % 64) & 1) as u8);
        let sign = |target: bool| if target { 1.0 } else { -1.0 };
        let mean = |cell: usize| learned.iter().map(|pattern| bit(pattern, cell)).sum::<f64>() / patterns as f64;
        let weight = |cell: usize| -> f64 {
            let term = |(pattern, target): (&Vec<u64>, &bool)| sign(*target) * (bit(pattern, cell) - mean(cell));
            learned.iter().zip(&targets).map(term).sum()
        };
        let wrong = |(pattern, target): (&Vec<u64>, &bool)| {
            let answer: f64 = (0..cells).map(|cell| weight(cell) * (bit(pattern, cell) - mean(cell))).sum();
            answer * sign(*target) < 0.0
        };
        let expected = tested.iter().zip(&targets).filter(|pair| wrong(*pair)).count();
        assert!((5..35).contains(&expected));
        assert_eq!(half_errors(&learned, &tested, &targets, cells), 2 * expected);
    }

    #[test]
    fn without_noise_and_with_few_patterns_nothing_is_wrong() {
        let parameters = RecodingParameters { noise: 0.0, load: 0.005, ..Default::default() };
        let circuit = Circuit::new(parameters).unwrap();
        let stream = RandomStream::from_seed([7; 32]);
        let layer = GranuleLayer::draw(&circuit, &stream);
        assert_eq!(one_trial_error(&circuit, &layer, &stream), 0.0);
    }
}
