//! The largest capacity over the distribution of weights and the mean current.
//!
//! With A(r) the largest mean of ω z over weights ω ≥ 0 of mean 1 and root mean square r, z standard normal, and
//! D(m, r, γ) = √ε, the capacity is the square of the largest A / D. D is convex, because it is the distance of a point
//! from a convex set that both move linearly, and A is concave. So A / D has one peak, and Newton's method finds it.

use super::expansion::{BISTABILITY, CURRENT_OFFSET, Expansion, Point, SPREAD, VARIABLES};
use crate::models::gaussian;

/// What may be varied; the order is that of an [`Expansion`].
pub(super) type Free = [bool; VARIABLES];

/// A peak of the capacity.
#[derive(Clone, Debug)]
pub(super) struct Optimum {
    pub point: Point,
    /// One per chain.
    pub energies: Vec<Expansion>,
    /// Their mean, ε.
    pub energy: Expansion,
}

/// A step that promises less than this fraction of A / D is the last one: it squares what is left.
const SMALLEST_GAIN: f64 = 1e-9;

/// The largest change of b in a step.
const LARGEST_STEP: f64 = 1.0;

/// Far more than are ever needed.
const MOST_STEPS: usize = 100;
const MOST_HALVINGS: u32 = 30;

impl Optimum {
    /// The capacity (A / D)².
    pub(super) fn capacity(&self) -> f64 {
        let alignment = alignment(&self.point);
        alignment * alignment / self.energy.value
    }

    /// The peak, sought from `start`; γ stays at or above 0. `energies` has one value for each of several chains.
    pub(super) fn find(start: Point, free: Free, mut energies: impl FnMut(&Point) -> Vec<Expansion>) -> Self {
        let mut best = Self::at(start, energies(&start));
        for _ in 0..MOST_STEPS {
            let (step, gain) = best.newton_step(free);
            if gain.is_nan() || gain <= 0.0 {
                break;
            }
            let last = gain < SMALLEST_GAIN;
            // So close to the peak a gain may drown in rounding.
            let (trials, least) = if last { (1, 1.0 - SMALLEST_GAIN) } else { (MOST_HALVINGS, 1.0) };
            let better = (0..trials).find_map(|halvings| {
                let point = best.moved(step, 1.0 / f64::from(1u32 << halvings));
                Some(Self::at(point, energies(&point))).filter(|next| next.capacity() > least * best.capacity())
            });
            match better {
                Some(next) => best = next,
                None => break,
            }
            if last {
                break;
            }
        }
        best
    }

    fn at(point: Point, energies: Vec<Expansion>) -> Self {
        let mut sum = Expansion::default();
        energies.iter().for_each(|energy| sum += *energy);
        let energy = sum.scaled(1.0 / energies.len() as f64);
        Self { point, energies, energy }
    }

    /// The point after a fraction of a step, which is shortened where it would change b too much.
    fn moved(&self, step: [f64; VARIABLES], fraction: f64) -> Point {
        let weight_step = step[SPREAD] / self.point.spread_slope();
        let fraction = fraction * (LARGEST_STEP / weight_step.abs().max(LARGEST_STEP));
        Point {
            current_offset: self.point.current_offset + fraction * step[CURRENT_OFFSET],
            weight_offset: self.point.weight_offset + fraction * weight_step,
            bistability: (self.point.bistability + fraction * step[BISTABILITY]).max(0.0),
        }
    }

    /// The Newton step of (m, r, γ) for D - ρ A with ρ = D / A here, and the relative gain of capacity that it
    /// promises.
    fn newton_step(&self, free: Free) -> ([f64; VARIABLES], f64) {
        let (gradient, hessian) = self.slope_and_curvature();
        let step = solve(hessian, gradient.map(|slope| -slope), self.movable(free, gradient[BISTABILITY]));
        let gain = -step.iter().zip(gradient).map(|(step, slope)| step * slope).sum::<f64>();
        (step, gain / self.energy.value.sqrt())
    }

    /// Gradient and Hessian of D - ρ A; dA/dr = r G1(b), d²A/dr² = G1(b) / (1 - r² Φ(b)).
    fn slope_and_curvature(&self) -> ([f64; VARIABLES], [[f64; VARIABLES]; VARIABLES]) {
        let Expansion { value, gradient, hessian } = self.energy;
        let distance = value.sqrt();
        let ratio = distance / alignment(&self.point);
        let (b, r) = (self.point.weight_offset, self.point.spread());
        let mean = gaussian::rectified_mean(b);
        let mut slope = gradient.map(|slope| slope / (2.0 * distance));
        let mut curvature: [[f64; VARIABLES]; VARIABLES] = std::array::from_fn(|i| {
            std::array::from_fn(|j| hessian[i][j] / (2.0 * distance) - slope[i] * slope[j] / distance)
        });
        slope[SPREAD] -= ratio * r * mean;
        curvature[SPREAD][SPREAD] -= ratio * mean / (1.0 - r * r * gaussian::distribution(b));
        (slope, curvature)
    }

    /// What is free less γ where it is 0 and D only grows with it.
    fn movable(&self, free: Free, bistability_slope: f64) -> Free {
        let mut movable = free;
        movable[BISTABILITY] &= self.point.bistability > 0.0 || bistability_slope < 0.0;
        movable
    }

    /// How far (m, r, γ) would move if the energy were that of this chain rather than the mean, to first order.
    pub(super) fn response(&self, free: Free, chain: &Expansion) -> [f64; VARIABLES] {
        let (gradient, hessian) = self.slope_and_curvature();
        let Expansion { value, gradient: mean, .. } = self.energy;
        let force = |i: usize| -(chain.gradient[i] - mean[i] * chain.value / value) / (2.0 * value.sqrt());
        solve(hessian, std::array::from_fn(force), self.movable(free, gradient[BISTABILITY]))
    }
}

/// A = Φ(b) / G1(b).
fn alignment(point: &Point) -> f64 {
    gaussian::distribution(point.weight_offset) / gaussian::rectified_mean(point.weight_offset)
}

/// The x of matrix x = right for the free variables, 0 for the others; Gaussian elimination of a positive matrix.
fn solve(mut matrix: [[f64; VARIABLES]; VARIABLES], mut right: [f64; VARIABLES], free: Free) -> [f64; VARIABLES] {
    for fixed in (0..VARIABLES).filter(|&i| !free[i]) {
        right[fixed] = 0.0;
        matrix[fixed] = [0.0; VARIABLES];
        matrix.iter_mut().for_each(|row| row[fixed] = 0.0);
        matrix[fixed][fixed] = 1.0;
    }
    for pivot in 0..VARIABLES {
        let (above, above_right) = (matrix[pivot], right[pivot]);
        for row in pivot + 1..VARIABLES {
            let factor = matrix[row][pivot] / above[pivot];
            matrix[row].iter_mut().zip(above).for_each(|(entry, above)| *entry -= factor * above);
            right[row] -= factor * above_right;
        }
    }
    for row in (0..VARIABLES).rev() {
        let known: f64 = (row + 1..VARIABLES).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}
