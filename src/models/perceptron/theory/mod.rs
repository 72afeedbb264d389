//! The capacity of large N.

mod chain;
mod expansion;
mod gaussian;
mod optimum;
mod sample;
mod transition;
mod uncorrelated;

use thiserror::Error;

use self::expansion::Point;
use self::optimum::{Free, Optimum};
use self::sample::Sample;
use super::problem::{CapacityParameters, CapacityProblem};

/// What the theory of large N says of a problem at capacity.
///
/// Standard errors are 0 where a value is exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theory {
    /// α_c, patterns per input.
    pub capacity: f64,
    /// Its standard error.
    pub capacity_standard_error: f64,
    /// Φ(-b), the fraction of weights that are exactly 0.
    pub silent_fraction: f64,
    /// Its standard error.
    pub silent_fraction_standard_error: f64,
    /// Variance of all weights over their squared mean, r(b)² - 1.
    pub weight_variance: f64,
    /// Its standard error.
    pub weight_variance_standard_error: f64,
    /// b: the weights are distributed as (b + z)₊ with z a standard normal value.
    pub weight_offset: f64,
    /// Its standard error.
    pub weight_offset_standard_error: f64,
    /// m: the mean current less the threshold, in natural units.
    pub current_offset: f64,
    /// Its standard error.
    pub current_offset_standard_error: f64,
}

impl Theory {
    /// Without standard errors.
    fn at(point: &Point, capacity: f64) -> Self {
        let spread = point.spread();
        Self {
            capacity,
            capacity_standard_error: 0.0,
            silent_fraction: gaussian::distribution(-point.weight_offset),
            silent_fraction_standard_error: 0.0,
            weight_variance: spread * spread - 1.0,
            weight_variance_standard_error: 0.0,
            weight_offset: point.weight_offset,
            weight_offset_standard_error: 0.0,
            current_offset: point.current_offset,
            current_offset_standard_error: 0.0,
        }
    }

    /// With the relative standard error of the capacity and those of b and m; the others follow from that of b.
    fn with_errors(self, relative_capacity: f64, weight_offset: f64, current_offset: f64) -> Self {
        let point = Point { current_offset: self.current_offset, weight_offset: self.weight_offset, bistability: 0.0 };
        Self {
            capacity_standard_error: relative_capacity * self.capacity,
            silent_fraction_standard_error: gaussian::density(self.weight_offset) * weight_offset,
            weight_variance_standard_error: 2.0 * point.spread() * point.spread_slope().abs() * weight_offset,
            weight_offset_standard_error: weight_offset,
            current_offset_standard_error: current_offset,
            ..self
        }
    }

    /// Density of the non-silent weights at `weight` > 0, in units of the mean of all weights:
    /// G1(b) φ(G1(b) x - b). Its integral is 1 - Φ(-b).
    pub fn weight_density(&self, weight: f64) -> f64 {
        let mean = gaussian::rectified_mean(self.weight_offset);
        mean * gaussian::density(mean * weight - self.weight_offset)
    }

    /// The fraction of all weights that are at least `low` ≥ 0, not silent, and less than `high`, in units of the mean
    /// of all weights, and its standard error: Φ(G1(b) high - b) - Φ(G1(b) low - b).
    pub fn weights_between(&self, low: f64, high: f64) -> (f64, f64) {
        let (b, mean) = (self.weight_offset, gaussian::rectified_mean(self.weight_offset));
        // Both from above, so that the tail keeps its digits.
        let above = |weight: f64| gaussian::distribution(b - mean * weight);
        let slope = |weight: f64| gaussian::density(b - mean * weight) * (1.0 - gaussian::distribution(b) * weight);
        let error = (slope(low) - slope(high)).abs() * self.weight_offset_standard_error;
        (above(low) - above(high), error)
    }
}

/// The relative standard error that a theoretical capacity shall have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy(f64);

/// An accuracy that cannot be had.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[error("the relative standard error must lie between 1e-4 and 0.1, not {0}")]
pub struct AccuracyError(f64);

impl Accuracy {
    /// 0.05, in a few milliseconds.
    pub const QUICK: Self = Self(0.05);

    /// # Errors
    /// The relative standard error is not between 1e-4 and 0.1.
    pub fn new(relative_standard_error: f64) -> Result<Self, AccuracyError> {
        if (1e-4..=0.1).contains(&relative_standard_error) {
            Ok(Self(relative_standard_error))
        } else {
            Err(AccuracyError(relative_standard_error))
        }
    }
}

impl Default for Accuracy {
    fn default() -> Self {
        Self(0.005)
    }
}

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
