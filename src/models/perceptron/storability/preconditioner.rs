//! An approximate inverse of the matrix of a step.

use super::margin_program::MarginProgram;
use super::normal_matrix::add_normal_matrix;
use crate::instruction_set::InstructionSet;
use crate::models::linear_algebra::cholesky::Cholesky;
use crate::models::linear_algebra::panel_matrix::PanelMatrix;
use crate::models::linear_algebra::real::Real;

/// An input is in the block that is factored if E_i is less than this times (Aᵀ D A)_ii. A weight on the way to 0 has a
/// large E_i and hardly couples to the others. Found by trial: at capacity 0.2 to 0.7 take much the same time.
const COUPLED: f64 = 0.4;

/// How the equations of a step are preconditioned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Algebra {
    /// The block of the coupled inputs is factored in single precision: fast.
    Block,
    /// The whole matrix is factored in double precision: the plain method, which conjugate gradients only refine.
    Whole,
}

impl Algebra {
    /// Conjugate gradients after which a block is given up for the whole, and the whole for as good as it gets.
    pub(super) fn iteration_limit(self) -> usize {
        match self {
            Self::Block => 50,
            Self::Whole => 5,
        }
    }
}

/// The matrix of a step, M = Aᵀ (D - D 1 1ᵀ D / 1ᵀ D 1) A + E: D, its sum 1ᵀ D 1, and E.
#[derive(Clone, Debug)]
pub(super) struct Coefficients {
    pub(super) patterns: Vec<f64>,
    pub(super) sum: f64,
    pub(super) inputs: Vec<f64>,
}

/// P⁻¹ for the P that M would be if the patterns of the inputs outside the block were noise around their mean.
///
/// With s the signs as a vector over patterns, the column of A of an input outside the block is regressed on 1 and s: s
/// ξ_i = a_i 1 + g_i s + noise, in the weights D. The noise of different inputs is taken as uncorrelated. So P couples
/// the rest to the block, and to itself, only through the mean drive t = Σ g_i w_i, which is one more unknown of the
/// block, with the prior variance γ = Σ g_i² / v_i where v_i = E_i + noise.
pub(super) struct Preconditioner {
    factor: Factor,
    block: Vec<usize>,
    rest: Vec<Loose>,
    /// γ, or 0 where the mean drive is not an unknown.
    drive_variance: f64,
    /// What the factored matrix is divided by.
    scale: f64,
}

/// An input outside the block: its g_i and v_i.
struct Loose {
    input: usize,
    drive: f64,
    stiffness: f64,
}

enum Factor {
    Single(Cholesky<f32>),
    Double(Cholesky<f64>),
}

impl Preconditioner {
    pub(super) fn new(
        program: &MarginProgram<'_>,
        instructions: InstructionSet,
        algebra: Algebra,
        coefficients: &Coefficients,
    ) -> Self {
        let moments = Moments::new(program, coefficients);
        let is_coupled =
            |input: usize| algebra == Algebra::Whole || coefficients.inputs[input] < COUPLED * moments.squares[input];
        let (block, rest): (Vec<usize>, Vec<usize>) = (0..program.inputs.len()).partition(|&input| is_coupled(input));
        let rest: Vec<Loose> = rest.into_iter().map(|input| moments.loose(input, coefficients)).collect();
        let drive_variance = rest.iter().map(|loose| loose.drive * loose.drive / loose.stiffness).sum();
        let factor = match algebra {
            Algebra::Block => {
                Factor::Single(moments.factor(program, instructions, coefficients, &block, drive_variance))
            }
            Algebra::Whole => {
                Factor::Double(moments.factor(program, instructions, coefficients, &block, drive_variance))
            }
        };
        Self { factor, block, rest, drive_variance, scale: coefficients.sum }
    }

    /// P⁻¹ r.
    pub(super) fn apply(&self, residual: &[f64]) -> Vec<f64> {
        let mut solution = vec![0.0; residual.len()];
        let mut right_side: Vec<f64> = self.block.iter().map(|&input| residual[input]).collect();
        let uncoupled_drive: f64 =
            self.rest.iter().map(|loose| loose.drive * residual[loose.input] / loose.stiffness).sum();
        if self.drive_variance > 0.0 {
            right_side.push(uncoupled_drive / self.drive_variance);
        }
        // Of order 1, so that nothing of weight underflows in single precision.
        let largest = right_side.iter().fold(f64::MIN_POSITIVE, |largest, value| value.abs().max(largest));
        right_side.iter_mut().for_each(|value| *value /= largest);
        let mut in_block = match &self.factor {
            Factor::Single(factor) => factor.solve(&right_side),
            Factor::Double(factor) => factor.solve(&right_side),
        };
        in_block.iter_mut().for_each(|value| *value *= largest / self.scale);
        self.block.iter().zip(&in_block).for_each(|(&input, &value)| solution[input] = value);
        let pull = in_block.get(self.block.len()).map_or(0.0, |drive| (drive - uncoupled_drive) / self.drive_variance);
        for loose in &self.rest {
            solution[loose.input] = (residual[loose.input] + pull * loose.drive) / loose.stiffness;
        }
        solution
    }
}

/// Sums over patterns in the weights D.
struct Moments {
    /// (Aᵀ D A)_ii = Σ D ξ_i = (Aᵀ D s)_i.
    squares: Vec<f64>,
    /// (Aᵀ D 1)_i.
    means: Vec<f64>,
    /// The mean of the signs, and their variance times 1ᵀ D 1.
    mean_sign: f64,
    sign_variation: f64,
}

impl Moments {
    fn new(program: &MarginProgram<'_>, coefficients: &Coefficients) -> Self {
        let Coefficients { patterns, sum, .. } = coefficients;
        let signed: Vec<f64> = patterns.iter().zip(&program.signs).map(|(weight, sign)| weight * sign).collect();
        let mean_sign = signed.iter().sum::<f64>() / sum;
        Self {
            squares: program.input_sums(&signed),
            means: program.input_sums(patterns),
            mean_sign,
            sign_variation: sum * (1.0 - mean_sign * mean_sign),
        }
    }

    /// The covariance of an input with the sign, times 1ᵀ D 1.
    fn sign_covariation(&self, input: usize) -> f64 {
        self.squares[input] - self.means[input] * self.mean_sign
    }

    fn loose(&self, input: usize, coefficients: &Coefficients) -> Loose {
        let variation = self.squares[input] - self.means[input] * self.means[input] / coefficients.sum;
        // Where all signs are (nearly) the same, the mean drive is (nearly) that of κ, which is eliminated.
        let drive = if self.sign_variation > 1e-6 * coefficients.sum {
            self.sign_covariation(input) / self.sign_variation
        } else {
            0.0
        };
        let noise = (variation - drive * self.sign_covariation(input)).max(0.0);
        Loose { input, drive, stiffness: coefficients.inputs[input] + noise }
    }

    /// Factors the block and the mean drive, all divided by 1ᵀ D 1 so that single precision has the range.
    fn factor<R: Real>(
        &self,
        program: &MarginProgram<'_>,
        instructions: InstructionSet,
        coefficients: &Coefficients,
        block: &[usize],
        drive_variance: f64,
    ) -> Cholesky<R> {
        let sum = coefficients.sum;
        let weights: Vec<R> = coefficients.patterns.iter().map(|weight| R::nearest(weight / sum)).collect();
        let has_drive = drive_variance > 0.0;
        let mut matrix = PanelMatrix::zeros(block.len() + usize::from(has_drive));
        add_normal_matrix(instructions, &program.transpose.select_rows(block), &weights, &mut matrix);
        let means: Vec<R> = block.iter().map(|&input| R::nearest(self.means[input] / sum)).collect();
        for (row, &input) in block.iter().enumerate() {
            for (column, &mean) in means.iter().enumerate().take(row + 1) {
                *matrix.entry(row, column) -= means[row] * mean;
            }
            *matrix.entry(row, row) += R::nearest(coefficients.inputs[input] / sum);
            if has_drive {
                *matrix.entry(block.len(), row) = R::nearest(self.sign_covariation(input) / sum);
            }
        }
        if has_drive {
            *matrix.entry(block.len(), block.len()) = R::nearest((self.sign_variation + 1.0 / drive_variance) / sum);
        }
        matrix.finish_padding();
        Cholesky::factor(instructions, matrix)
    }
}
