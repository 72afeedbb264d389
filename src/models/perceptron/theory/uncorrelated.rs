//! The energy of patterns with uncorrelated inputs, in closed form.

use super::expansion::{Expansion, Point};
use super::transition::Transition;
use crate::models::gaussian;
use crate::models::perceptron::problem::CapacityParameters;

/// ε(m, r) = Σ_t p_t J(τ_t - s_t m, r) over the four transitions t, with
/// J(a, r) = E (a + r z)₊² = r² G2(a/r), so that ∂J/∂a = 2r G1(a/r) and ∂J/∂r = 2r Φ(a/r).
pub(super) fn energy(parameters: &CapacityParameters, point: &Point) -> Expansion {
    let r = point.spread();
    let mut energy = Expansion::default();
    for transition in Transition::ALL {
        let sign = transition.sign();
        let ratio = (transition.margin(parameters.robustness, point.bistability) - sign * point.current_offset) / r;
        let (below, density) = (gaussian::distribution(ratio), gaussian::density(ratio));
        let by_bound = 2.0 * r * gaussian::rectified_mean(ratio);
        let slope = [-sign, 0.0, transition.margin_slope()];
        let mut term = Expansion {
            value: r * r * gaussian::rectified_square(ratio),
            gradient: [slope[0] * by_bound, 2.0 * r * below, slope[2] * by_bound],
            ..Expansion::default()
        };
        let curvature = |i: usize, j: usize| match (i, j) {
            (1, 1) => 2.0 * (below - ratio * density),
            (1, other) | (other, 1) => 2.0 * slope[other] * density,
            _ => 2.0 * slope[i] * slope[j] * below,
        };
        term.hessian = std::array::from_fn(|i| std::array::from_fn(|j| curvature(i, j)));
        energy += term.scaled(transition.probability(parameters));
    }
    energy
}
