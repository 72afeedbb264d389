//! How many updates the rule can need, proven.

use super::{LEARNING_UNITS, LearningRule, StateSwitching, learning_units};
use crate::models::perceptron::certificate::StoringWeights;
use crate::models::perceptron::pattern_table::Prefix;
use crate::models::perceptron::problem::{CapacityProblem, UNITS_PER_THRESHOLD};

/// The most updates the rule can make before it has learned a prefix that `solution` stores; `None` where nothing is
/// proven.
///
/// Let w* be the solution, δ = min_μ s^μ (w*·ξ^μ - θ) - τ^μ > 0 what it has to spare, n the largest number of active
/// inputs and w_0 the equal weights of the start. An update is made where s (w·ξ - θ) ≤ τ. So s ξ·(w - w*) ≤ τ - (τ +
/// δ), and the step v = w + ε s ξ comes closer to w*:
///
///   |v - w*|² = |w - w*|² + 2ε s ξ·(w - w*) + ε² |ξ|² ≤ |w - w*|² - ε (2δ - ε n).
///
/// Clipping at 0 takes v to the nearest point of w ≥ 0, a convex set that holds w*, and so no further from w*. A
/// squared distance is never negative; if ε < 2δ / n the number of updates is therefore at most
///
///   |w_0 - w*|² / (ε (2δ - ε n)).
///
/// From w_0 = 0 this is the |w*|² / (2ε (δ - ε n / 2)) of the perceptron theorem (Block 1962, Novikoff 1962). A
/// bistable output changes nothing as long as the climbing fibre sets the state: then τ is the τ of the transition
/// between targets, both for the rule and for w*. Without switching a wrong state asks for θ + κ + γ where w* may give
/// no more than θ + κ - γ + δ, and the distance can grow; there is no bound then, unless γ = 0. Rounded to f64.
pub fn update_bound(prefix: Prefix<'_>, rule: &LearningRule, solution: &StoringWeights) -> Option<f64> {
    if rule.switching == StateSwitching::None && rule.problem.parameters().bistability > 0.0 {
        return None;
    }
    ConvergenceProof::new(prefix, &rule.problem, solution)?.most_updates(rule.learning_rate())
}

/// The quantities from which [`update_bound`] follows, for a rule in which the climbing fibre sets the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConvergenceProof {
    /// |w_0 - w*|², in θ².
    squared_distance: f64,
    /// n.
    active: f64,
    /// δ, in θ.
    spare: f64,
}

impl ConvergenceProof {
    /// By a solution of a prefix; `None` where no pattern of it has an active input.
    pub fn new(prefix: Prefix<'_>, problem: &CapacityProblem, solution: &StoringWeights) -> Option<Self> {
        let start = learning_units(problem.mean_weight()) as f64 / LEARNING_UNITS as f64;
        let squared_distance: f64 = solution.weights().iter().map(|weight| (weight - start) * (weight - start)).sum();
        let active = (0..prefix.patterns()).map(|index| prefix.active_inputs(index).count()).max()?;
        let spare = (0..prefix.patterns()).map(|index| spare_units(prefix, solution, index)).min()?;
        let spare = spare as f64 / UNITS_PER_THRESHOLD as f64;
        (active > 0).then_some(Self { squared_distance, active: active as f64, spare })
    }

    /// 2δ / n, in θ: the rule is proven to converge at every learning rate below.
    pub fn rate_bound(&self) -> f64 {
        2.0 * self.spare / self.active
    }

    /// The most updates at a learning rate in θ; `None` where nothing is proven.
    pub fn most_updates(&self, rate: f64) -> Option<f64> {
        let gain = rate * (2.0 * self.spare - rate * self.active);
        (gain > 0.0).then_some(self.squared_distance / gain)
    }

    /// |w_0 - w*|² n / δ²: the most updates at the rate δ / n, at which they are fewest.
    pub fn fewest_updates(&self) -> f64 {
        self.squared_distance * self.active / (self.spare * self.spare)
    }
}

/// s (w·ξ - θ) - τ of a pattern, exact, in units of 2⁻⁵² θ.
fn spare_units(prefix: Prefix<'_>, solution: &StoringWeights, index: usize) -> i128 {
    let units = |input: usize| (solution.weights()[input] * UNITS_PER_THRESHOLD as f64) as i128;
    let current: i128 = prefix.active_inputs(index).map(units).sum();
    let signed = if prefix.target(index) { current } else { -current };
    signed - i128::from(prefix.threshold_units(index))
}
