//! The capacity of large N.

mod accuracy;
mod at_capacity;
mod chain;
mod expansion;
mod optimum;
mod sample;
mod transition;
mod uncorrelated;

pub use accuracy::{Accuracy, AccuracyError};
pub use at_capacity::Theory;

use self::expansion::Point;
use self::optimum::{Free, Optimum};
use self::sample::Sample;
use super::problem::{CapacityParameters, CapacityProblem};

/// The theory of any problem, the capacity within the accuracy (one standard error).
///
/// With weights ω = (b + z)₊ / G1(b) of mean 1 and root mean square r(b) = √G2(b) / G1(b), the current in natural units
/// is m + r y, y a stationary autoregressive process with coefficient c_in. Gordon's comparison of Gaussian processes
/// gives
///
///   α_c = max over b, m of (Φ(b) / G1(b))² / ε(m, r(b)),
///   ε(m, r) = lim 1/P min over v of Σ_μ (v_μ - c_in v_μ-1)² / (1 - c_in²)   subject to   s_μ (m + r y_μ + v_μ) ≥ τ_μ,
///
/// with τ = κ + γ for a switch of the target and κ - γ for a stay. ε is a closed form for c_in = 0 (see
/// [`uncorrelated_inputs`]) and otherwise the average over random chains from a fixed key. So the value is a pure
/// function of the parameters. It does not depend on N or on the input coding, because everything is in natural units.
///
/// At most 2²⁴ patterns are drawn. Where that is too few, as for targets that hardly ever switch, the standard error is
/// larger than asked; without any switch the capacity is not finite.
pub fn theory(problem: &CapacityProblem, accuracy: Accuracy) -> Theory {
    optimum(problem.parameters(), free(problem.parameters()), accuracy).1
}

/// The γ ≥ 0 at which the capacity is largest, whatever that of the problem, and the theory there.
///
/// √ε is convex in m, r and γ together, so there is one peak.
pub fn optimal_bistability(problem: &CapacityProblem, accuracy: Accuracy) -> (f64, Theory) {
    let parameters = CapacityParameters { bistability: 0.0, ..*problem.parameters() };
    // Without robustness b = 0 is best at the best γ too: see `free`.
    let [current_offset, spread, _] = free(&parameters);
    let (point, theory) = optimum(&parameters, [current_offset, spread, true], accuracy);
    (point.bistability, theory)
}

/// The capacity for uncorrelated inputs, in closed form; `None` where c_in > 0.
///
/// ε(m, r) = Σ_t p_t J(τ_t - s_t m, r) over the four transitions t of the target, with J(a, r) = E (a + r z)₊². This is
/// the replica result of Clopath et al. 2012 (Text S1).
pub fn uncorrelated_inputs(problem: &CapacityProblem) -> Option<Theory> {
    (problem.parameters().input_correlation == 0.0).then(|| theory(problem, Accuracy::default()))
}

/// The capacity within a factor of two or so, in microseconds, to guess costs and where to begin a search.
///
/// The closed form without input correlation, times (1 - c_in c_out)^-0.67, a fit where the two correlations are alike.
pub fn rough_capacity(problem: &CapacityProblem) -> f64 {
    let parameters = CapacityParameters { input_correlation: 0.0, ..*problem.parameters() };
    let (_, theory) = optimum(&parameters, free(&parameters), Accuracy::QUICK);
    let CapacityParameters { input_correlation, output_correlation, .. } = *problem.parameters();
    theory.capacity * libm::pow(1.0 - input_correlation * output_correlation, -0.67)
}

fn optimum(parameters: &CapacityParameters, free: Free, accuracy: Accuracy) -> (Point, Theory) {
    let start = Point { current_offset: 0.0, weight_offset: 0.0, bistability: parameters.bistability };
    let closed = Optimum::find(start, free, |point| vec![uncorrelated::energy(parameters, point)]);
    if parameters.input_correlation == 0.0 {
        return (closed.point, Theory::at(&closed.point, closed.capacity()));
    }
    Sample::new(parameters, accuracy).optimum(closed.point, free, accuracy)
}

/// What symmetry does not fix.
///
/// For f_out = 1/2 the energy is even in m, and convex, so m = 0. Without margins √ε is homogeneous in (m, r), so that
/// the capacity has its peak where Φ(b) / (G1(b) r(b)) has: at b = 0, whatever the correlations.
fn free(p: &CapacityParameters) -> Free {
    [p.output_coding != 0.5, p.robustness != 0.0 || p.bistability != 0.0, false]
}
