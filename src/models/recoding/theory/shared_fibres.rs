//! How much two cells have in common because they share fibres.

use crate::models::recoding::circuit::parameters::{Circuit, Wiring};
use crate::models::recoding::spectrum::combinations::binomial;

/// Moments of the correlation of two cells over random wirings; 0 for private wiring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::models::recoding) struct SharedFibres {
    /// N.
    cells: usize,
    /// E₁ = E ρ_s: s, the number of fibres that two cells share, is hypergeometric (M, K, K).
    pub mean: f64,
    /// E₂ = E ρ_s².
    pub mean_square: f64,
}

impl SharedFibres {
    pub(in crate::models::recoding) fn new(circuit: &Circuit) -> Self {
        let parameters = circuit.parameters();
        let (cells, fibres, dendrites) = (parameters.granule_cells, parameters.mossy_fibres, parameters.dendrites);
        if parameters.wiring == Wiring::Private {
            return Self { cells, mean: 0.0, mean_square: 0.0 };
        }
        let expected = |power: fn(f64) -> f64| {
            let term = |shared: usize| {
                let ways = binomial(dendrites, shared) * binomial(fibres - dendrites, dendrites - shared);
                ways / binomial(fibres, dendrites) * power(circuit.spectrum().correlation_of_cells(shared))
            };
            (0..=dendrites).map(term).sum()
        };
        Self { cells, mean: expected(|x| x), mean_square: expected(|x| x * x) }
    }

    /// a² = (N - 1) E₁, the variance of the total activity over that of independent cells, less 1.
    pub(in crate::models::recoding) fn excess(&self) -> f64 {
        (self.cells - 1) as f64 * self.mean
    }

    /// N / (1 + (N - 1) E₂): (Tr C)² / Tr C², each trace averaged over wirings.
    pub(in crate::models::recoding) fn dimension(&self) -> f64 {
        self.cells as f64 / (1.0 + (self.cells - 1) as f64 * self.mean_square)
    }
}
