//! A primal-dual interior-point method for the widest margin.

use super::margin_program::MarginProgram;
use super::preconditioner::{Algebra, Coefficients};
use super::step_equations::{Solution, StepEquations};
use crate::instruction_set::InstructionSet;
use crate::models::perceptron::certificate::repair;

/// Steps after which the method is given up; it takes 5 to 15 on random patterns.
pub(super) const STEP_LIMIT: usize = 100;

/// The fraction of the way to the boundary that a step goes. Found by trial: 0.98 to 0.995 take as many steps, but the
/// closer, the more conjugate gradients the next takes.
const STEP_FRACTION: f64 = 0.98;

/// The least slack of the starting point, over the mean of the margins less the smallest. Found by trial: 0.03 to 0.3
/// cost least steps, 1 and more cost a step or two.
const START_SLACK: f64 = 0.1;

/// Corrections of centrality in a step: each costs a few conjugate gradients, less than the steps they save.
const CENTRALITY_CORRECTIONS: usize = 4;

/// What the equations of a step may leave of the dual constraints of an input, over gap + σ_i; found by trial.
const TOLERANCE: f64 = 0.1;
/// The same for the predictor, which only gives the direction.
const PREDICTOR_TOLERANCE: f64 = 0.3;

/// A point inside w, y, λ, σ > 0, or a direction from one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
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
    algebra: Algebra,
    point: Point,
    /// A w and Aᵀλ at the point.
    signed_currents: Vec<f64>,
    input_sums: Vec<f64>,
}

/// All that a solver has found out, without the program.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    point: Point,
    algebra: Algebra,
}

/// The products λ y of the patterns, and σ w of the inputs.
struct Products {
    rows: Vec<f64>,
    columns: Vec<f64>,
}

/// What the point lacks to be feasible.
struct Residuals {
    primal: Vec<f64>,
    dual: Vec<f64>,
    sum: f64,
}

impl<'a> InteriorPoint<'a> {
    /// The starting point: equal weights that bring the mean current to θ, κ below the smallest margin, multipliers
    /// that make all products λ y equal, and reduced costs that make σ w as large, or larger where Aᵀλ + σ = 0 asks for
    /// it (without which the method can diverge where most targets are 0). The program must have patterns and inputs.
    pub(super) fn new(program: &'a MarginProgram<'a>, instructions: InstructionSet) -> Self {
        Self::with_algebra(program, instructions, Algebra::Block)
    }

    /// The same, with an algebra to begin with.
    pub(super) fn with_algebra(program: &'a MarginProgram<'a>, instructions: InstructionSet, algebra: Algebra) -> Self {
        let (patterns, inputs) = (program.signs.len(), program.inputs.len());
        let active: f64 = program.signed_currents(&vec![1.0; inputs]).iter().map(|current| current.abs()).sum();
        let weights = vec![patterns as f64 / active.max(1.0); inputs];
        let signed_currents = program.signed_currents(&weights);
        let margins: Vec<f64> = difference(&signed_currents, &program.thresholds);
        let smallest = margins.iter().copied().fold(f64::INFINITY, f64::min);
        let mean = margins.iter().sum::<f64>() / patterns as f64;
        let margin = smallest - START_SLACK * (mean - smallest).max(1e-2);
        let slacks: Vec<f64> = margins.iter().map(|value| value - margin).collect();
        let product = 1.0 / slacks.iter().map(|slack| 1.0 / slack).sum::<f64>();
        let multipliers: Vec<f64> = slacks.iter().map(|slack| product / slack).collect();
        let input_sums = program.input_sums(&multipliers);
        let reduced_costs = weights.iter().zip(&input_sums).map(|(weight, sum)| (product / weight).max(-sum)).collect();
        let point = Point { weights, margin, slacks, multipliers, reduced_costs };
        Self { program, instructions, algebra, point, signed_currents, input_sums }
    }

    /// Where another solver of the same program was.
    pub(super) fn at(program: &'a MarginProgram<'a>, instructions: InstructionSet, state: State) -> Self {
        let State { point, algebra } = state;
        let signed_currents = program.signed_currents(&point.weights);
        let input_sums = program.input_sums(&point.multipliers);
        Self { program, instructions, algebra, point, signed_currents, input_sums }
    }

    /// What [`InteriorPoint::at`] continues from.
    pub(super) fn into_state(self) -> State {
        State { point: self.point, algebra: self.algebra }
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

    /// Whether each weight is on the way to 0: w_i < σ_i.
    pub(super) fn silent_weights(&self) -> Vec<bool> {
        is_smaller(&self.point.weights, &self.point.reduced_costs)
    }

    /// Whether each pattern is on the way to bind: y_μ < λ_μ.
    pub(super) fn binding_patterns(&self) -> Vec<bool> {
        is_smaller(&self.point.slacks, &self.point.multipliers)
    }

    /// Whether each weight is smaller than a limit.
    pub(super) fn weights_below(&self, limit: f64) -> Vec<bool> {
        self.point.weights.iter().map(|&weight| weight < limit).collect()
    }

    /// Whether each slack is smaller than a limit.
    pub(super) fn slacks_below(&self, limit: f64) -> Vec<bool> {
        self.point.slacks.iter().map(|&slack| slack < limit).collect()
    }

    /// One step: predictor, corrector, and corrections of centrality as long as they lengthen it. False where rounding
    /// leaves no progress to make.
    pub(super) fn step(&mut self) -> bool {
        let residuals = self.residuals();
        let mut equations = self.equations();
        let scale = self.residual_scale();
        let rough: Vec<f64> = scale.iter().map(|scale| PREDICTOR_TOLERANCE * scale).collect();
        let tolerance: Vec<f64> = scale.iter().map(|scale| TOLERANCE * scale).collect();
        let predictor = self.direction(&mut equations, &residuals, &self.missing_products(0.0, None), &rough);
        let reached = self.moved(&predictor, self.step_lengths(&predictor));
        // Far from feasible the products may have to grow; never aim above where they are.
        let ratio = (reached.mean_product() / self.point.mean_product()).min(1.0);
        let target = self.point.mean_product() * ratio * ratio * ratio;

        let mut missing = self.missing_products(target, Some(&predictor));
        let mut direction = self.direction(&mut equations, &residuals, &missing, &tolerance);
        let mut lengths = self.step_lengths(&direction);
        for _ in 0..CENTRALITY_CORRECTIONS {
            let hoped = (lengths.0 * 1.08 + 0.08, lengths.1 * 1.08 + 0.08);
            missing.correct_towards(target, &self.moved(&direction, (hoped.0.min(1.0), hoped.1.min(1.0))));
            let candidate = self.direction(&mut equations, &residuals, &missing, &tolerance);
            let reached = self.step_lengths(&candidate);
            if reached.0 + reached.1 < lengths.0 + lengths.1 + 0.01 {
                break;
            }
            (direction, lengths) = (candidate, reached);
        }
        self.algebra = equations.algebra();
        let next = self.moved(&direction, (STEP_FRACTION * lengths.0, STEP_FRACTION * lengths.1));
        let is_finite = next.mean_product().is_finite() && next.margin.is_finite();
        if !is_finite || lengths.0.max(lengths.1) < 1e-8 {
            return false;
        }
        self.point = next;
        self.signed_currents = self.program.signed_currents(&self.point.weights);
        self.input_sums = self.program.input_sums(&self.point.multipliers);
        // What the conjugate gradients have left of σ = -Aᵀλ.
        for (cost, sum) in self.point.reduced_costs.iter_mut().zip(&self.input_sums) {
            if (0.5 * *cost..2.0 * *cost).contains(&-sum) {
                *cost = -sum;
            }
        }
        true
    }

    /// gap + σ_i with the gap (P + N) × mean product, but at most 1/√N, for each input.
    ///
    /// An inexact solution of the equations violates the dual constraints, and nothing else. What is small against σ_i
    /// is put right by changing σ_i; the rest makes the proven bound worse by about as much, so it must shrink with the
    /// gap.
    fn residual_scale(&self) -> Vec<f64> {
        let point = &self.point;
        let inputs = point.weights.len() as f64;
        let gap = (inputs + point.slacks.len() as f64) * point.mean_product();
        let gap = gap.min(1.0 / inputs.sqrt());
        point.reduced_costs.iter().map(|cost| gap + cost).collect()
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

    fn equations(&self) -> StepEquations<'a> {
        let point = &self.point;
        let ratios =
            point.multipliers.iter().zip(&point.slacks).map(|(multiplier, slack)| multiplier / slack).collect();
        let diagonal = point.reduced_costs.iter().zip(&point.weights).map(|(cost, weight)| cost / weight).collect();
        StepEquations::new(self.program, self.instructions, self.algebra, ratios, diagonal)
    }

    /// What the products lack of `target`, to first order or with Mehrotra's second-order term of `predictor`.
    fn missing_products(&self, target: f64, predictor: Option<&Point>) -> Products {
        let mut missing = self.point.products().map(|product| target - product);
        if let Some(predictor) = predictor {
            let second_order = predictor.products();
            missing.rows.iter_mut().zip(second_order.rows).for_each(|(value, term)| *value -= term);
            missing.columns.iter_mut().zip(second_order.columns).for_each(|(value, term)| *value -= term);
        }
        missing
    }

    /// The Newton direction that removes the residuals and adds `missing` to the products λ y and σ w.
    fn direction(
        &self,
        equations: &mut StepEquations<'a>,
        residuals: &Residuals,
        missing: &Products,
        tolerance: &[f64],
    ) -> Point {
        let point = &self.point;
        let Products { rows: row_products, columns: column_products } = missing;
        let eliminated: Vec<f64> = (0..row_products.len())
            .map(|row| (row_products[row] + point.multipliers[row] * residuals.primal[row]) / point.slacks[row])
            .collect();
        // The sum of the multipliers gives κ: its change is (lack + 1ᵀ D A w) / 1ᵀ D 1 with w that of the weights.
        let lack = residuals.sum - eliminated.iter().sum::<f64>();
        let Coefficients { patterns: ratios, sum, .. } = equations.coefficients();
        let (ratios, sum) = (ratios.clone(), *sum);
        let with_margin: Vec<f64> =
            eliminated.iter().zip(&ratios).map(|(value, ratio)| value + ratio * lack / sum).collect();
        let mut right_side = self.program.input_sums(&with_margin);
        for (column, value) in right_side.iter_mut().enumerate() {
            *value += column_products[column] / point.weights[column] - residuals.dual[column];
        }
        let Solution { weights, currents, .. } = equations.solve(right_side, tolerance).clone();
        let margin = (lack + dot(&ratios, &currents)) / sum;
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

    /// How far along a direction the primal and the dual variables may go: at most to the boundary, and at most 1.
    fn step_lengths(&self, direction: &Point) -> (f64, f64) {
        let point = &self.point;
        let primal =
            longest_step(&point.weights, &direction.weights).min(longest_step(&point.slacks, &direction.slacks));
        let dual = longest_step(&point.multipliers, &direction.multipliers)
            .min(longest_step(&point.reduced_costs, &direction.reduced_costs));
        (primal, dual)
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
}

impl Point {
    fn products(&self) -> Products {
        Products {
            rows: self.slacks.iter().zip(&self.multipliers).map(|(a, b)| a * b).collect(),
            columns: self.weights.iter().zip(&self.reduced_costs).map(|(a, b)| a * b).collect(),
        }
    }

    /// (y·λ + w·σ) / (P + N).
    fn mean_product(&self) -> f64 {
        let sum = dot(&self.slacks, &self.multipliers) + dot(&self.weights, &self.reduced_costs);
        sum / (self.slacks.len() + self.weights.len()) as f64
    }
}

impl Products {
    fn map(mut self, change: impl Fn(f64) -> f64) -> Self {
        self.rows.iter_mut().chain(&mut self.columns).for_each(|value| *value = change(*value));
        self
    }

    /// Adds what brings the products of the point `reached` to between a tenth and ten times `target`, but takes away
    /// no more than that upper limit (Gondzio, Comput Optim Appl 6:137, 1996).
    fn correct_towards(&mut self, target: f64, reached: &Point) {
        let (least, most) = (0.1 * target, 10.0 * target);
        let lacking = reached.products().map(|product| (product.max(least).min(most) - product).max(-most));
        self.rows.iter_mut().zip(lacking.rows).for_each(|(value, lack)| *value += lack);
        self.columns.iter_mut().zip(lacking.columns).for_each(|(value, lack)| *value += lack);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// a_k / mean(a) < b_k / mean(b) for every k: at convergence one of the two is 0 to rounding.
fn is_smaller(a: &[f64], b: &[f64]) -> Vec<bool> {
    let ratio = a.iter().sum::<f64>() / b.iter().sum::<f64>();
    a.iter().zip(b).map(|(a, b)| *a < ratio * b).collect()
}

/// The largest t ≤ 1 with value + t change ≥ 0.
fn longest_step(values: &[f64], changes: &[f64]) -> f64 {
    let bounds = values.iter().zip(changes).filter(|&(_, &change)| change < 0.0).map(|(value, change)| -value / change);
    bounds.fold(1.0, f64::min)
}
