//! The learning rule as a plain loop over patterns and active inputs: the reference of its test and of its benchmark.

use microzone::models::perceptron::{CapacityProblem, Learned, LearningRule, Prefix, StateSwitching};

/// Weights and currents are whole multiples of 2⁻³² θ.
const UNITS: f64 = (1_u64 << 32) as f64;

/// The active inputs of every pattern, in ascending order.
pub(crate) fn active_inputs(prefix: Prefix<'_>) -> Vec<Vec<usize>> {
    (0..prefix.patterns()).map(|index| prefix.active_inputs(index).collect()).collect()
}

/// What `rule`, with this state switching and stopped after `epochs` epochs, comes to on a prefix.
pub(crate) fn learn(
    prefix: Prefix<'_>,
    active: &[Vec<usize>],
    problem: &CapacityProblem,
    rule: &LearningRule,
    switching: StateSwitching,
    epochs: usize,
) -> Learned {
    let step = (rule.learning_rate() * UNITS) as i64;
    let storing = [false, true].map(|switch| storing_margin(problem, switch));
    let half_width = problem.parameters().bistability * problem.natural_unit();
    let output = [-half_width, half_width].map(|width| (width * UNITS).floor() as i64);
    let start = ((problem.mean_weight() * UNITS).round() as i64).max(1);
    let mut weights = vec![start; prefix.inputs()];
    let mut learned = Learned { weights: Vec::new(), converged: false, epochs: 0, updates: 0 };
    while learned.epochs < epochs && !learned.converged {
        let before = learned.updates;
        let mut state = prefix.patterns() > 0 && prefix.target(0);
        for (index, active) in active.iter().enumerate() {
            let target = prefix.target(index);
            let sign = if target { 1 } else { -1 };
            let current: i64 = active.iter().map(|&input| weights[input]).sum();
            let distance = sign * (current - UNITS as i64);
            let switches = usize::from(state != target);
            if distance <= storing[switches] {
                learned.updates += 1;
                for &input in active {
                    weights[input] = (weights[input] + sign * step).max(0);
                }
            }
            state = match switching {
                StateSwitching::ClimbingFibre => target,
                StateSwitching::None => (distance > output[switches]) == target,
            };
        }
        learned.epochs += 1;
        learned.converged = learned.updates == before;
    }
    learned.weights = weights.iter().map(|&weight| weight as f64 / UNITS).collect();
    learned
}

/// The largest distance from the threshold that is too small: κ ± γ as the program rounds it, to whole multiples of
/// 2⁻⁵² θ and up, then to 2⁻³² θ and down.
fn storing_margin(problem: &CapacityProblem, switch: bool) -> i64 {
    let parameters = problem.parameters();
    let margin = parameters.robustness + if switch { parameters.bistability } else { -parameters.bistability };
    if margin == 0.0 {
        return 0;
    }
    let fine = (margin * problem.natural_unit() * (1_u64 << 52) as f64).ceil() as i64 + 1;
    fine.div_euclid(1 << 20)
}
