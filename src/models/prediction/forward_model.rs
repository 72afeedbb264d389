//! The prediction of the plant from a copy of the commands.

use super::Prediction;

/// Parallel fibres and their weights: p_i' = a_i p_i + (1 - a_i) u, and the prediction is ŷ = Σ w_i p_i.
#[derive(Clone, Debug, PartialEq)]
pub struct ForwardModel {
    /// a_i.
    pub retentions: Vec<f64>,
    /// w_i.
    pub weights: Vec<f64>,
}

impl ForwardModel {
    /// The fibres of an experiment with these weights, one for each.
    pub fn new(prediction: &Prediction, weights: Vec<f64>) -> Self {
        Self { retentions: prediction.fibre_retentions(), weights }
    }

    /// Σ w_i p_i.
    pub(super) fn predict(&self, fibres: &[f64]) -> f64 {
        self.weights.iter().zip(fibres).map(|(weight, fibre)| weight * fibre).sum()
    }
}

/// One step of the fibres.
pub(super) fn advance(fibres: &mut [f64], retentions: &[f64], command: f64) {
    for (fibre, retention) in fibres.iter_mut().zip(retentions) {
        *fibre = retention * *fibre + (1.0 - retention) * command;
    }
}
