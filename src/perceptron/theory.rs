//! The capacity of large N.

use super::gaussian;
use super::problem::{CapacityParameters, CapacityProblem};

/// What the theory of large N says of a problem at capacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theory {
    /// α_c, patterns per input.
    pub capacity: f64,
    /// Standard error of `capacity`; 0 where it is a closed form.
    pub capacity_standard_error: f64,
    /// Φ(-b), the fraction of weights that are exactly 0.
    pub silent_fraction: f64,
    /// Variance of all weights over their squared mean, r(b)² - 1.
    pub weight_variance: f64,
    /// b: the weights are distributed as (b + z)₊ with z a standard normal value.
    pub weight_offset: f64,
    /// m: the mean current less the threshold, in natural units.
    pub current_offset: f64,
}

impl Theory {
    /// Density of the non-silent weights at `weight` > 0, in units of the mean of all weights:
    /// G1(b) φ(G1(b) x - b). Its integral is 1 - Φ(-b).
    pub fn weight_density(&self, weight: f64) -> f64 {
        let mean = gaussian::rectified_mean(self.weight_offset);
        mean * gaussian::density(mean * weight - self.weight_offset)
    }
}

/// The capacity for uncorrelated inputs, in closed form; `None` where c_in > 0.
///
/// α_c = max over b, m of (Φ(b) / G1(b))² / ε(m, r(b)), with ε(m, r) = Σ_t p_t J(τ_t - s_t m, r) over the four
/// transitions t of the target, J(a, r) = E (a + r z)₊², and r(b) = √G2(b) / G1(b). This is the replica result of
/// Clopath et al. 2012 (Text S1).
pub fn uncorrelated_inputs(problem: &CapacityProblem) -> Option<Theory> {
    if problem.parameters().input_correlation != 0.0 {
        return None;
    }
    let transitions = transitions(problem.parameters());
    let evaluate = |weight_offset: f64| at_weight_offset(&transitions, weight_offset);
    let steps = 240;
    let offset = |k: i32| WEIGHT_OFFSET_LIMIT * (2 * k - steps) as f64 / steps as f64;
    let best = (0..=steps).max_by(|&a, &b| evaluate(offset(a)).capacity.total_cmp(&evaluate(offset(b)).capacity))?;
    let weight_offset = golden_section(offset(best - 1), offset(best + 1), |b| evaluate(b).capacity);
    Some(evaluate(weight_offset))
}

/// Weight offsets are sought within ± this; beyond it all weights, or none, are silent to nine digits.
const WEIGHT_OFFSET_LIMIT: f64 = 6.0;

/// A kind of transition of the target: its probability, the sign of the new target, and its margin.
struct Transition {
    probability: f64,
    sign: f64,
    margin: f64,
}

fn transitions(p: &CapacityParameters) -> [Transition; 4] {
    let (f, c) = (p.output_coding, p.output_correlation);
    let switch = f * (1.0 - f) * (1.0 - c);
    let stay = |coding: f64| coding * (c + (1.0 - c) * coding);
    let (up, down) = (1.0, -1.0);
    let (switch_margin, stay_margin) = (p.robustness + p.bistability, p.robustness - p.bistability);
    [
        Transition { probability: switch, sign: up, margin: switch_margin },
        Transition { probability: switch, sign: down, margin: switch_margin },
        Transition { probability: stay(f), sign: up, margin: stay_margin },
        Transition { probability: stay(1.0 - f), sign: down, margin: stay_margin },
    ]
}

/// The capacity at a given b, with the best m.
fn at_weight_offset(transitions: &[Transition; 4], weight_offset: f64) -> Theory {
    let mean = gaussian::rectified_mean(weight_offset);
    let square = gaussian::rectified_square(weight_offset) / (mean * mean);
    let current_offset = best_current_offset(transitions, square.sqrt());
    let energy = energy(transitions, current_offset, square.sqrt());
    let active = gaussian::distribution(weight_offset);
    Theory {
        capacity: (active / mean) * (active / mean) / energy,
        capacity_standard_error: 0.0,
        silent_fraction: gaussian::distribution(-weight_offset),
        weight_variance: square - 1.0,
        weight_offset,
        current_offset,
    }
}

/// ε(m, r), the mean energy a pattern: J(a, r) = r² G2(a/r).
fn energy(transitions: &[Transition; 4], m: f64, r: f64) -> f64 {
    let square = |t: &Transition| r * r * gaussian::rectified_square((t.margin - t.sign * m) / r);
    transitions.iter().map(|t| t.probability * square(t)).sum()
}

/// The m of least energy: ε is convex in m, so its slope -2 Σ p s r G1((τ - s m)/r) has one zero; by bisection.
fn best_current_offset(transitions: &[Transition; 4], r: f64) -> f64 {
    let slope = |m: f64| -> f64 {
        transitions
            .iter()
            .map(|t| -t.probability * t.sign * gaussian::rectified_mean((t.margin - t.sign * m) / r))
            .sum()
    };
    let widest = transitions.iter().fold(8.0 * r, |widest, t| widest.max(t.margin.abs() + 8.0 * r));
    let (mut low, mut high) = (-widest, widest);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if slope(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The maximum of a function with one peak between `low` and `high`.
fn golden_section(mut low: f64, mut high: f64, value: impl Fn(f64) -> f64) -> f64 {
    let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
    for _ in 0..60 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if value(left) < value(right) {
            low = left;
        } else {
            high = right;
        }
    }
    0.5 * (low + high)
}
