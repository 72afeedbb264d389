//! Covariances of the fibres and the plant under stationary commands.

use super::{Prediction, PredictionParameters};

/// What is left of a difference of numbers near 1.
const ROUNDING: f64 = 1e-13;

/// R = E p pᵀ, β = E p y and E y² for commands of unit variance, in closed form.
///
/// Two low-pass filters a and b of an autoregressive signal with the correlation ρ have the covariance
/// \[a (1 - b) s_a + b (1 - a) s_b + (1 - a)(1 - b)] / (1 - a b), with s_a = E u p_a = ρ (1 - a) / (1 - ρ a).
#[derive(Clone, Debug, PartialEq)]
pub struct Covariances {
    /// E p_i p_j.
    pub fibres: Vec<Vec<f64>>,
    /// E p_i y.
    pub with_plant: Vec<f64>,
    /// E y² by the commands alone.
    pub plant: f64,
    /// What the disturbance adds to E y².
    pub disturbance: f64,
    /// σ_v².
    pub senses: f64,
}

impl Covariances {
    /// The covariances while the forward model is learned.
    pub fn new(prediction: &Prediction) -> Self {
        let correlation = prediction.command_retention();
        let between = |a: f64, b: f64| {
            let with_command = |a: f64| correlation * (1.0 - a) / (1.0 - correlation * a);
            let mixed = a * (1.0 - b) * with_command(a) + b * (1.0 - a) * with_command(b);
            (mixed + (1.0 - a) * (1.0 - b)) / (1.0 - a * b)
        };
        let (plant, fibres) = (prediction.retention(), prediction.fibre_retentions());
        let PredictionParameters { sensory_noise, plant_noise, .. } = prediction.parameters();
        Self {
            fibres: fibres.iter().map(|a| fibres.iter().map(|b| between(*a, *b)).collect()).collect(),
            with_plant: fibres.iter().map(|a| between(*a, plant)).collect(),
            plant: between(plant, plant),
            disturbance: plant_noise * plant_noise / (1.0 - plant * plant),
            senses: sensory_noise * sensory_noise,
        }
    }

    /// E ε² with these weights: σ_v² + E y² - 2 w·β + w R w, with the disturbance in E y².
    pub fn error(&self, weights: &[f64]) -> f64 {
        let quadratic = |(row, weight): (&Vec<f64>, &f64)| weight * product(row, weights);
        let square: f64 = self.fibres.iter().zip(weights).map(quadratic).sum();
        self.senses + self.disturbance + self.plant - 2.0 * product(&self.with_plant, weights) + square
    }

    /// R⁻¹ β, by Cholesky's factors; none where R is singular to rounding.
    pub fn best_weights(&self) -> Option<Vec<f64>> {
        let factor = self.factor()?;
        let mut half = vec![0.0; factor.len()];
        for row in 0..factor.len() {
            half[row] = (self.with_plant[row] - product(&factor[row][..row], &half[..row])) / factor[row][row];
        }
        let mut weights = half;
        for row in (0..factor.len()).rev() {
            let later: f64 = (row + 1..factor.len()).map(|other| factor[other][row] * weights[other]).sum();
            weights[row] = (weights[row] - later) / factor[row][row];
        }
        Some(weights)
    }

    /// σ_v² + E y² - βᵀ R⁻¹ β, with the disturbance in E y²: the least E ε² of any weights (Wiener); none where R is
    /// singular to rounding.
    pub fn least_error(&self) -> Option<f64> {
        self.least_residual().map(|residual| self.senses + self.disturbance + residual * self.plant)
    }

    /// 1 - βᵀ R⁻¹ β / E y², without the disturbance: the least share of what commands do to the plant that is not
    /// predicted; 0 where it is less than rounding, none where R is singular to rounding.
    pub fn least_residual(&self) -> Option<f64> {
        self.best_weights().map(|weights| {
            let residual = 1.0 - product(&self.with_plant, &weights) / self.plant;
            if residual > ROUNDING { residual } else { 0.0 }
        })
    }

    /// L with L Lᵀ = R.
    fn factor(&self) -> Option<Vec<Vec<f64>>> {
        let size = self.fibres.len();
        let mut factor = vec![vec![0.0; size]; size];
        for row in 0..size {
            for column in 0..=row {
                let rest = self.fibres[row][column] - product(&factor[row][..column], &factor[column][..column]);
                if column < row {
                    factor[row][column] = rest / factor[column][column];
                } else if rest > 1e-13 * self.fibres[row][row] {
                    factor[row][row] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(factor)
    }
}

fn product(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
