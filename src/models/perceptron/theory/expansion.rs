//! The energy of patterns about a point, to second order.

use std::ops::AddAssign;

use crate::models::gaussian;

/// The number of variables of the energy.
pub(super) const VARIABLES: usize = 3;

/// The variables of the energy in an expansion: m, r and γ.
pub(super) const CURRENT_OFFSET: usize = 0;
pub(super) const SPREAD: usize = 1;
pub(super) const BISTABILITY: usize = 2;

/// Where the energy is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// m, the mean current less the threshold, in natural units.
    pub current_offset: f64,
    /// b: the weights are distributed as (b + z)₊.
    pub weight_offset: f64,
    /// γ, in natural units.
    pub bistability: f64,
}

impl Point {
    /// r(b) = √G2(b) / G1(b), the root mean square of the weights over their mean; also the standard deviation of the
    /// current in natural units.
    pub(super) fn spread(&self) -> f64 {
        gaussian::rectified_square(self.weight_offset).sqrt() / gaussian::rectified_mean(self.weight_offset)
    }

    /// dr/db = (1 - r² Φ(b)) / (r G1(b)), which is negative.
    pub(super) fn spread_slope(&self) -> f64 {
        let (b, r) = (self.weight_offset, self.spread());
        (1.0 - r * r * gaussian::distribution(b)) / (r * gaussian::rectified_mean(b))
    }
}

/// ε, the mean energy per pattern, with its first and second derivatives by (m, r, γ).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Expansion {
    pub value: f64,
    pub gradient: [f64; VARIABLES],
    pub hessian: [[f64; VARIABLES]; VARIABLES],
}

impl Expansion {
    /// Adds weight × x² of a residual x that is linear in the variables.
    pub(super) fn add_square(&mut self, weight: f64, x: f64, slope: [f64; VARIABLES]) {
        self.value += weight * x * x;
        for (i, by_i) in slope.into_iter().enumerate() {
            let scaled = 2.0 * weight * by_i;
            self.gradient[i] += scaled * x;
            self.hessian[i].iter_mut().zip(slope).for_each(|(curvature, by_j)| *curvature += scaled * by_j);
        }
    }

    /// All of it times a number.
    pub(super) fn scaled(mut self, factor: f64) -> Self {
        self.value *= factor;
        self.gradient.iter_mut().for_each(|slope| *slope *= factor);
        self.hessian.iter_mut().flatten().for_each(|curvature| *curvature *= factor);
        self
    }
}

impl AddAssign for Expansion {
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        self.gradient.iter_mut().zip(other.gradient).for_each(|(slope, more)| *slope += more);
        let curvatures = self.hessian.iter_mut().flatten();
        curvatures.zip(other.hessian.into_iter().flatten()).for_each(|(curvature, more)| *curvature += more);
    }
}
