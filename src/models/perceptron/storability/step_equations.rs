//! The linear equations of a step of the interior-point method, solved by preconditioned conjugate gradients.

use super::margin_program::MarginProgram;
use super::preconditioner::{Algebra, Coefficients, Preconditioner};
use crate::instruction_set::InstructionSet;

/// M w = r with M = Aᵀ (D - D 1 1ᵀ D / 1ᵀ D 1) A + E, where D and E are diagonal and positive: what is left of the
/// Newton equations when slacks, multipliers, reduced costs and κ are eliminated.
pub(super) struct StepEquations<'a> {
    program: &'a MarginProgram<'a>,
    instructions: InstructionSet,
    coefficients: Coefficients,
    algebra: Algebra,
    preconditioner: Preconditioner,
    solution: Solution,
}

/// An approximate solution of M w = r.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    pub(super) weights: Vec<f64>,
    /// A w.
    pub(super) currents: Vec<f64>,
    right_side: Vec<f64>,
    /// r - M w.
    residual: Vec<f64>,
}

impl<'a> StepEquations<'a> {
    pub(super) fn new(
        program: &'a MarginProgram<'a>,
        instructions: InstructionSet,
        algebra: Algebra,
        patterns: Vec<f64>,
        inputs: Vec<f64>,
    ) -> Self {
        let coefficients = Coefficients { sum: patterns.iter().sum(), patterns, inputs };
        let solution = Solution {
            weights: vec![0.0; coefficients.inputs.len()],
            currents: vec![0.0; coefficients.patterns.len()],
            right_side: vec![0.0; coefficients.inputs.len()],
            residual: vec![0.0; coefficients.inputs.len()],
        };
        let preconditioner = Preconditioner::new(program, instructions, algebra, &coefficients);
        Self { program, instructions, coefficients, algebra, preconditioner, solution }
    }

    /// The algebra that was good enough in the end.
    pub(super) fn algebra(&self) -> Algebra {
        self.algebra
    }

    pub(super) fn coefficients(&self) -> &Coefficients {
        &self.coefficients
    }

    /// Solves for another right side, from the last solution on, until no residual is greater than its tolerance. Where
    /// this takes too long the algebra changes for a better one.
    pub(super) fn solve(&mut self, right_side: Vec<f64>, tolerance: &[f64]) -> &Solution {
        let solution = &mut self.solution;
        for (index, new) in right_side.iter().enumerate() {
            solution.residual[index] += new - solution.right_side[index];
        }
        solution.right_side = right_side;
        if !self.iterate(tolerance) && self.algebra == Algebra::Block {
            self.algebra = Algebra::Whole;
            self.preconditioner =
                Preconditioner::new(self.program, self.instructions, self.algebra, &self.coefficients);
            self.iterate(tolerance);
        }
        &self.solution
    }

    /// Conjugate gradients from the present solution; whether they reached the tolerance.
    fn iterate(&mut self, tolerance: &[f64]) -> bool {
        if self.solution.is_within(tolerance) {
            return true;
        }
        let mut step = self.preconditioner.apply(&self.solution.residual);
        let mut norm = dot(&self.solution.residual, &step);
        for _ in 0..self.algebra.iteration_limit() {
            let (currents, product) = self.products(&step);
            let length = norm / dot(&step, &product);
            if !(length > 0.0 && length.is_finite()) {
                return false;
            }
            let solution = &mut self.solution;
            add(&mut solution.weights, length, &step);
            add(&mut solution.currents, length, &currents);
            add(&mut solution.residual, -length, &product);
            if solution.is_within(tolerance) {
                return true;
            }
            let preconditioned = self.preconditioner.apply(&solution.residual);
            let previous = std::mem::replace(&mut norm, dot(&solution.residual, &preconditioned));
            let ratio = norm / previous;
            step.iter_mut().zip(&preconditioned).for_each(|(step, new)| *step = new + ratio * *step);
        }
        false
    }

    /// A w and M w.
    fn products(&self, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let Coefficients { patterns, sum, inputs } = &self.coefficients;
        let currents = self.program.signed_currents(weights);
        let mean = dot(patterns, &currents) / sum;
        let centred: Vec<f64> =
            currents.iter().zip(patterns).map(|(current, weight)| weight * (current - mean)).collect();
        let mut product = self.program.input_sums(&centred);
        for (entry, (term, weight)) in product.iter_mut().zip(inputs.iter().zip(weights)) {
            *entry += term * weight;
        }
        (currents, product)
    }
}

impl Solution {
    fn is_within(&self, tolerance: &[f64]) -> bool {
        self.residual.iter().zip(tolerance).all(|(residual, tolerance)| residual.abs() <= *tolerance)
    }
}

/// a ← a + t b.
fn add(a: &mut [f64], t: f64, b: &[f64]) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += t * b);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
