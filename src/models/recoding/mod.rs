//! The granule layer: recoding of mossy fibres, and what a Purkinje cell can learn behind it.
//!
//! M mossy fibres, each a binary Markov chain over contexts, reach N granule cells, each through K fibres. A cell is
//! active when at least k of its fibres are, or, with Golgi inhibition, when it is among the n best driven cells. One
//! Purkinje cell reads the layer through weights w ≥ 0, with feed-forward inhibition in proportion to the number of
//! active cells. [`Circuit`] holds the parameters; [`GranuleLayer`] is one random wiring of it; [`RecodedSequence`] is
//! what the exact learner of [`crate::models::perceptron`] stores; [`Activity`], [`NoisyOverlap`],
//! [`temporal_correlation`] and [`one_trial_error`] measure; [`ClosedForms`] and [`wiring_capacity`] are the theory.
//!
//! The source of the circuit is the textbook's chapter on the cerebellar microcircuit (Marr 1969, J Physiol 202:437;
//! Albus 1971, Math Biosci 10:25). The theory is ours unless its item says otherwise.
//!
//! ```
//! use microzone::models::recoding::{Circuit, ClosedForms, GranuleLayer, RecodedSequence, RecodingParameters};
//! use microzone::models::{perceptron::longest_storable_prefix, recoding::Wiring};
//! use microzone::random::RandomStream;
//!
//! let parameters = RecodingParameters { granule_cells: 200, wiring: Wiring::Private, ..Default::default() };
//! let circuit = Circuit::new(parameters)?;
//! let stream = RandomStream::from_seed([1; 32]);
//! let layer = GranuleLayer::draw(&circuit, &stream);
//! let mut sequence = RecodedSequence::new(&circuit, layer, &stream)?;
//! let capacity = longest_storable_prefix(&mut sequence, 50.0)?.patterns as f64 / 200.0;
//! // With a separate fibre for every dendrite the wiring costs nothing: 1 as without any recoding.
//! assert!((capacity - 1.0).abs() < 0.3, "{capacity}");
//! assert!((ClosedForms::new(&circuit).active_fraction - 0.0837).abs() < 1e-10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod circuit;
mod measurement;
mod sequence;
mod spectrum;
mod theory;

pub use circuit::LAGS;
pub use circuit::layer::GranuleLayer;
pub use circuit::parameters::{Circuit, MOST_DENDRITES, RecodingError, RecodingParameters, Wiring};
pub use measurement::Measurement;
pub use measurement::activity::Activity;
pub use measurement::correlation::{NoisyOverlap, temporal_correlation};
pub use measurement::one_trial::one_trial_error;
pub use sequence::RecodedSequence;
pub use spectrum::DegreeSpectrum;
pub use theory::closed_forms::ClosedForms;
pub use theory::wiring_capacity::{WiringCapacity, wiring_capacity};
pub use theory::{correlated_problem, rough_capacity};
