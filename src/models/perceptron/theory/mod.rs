//! The capacity of large N.

mod accuracy;
mod at_capacity;
mod chain;
mod expansion;
mod free_weights;
mod optimum;
mod sample;
mod transition;
mod uncorrelated;

pub use accuracy::{Accuracy, AccuracyError};
pub use at_capacity::Theory;
pub use free_weights::bound_cost;

use self::expansion::{Point, VARIABLES};
use self::optimum::{Free, Optimum};
use self::sample::Sample;
use self::uncorrelated::energy;
use super::problem::{CapacityParameters, CapacityProblem};
use crate::random::RandomStream;

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
/// [`uncorrelated_inputs`]), and otherwise the average over random chains, one a substream. It does not depend on N or
/// on the input coding, because everything is in natural units. Without margins, and with independent targets of either
/// kind equally often, α_c = 1 whatever the inputs are, because half of all signs of the targets can be turned.
///
/// Without a bound on weights, and then without margins, ω = 1 + s z of any s is allowed: the alignment of weights and
/// constraints over their root mean square is 1 for large s, where ω = (b + z)₊ has at most Φ(0) / √G2(0) = √(1/2).
/// ε / r² depends on m / r alone. So the capacity is twice that of w ≥ 0, whatever the correlations and the coding.
///
/// Without any switch of the target the capacity is not finite.
///
/// # Errors
/// At most 2²⁴ patterns are drawn. If that is too few, as for targets that hardly ever switch, the accuracy that can be
/// reached.
pub fn theory(problem: &CapacityProblem, accuracy: Accuracy, stream: &RandomStream) -> Result<Theory, AccuracyError> {
    let (_, theory) = optimum(problem.parameters(), free(problem.parameters()), accuracy, stream)?;
    Ok(theory.with_weight_bound(problem.parameters().weight_bound))
}

/// The γ ≥ 0 at which the capacity is largest, whatever that of the problem, and the theory there.
///
/// √ε is convex in m, r and γ together, so there is one peak.
///
/// # Errors
/// As [`theory`].
pub fn optimal_bistability(
    problem: &CapacityProblem,
    accuracy: Accuracy,
    stream: &RandomStream,
) -> Result<(f64, Theory), AccuracyError> {
    let parameters = CapacityParameters { bistability: 0.0, ..*problem.parameters() };
    // Without robustness b = 0 is best at the best γ too: see `free`.
    let [current_offset, spread, _] = free(&parameters);
    let (point, theory) = optimum(&parameters, [current_offset, spread, true], accuracy, stream)?;
    Ok((point.bistability, theory))
}

/// The capacity for uncorrelated inputs, in closed form; `None` where c_in > 0.
///
/// ε(m, r) = Σ_t p_t J(τ_t - s_t m, r) over the four transitions t of the target, with J(a, r) = E (a + r z)₊². This is
/// the replica result of Clopath et al. 2012 (Text S1).
pub fn uncorrelated_inputs(problem: &CapacityProblem) -> Option<Theory> {
    let parameters = problem.parameters();
    let theory = (parameters.input_correlation == 0.0).then(|| uncorrelated(parameters, free(parameters)).1);
    theory.map(|theory| theory.with_weight_bound(parameters.weight_bound))
}

/// The capacity within a factor of two or so, in microseconds, to guess costs and where to begin a search.
///
/// The closed form without input correlation, times (1 - c_in c_out)^-0.67, a fit where the two correlations are alike.
pub fn rough_capacity(problem: &CapacityProblem) -> f64 {
    let parameters = CapacityParameters { input_correlation: 0.0, ..*problem.parameters() };
    let (_, theory) = uncorrelated(&parameters, free(&parameters));
    let CapacityParameters { input_correlation, output_correlation, weight_bound, .. } = *problem.parameters();
    theory.with_weight_bound(weight_bound).capacity * libm::pow(1.0 - input_correlation * output_correlation, -0.67)
}

fn optimum(
    parameters: &CapacityParameters,
    free: Free,
    accuracy: Accuracy,
    stream: &RandomStream,
) -> Result<(Point, Theory), AccuracyError> {
    let (point, theory) = uncorrelated(parameters, free);
    if parameters.input_correlation == 0.0 || free == [false; VARIABLES] && parameters.output_correlation == 0.0 {
        return Ok((point, theory));
    }
    Sample::new(parameters, accuracy, stream).optimum(point, free, accuracy)
}

/// The peak without input correlation.
fn uncorrelated(parameters: &CapacityParameters, free: Free) -> (Point, Theory) {
    let start = Point { current_offset: 0.0, weight_offset: 0.0, bistability: parameters.bistability };
    if free == [false; VARIABLES] {
        // 2 Φ(0)² / G2(0).
        return (start, Theory::at(&start, 1.0));
    }
    let closed = Optimum::find(start, free, |point| vec![energy(parameters, point)]);
    (closed.point, Theory::at(&closed.point, closed.capacity()))
}

/// What symmetry does not fix.
///
/// For f_out = 1/2 the energy is even in m, and convex, so m = 0. Without margins √ε is homogeneous in (m, r), so that
/// the capacity has its peak where Φ(b) / (G1(b) r(b)) has: at b = 0, whatever the correlations.
fn free(p: &CapacityParameters) -> Free {
    [p.output_coding != 0.5, p.robustness != 0.0 || p.bistability != 0.0, false]
}
