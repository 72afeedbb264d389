//! A primal-dual interior-point method for the widest margin.

use super::certificate::repair;
use super::cholesky::Cholesky;
use super::instruction_set::InstructionSet;
use super::margin_program::MarginProgram;
use super::normal_matrix::NormalMatrix;
use super::panel_matrix::PanelMatrix;

/// The fraction of the way to the boundary that a step goes.
const STEP_FRACTION: f64 = 0.995;

/// A point inside w, y, λ, σ > 0, or a direction from one.
#[derive(Clone, Debug)]
struct Point {
    weights: Vec<f64>,
    margin: f64,
    slacks: Vec<f64>,
    multipliers: Vec<f64>,
    reduced_costs: Vec<f64>,
}

/// Mehrotra's predictor-corrector method (SIAM J Optim 2:575, 1992) for the pair, with A_μi = s_μ ξ_i^μ,
///
/// max κ subject to A w - κ 1 - y = b, w ≥ 0, y ≥ 0;   min -b·λ subject to Aᵀλ + σ = 0, Σλ = 1, λ ≥ 0, σ ≥ 0.
pub(super) struct InteriorPoint<'a> {
    program: &'a MarginProgram<'a>,
    instructions: InstructionSet,
    normal: NormalMatrix,
    matrix: PanelMatrix,
    point: Point,
    /// A w and Aᵀλ at the point.
    signed_currents: Vec<f64>,
    input_sums: Vec<f64>,
}

/// What the point lacks to be feasible.
struct Residuals {
    primal: Vec<f64>,
    dual: Vec<f64>,
    sum: f64,
}

/// The factored equations of a step: M = Aᵀ(Λ/Y)A + Σ/W, and what eliminates κ.
struct StepEquations {
    factor: Cholesky,
    /// p = Aᵀ d with d = λ/y, and M⁻¹ p.
    margin_column: Vec<f64>,
    margin_solution: Vec<f64>,
    /// Σ d - p·M⁻¹p.
    margin_pivot: f64,
}

impl<'a> InteriorPoint<'a> {
    /// The starting point: equal weights that bring the mean current to θ, κ below the smallest margin, and multipliers
    /// that make all products λ y and σ w equal. The program must have patterns and inputs.
    pub(super) fn new(program: &'a MarginProgram<'a>, instructions: InstructionSet) -> Self {
        let (patterns, inputs) = (program.signs.len(), program.inputs.len());
        let active: f64 = program.signed_currents(&vec![1.0; inputs]).iter().map(|current| current.abs()).sum();
        let weights = vec![patterns as f64 / active.max(1.0); inputs];
        let signed_currents = program.signed_currents(&weights);
        let margins: Vec<f64> = difference(&signed_currents, &program.thresholds);
        let smallest = margins.iter().copied().fold(f64::INFINITY, f64::min);
        let mean = margins.iter().sum::<f64>() / patterns as f64;
        let margin = smallest - (mean - smallest).max(1e-3);
        let slacks: Vec<f64> = margins.iter().map(|value| value - margin).collect();
        let product = 1.0 / slacks.iter().map(|slack| 1.0 / slack).sum::<f64>();
        let multipliers: Vec<f64> = slacks.iter().map(|slack| product / slack).collect();
        let reduced_costs = weights.iter().map(|weight| product / weight).collect();
        Self {
            normal: NormalMatrix::new(&program.matrix, &program.transpose),
            matrix: PanelMatrix::zeros(inputs),
            input_sums: program.input_sums(&multipliers),
            point: Point { weights, margin, slacks, multipliers, reduced_costs },
            signed_currents,
            program,
            instructions,
        }
    }

    pub(super) fn weights(&self) -> &[f64] {
        &self.point.weights
    }

    /// The margin that the weights reach, min_μ (A w - b)_μ: a lower bound on the widest.
    pub(super) fn reached_margin(&self) -> f64 {
        difference(&self.signed_currents, &self.program.thresholds).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The multipliers, repaired so that Aᵀλ ≤ 0, and the upper bound -b·λ / Σλ on the widest margin that they prove.
    pub(super) fn proven_bound(&self) -> Option<(Vec<f64>, f64)> {
        let addition = repair(&self.input_sums, &self.program.negative_patterns)?;
        let addition_to = |sign: f64| if sign < 0.0 { addition } else { 0.0 };
        let multipliers: Vec<f64> = self
            .point
            .multipliers
            .iter()
            .zip(&self.program.signs)
            .map(|(value, &sign)| value + addition_to(sign))
            .collect();
        let bound = -dot(&self.program.thresholds, &multipliers) / multipliers.iter().sum::<f64>();
        Some((multipliers, bound))
    }

    /// Whether each weight is on the way to 0: w_i against σ_i, each over its mean.
    pub(super) fn silent_weights(&self) -> Vec<bool> {
        is_smaller(&self.point.weights, &self.point.reduced_costs)
    }

    /// Whether each pattern is on the way to bind: y_μ against λ_μ, each over its mean.
    pub(super) fn binding_patterns(&self) -> Vec<bool> {
        is_smaller(&self.point.slacks, &self.point.multipliers)
    }

    /// One predictor-corrector step; false where rounding leaves no progress to make.
    pub(super) fn step(&mut self) -> bool {
        let residuals = self.residuals();
        let Some(equations) = self.equations() else { return false };
        let predictor = self.direction(&equations, &residuals, 0.0, None);
        let product = self.mean_product(&self.point);
        let reached = self.moved(&predictor, self.step_lengths(&predictor, 1.0));
        let ratio = self.mean_product(&reached) / product;
        let target = product * ratio * ratio * ratio;
        let corrector = self.direction(&equations, &residuals, target, Some(&predictor));
        let lengths = self.step_lengths(&corrector, STEP_FRACTION);
        self.matrix = equations.factor.into_matrix();
        let next = self.moved(&corrector, lengths);
        let is_finite = self.mean_product(&next).is_finite() && next.margin.is_finite();
        if !is_finite || lengths.0.max(lengths.1) < 1e-8 {
            return false;
        }
        self.point = next;
        self.signed_currents = self.program.signed_currents(&self.point.weights);
        self.input_sums = self.program.input_sums(&self.point.multipliers);
        true
    }

    fn residuals(&self) -> Residuals {
        let point = &self.point;
        let margins =
            self.signed_currents.iter().zip(&self.program.thresholds).map(|(current, threshold)| threshold - current);
        Residuals {
            primal: margins.zip(&point.slacks).map(|(missing, slack)| missing + point.margin + slack).collect(),
            dual: self.input_sums.iter().zip(&point.reduced_costs).map(|(sum, cost)| -(sum + cost)).collect(),
            sum: 1.0 - point.multipliers.iter().sum::<f64>(),
        }
    }

    fn equations(&mut self) -> Option<StepEquations> {
        let point = &self.point;
        let ratios: Vec<f64> =
            point.multipliers.iter().zip(&point.slacks).map(|(multiplier, slack)| multiplier / slack).collect();
        let diagonal: Vec<f64> =
            point.reduced_costs.iter().zip(&point.weights).map(|(cost, weight)| cost / weight).collect();
        let mut matrix = std::mem::replace(&mut self.matrix, PanelMatrix::zeros(0));
        self.normal.form(self.instructions, &ratios, &mut matrix);
        matrix.add_diagonal(&diagonal);
        let factor = Cholesky::factor(self.instructions, matrix);
        let margin_column = self.program.input_sums(&ratios);
        let margin_solution = factor.solve(&margin_column);
        let margin_pivot = ratios.iter().sum::<f64>() - dot(&margin_column, &margin_solution);
        (margin_pivot > 0.0).then_some(StepEquations { factor, margin_column, margin_solution, margin_pivot })
    }

    /// The Newton direction towards λ y = σ w = `target`, with Mehrotra's second-order term of `predictor`.
    fn direction(
        &self,
        equations: &StepEquations,
        residuals: &Residuals,
        target: f64,
        predictor: Option<&Point>,
    ) -> Point {
        let point = &self.point;
        let missing = |a: &[f64], b: &[f64], second_order: Option<(&[f64], &[f64])>| -> Vec<f64> {
            let first_order = a.iter().zip(b).map(|(a, b)| target - a * b);
            match second_order {
                None => first_order.collect(),
                Some((da, db)) => first_order.zip(da.iter().zip(db)).map(|(value, (da, db))| value - da * db).collect(),
            }
        };
        let row_terms = predictor.map(|p| (&p.slacks[..], &p.multipliers[..]));
        let column_terms = predictor.map(|p| (&p.weights[..], &p.reduced_costs[..]));
        let row_products = missing(&point.slacks, &point.multipliers, row_terms);
        let column_products = missing(&point.weights, &point.reduced_costs, column_terms);

        let eliminated: Vec<f64> = (0..row_products.len())
            .map(|row| (row_products[row] + point.multipliers[row] * residuals.primal[row]) / point.slacks[row])
            .collect();
        let mut right_side = self.program.input_sums(&eliminated);
        for (column, value) in right_side.iter_mut().enumerate() {
            *value += column_products[column] / point.weights[column] - residuals.dual[column];
        }
        let solution = equations.factor.solve(&right_side);
        let margin = (residuals.sum - eliminated.iter().sum::<f64>() + dot(&equations.margin_column, &solution))
            / equations.margin_pivot;
        let weights: Vec<f64> =
            solution.iter().zip(&equations.margin_solution).map(|(value, change)| value + margin * change).collect();

        let currents = self.program.signed_currents(&weights);
        let slacks: Vec<f64> =
            currents.iter().zip(&residuals.primal).map(|(current, lack)| current - margin - lack).collect();
        let multipliers = (0..slacks.len())
            .map(|row| (row_products[row] - point.multipliers[row] * slacks[row]) / point.slacks[row])
            .collect();
        let reduced_costs = (0..weights.len())
            .map(|column| {
                (column_products[column] - point.reduced_costs[column] * weights[column]) / point.weights[column]
            })
            .collect();
        Point { weights, margin, slacks, multipliers, reduced_costs }
    }

    /// How far along a direction the primal and the dual variables may go: `fraction` of the way to the boundary, at most 1.
    fn step_lengths(&self, direction: &Point, fraction: f64) -> (f64, f64) {
        let point = &self.point;
        let primal =
            longest_step(&point.weights, &direction.weights).min(longest_step(&point.slacks, &direction.slacks));
        let dual = longest_step(&point.multipliers, &direction.multipliers)
            .min(longest_step(&point.reduced_costs, &direction.reduced_costs));
        ((fraction * primal).min(1.0), (fraction * dual).min(1.0))
    }

    fn moved(&self, direction: &Point, (primal, dual): (f64, f64)) -> Point {
        let point = &self.point;
        let moved = |from: &[f64], along: &[f64], length: f64| -> Vec<f64> {
            from.iter().zip(along).map(|(value, change)| value + length * change).collect()
        };
        Point {
            weights: moved(&point.weights, &direction.weights, primal),
            margin: point.margin + primal * direction.margin,
            slacks: moved(&point.slacks, &direction.slacks, primal),
            multipliers: moved(&point.multipliers, &direction.multipliers, dual),
            reduced_costs: moved(&point.reduced_costs, &direction.reduced_costs, dual),
        }
    }

    /// (y·λ + w·σ) / (P + N).
    fn mean_product(&self, point: &Point) -> f64 {
        let sum = dot(&point.slacks, &point.multipliers) + dot(&point.weights, &point.reduced_costs);
        sum / (point.slacks.len() + point.weights.len()) as f64
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// a_k / mean(a) < b_k / mean(b) for every k.
fn is_smaller(a: &[f64], b: &[f64]) -> Vec<bool> {
    let (a_sum, b_sum) = (a.iter().sum::<f64>(), b.iter().sum::<f64>());
    a.iter().zip(b).map(|(a, b)| a * b_sum < b * a_sum).collect()
}

/// The largest t with value + t change ≥ 0.
fn longest_step(values: &[f64], changes: &[f64]) -> f64 {
    let bounds = values.iter().zip(changes).filter(|&(_, &change)| change < 0.0).map(|(value, change)| -value / change);
    bounds.fold(f64::INFINITY, f64::min)
}
