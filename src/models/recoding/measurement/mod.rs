//! What is measured of one wiring.

pub(super) mod activity;
pub(super) mod correlation;
mod counts;
pub(super) mod dimension;
pub(super) mod one_trial;

use self::activity::Activity;
use self::correlation::{NoisyOverlap, temporal_correlation};
use self::one_trial::one_trial_error;
use super::circuit::contexts::{independent, noisy_copy};
use super::circuit::layer::GranuleLayer;
use super::circuit::parameters::Circuit;
use super::circuit::{LAGS, substream};
use crate::random::RandomStream;

/// Independent contexts, in two halves.
const CONTEXTS: usize = 512;

/// Contexts of which there is a noisy copy.
const COPIES: usize = 256;

/// Everything that is measured of the activity of a layer, whatever reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// Counts over independent contexts.
    pub activity: Activity,
    /// A context against its noisy copy.
    pub noisy: NoisyOverlap,
    /// The correlation of a cell over 1 to [`LAGS`] contexts of a chain.
    pub correlation: [f64; LAGS],
    /// The share of patterns answered wrongly after one trial.
    pub one_trial_error: f64,
}

impl Measurement {
    /// Measures a layer in the random stream of its task.
    ///
    /// Averages of one context, or of two or four, are over independent contexts whatever the correlation c of the
    /// mossy fibres; only the temporal correlation is that of a chain.
    pub fn new(circuit: &Circuit, layer: &GranuleLayer, stream: &RandomStream) -> Self {
        let (fibres, parameters) = (circuit.fibres(), circuit.parameters());
        let mut context_stream = stream.substream(substream::INDEPENDENT_FIBRES);
        let mut noise_stream = stream.substream(substream::NOISE);
        let (mut patterns, mut copies) = (Vec::new(), Vec::new());
        for number in 0..CONTEXTS {
            let context = independent(&mut context_stream, fibres, parameters.mossy_coding);
            patterns.push(layer.recode(&context));
            if number < COPIES {
                let (coding, noise) = (parameters.mossy_coding, parameters.noise);
                copies.push(layer.recode(&noisy_copy(&mut noise_stream, &context, fibres, coding, noise)));
            }
        }
        Self {
            activity: Activity::new(&patterns),
            noisy: NoisyOverlap::new(&patterns, &copies, layer.cells()),
            correlation: temporal_correlation(circuit, layer, &patterns, stream),
            one_trial_error: one_trial_error(circuit, layer, stream),
        }
    }
}
