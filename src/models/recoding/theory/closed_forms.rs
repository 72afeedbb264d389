//! The closed forms of the layer without Golgi cells.

use super::shared_fibres::SharedFibres;
use crate::models::gaussian::{density, distribution};
use crate::models::recoding::circuit::LAGS;
use crate::models::recoding::circuit::parameters::{Circuit, Wiring};
use crate::models::recoding::spectrum::combinations::power;

/// What follows from the degree spectrum, for independent contexts unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedForms {
    /// f.
    pub active_fraction: f64,
    /// N f.
    pub active_cells: f64,
    /// √(N v (1 + (N - 1) E₁)): the root of the mean variance over wirings.
    pub active_cells_deviation: f64,
    /// N f², cells that two independent contexts share.
    pub shared_cells: f64,
    /// N (f² + v ρ_g(1 - noise)), cells that a context shares with its noisy copy.
    pub shared_cells_noisy: f64,
    /// ρ_g(1 - noise), the correlation of a cell between a context and its noisy copy.
    pub granule_overlap: f64,
    /// R(n) = Σ_j b_j c^(j n) for n = 1 to 16 contexts.
    pub granule_correlation: [f64; LAGS],
    /// N / (1 + (N - 1) E₂).
    pub dimension: f64,
    /// ρ_g² × dimension: the squared ratio of signal to noise in the one-trial test is this over P - 1.
    pub figure_of_merit: f64,
    /// Φ(-z) + φ(z) (z³ + z) cv² / 8 with z² = ρ_g² × dimension / (P - 1), cv² = v (1 + (N - 1) E₁) / (N f²).
    ///
    /// The first term is that of Babadi & Sompolinsky 2014 (Neuron 83:1213) and of Litwin-Kumar et al. 2017 (Neuron
    /// 93:1153); the second is the effect of the varying number of active cells, to first order.
    ///
    /// `None` where z² cv² > 1, beyond which the expansion means nothing.
    pub one_trial_error: Option<f64>,
    /// The same with two effects of the means: Φ(-z) + φ(z) ((z³ + z) cv² ((1 - 2f) / (1 - f))² / 8 + z³ / (2 P)).
    ///
    /// The length of a centred pattern varies less with the number of active cells than that number does, and the means
    /// over the P patterns themselves, instead of f, make the signal depend on the balance of the targets.
    pub one_trial_error_refined: Option<f64>,
    /// (1 - f)^N, for private wiring.
    pub empty_contexts: Option<f64>,
    /// E₁, the mean correlation of two cells.
    pub mean_correlation: f64,
    /// R(1).
    pub effective_correlation: f64,
}

impl ClosedForms {
    /// The closed forms of a circuit; its Golgi gain does not enter.
    pub fn new(circuit: &Circuit) -> Self {
        let (parameters, spectrum) = (circuit.parameters(), circuit.spectrum());
        let (cells, active) = (parameters.granule_cells as f64, spectrum.active_fraction());
        let pairs = SharedFibres::new(circuit);
        let variance = cells * spectrum.variance() * (1.0 + pairs.excess());
        let overlap = spectrum.correlation(1.0 - parameters.noise);
        let figure_of_merit = overlap * overlap * pairs.dimension();
        let squared_variation = variance / (cells * active * cells * active);
        let patterns = circuit.trial_patterns() as f64;
        let centring = (1.0 - 2.0 * active) / (1.0 - active);
        let trial = Trial { z: (figure_of_merit / (patterns - 1.0)).sqrt(), squared_variation };
        let correlation = |lag: usize| spectrum.correlation(power(parameters.mossy_correlation, lag));
        Self {
            active_fraction: active,
            active_cells: cells * active,
            active_cells_deviation: variance.sqrt(),
            shared_cells: cells * active * active,
            shared_cells_noisy: cells * (active * active + spectrum.variance() * overlap),
            granule_overlap: overlap,
            granule_correlation: std::array::from_fn(|index| correlation(index + 1)),
            dimension: pairs.dimension(),
            figure_of_merit,
            one_trial_error: trial.is_valid().then(|| trial.error(1.0, 0.0)),
            one_trial_error_refined: trial.is_valid().then(|| trial.error(centring * centring, 0.5 / patterns)),
            empty_contexts: (parameters.wiring == Wiring::Private).then(|| libm::exp(cells * libm::log1p(-active))),
            mean_correlation: pairs.mean,
            effective_correlation: correlation(1),
        }
    }
}

/// The test of learning in one trial: the ratio of signal to noise, and cv².
struct Trial {
    z: f64,
    squared_variation: f64,
}

impl Trial {
    /// Whether an expansion in the variation of the number of active cells makes sense.
    fn is_valid(&self) -> bool {
        self.z * self.z * self.squared_variation <= 1.0
    }

    /// Φ(-z) + φ(z) ((z³ + z) cv² `share` / 8 + z³ `imbalance`).
    fn error(&self, share: f64, imbalance: f64) -> f64 {
        let Self { z, squared_variation } = *self;
        let cube = z * z * z;
        distribution(-z) + density(z) * ((cube + z) * squared_variation * share / 8.0 + cube * imbalance)
    }
}
