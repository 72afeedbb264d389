//! Timed delay conditioning with the olive in the loop.
//!
//! A tone excites granule cells at different times after its onset; a Purkinje cell reads them through weights w ≥ 0;
//! its pause disinhibits a nuclear cell, which is the response, and which inhibits the olive. The unconditioned
//! stimulus (US) excites the olive. Where parallel and climbing fibres meet, the weights fall; parallel fibres alone
//! raise them. [`Conditioning`] holds the parameters and the tables, [`Course`] is one course of acquisition,
//! extinction and reacquisition, [`LinearCourse`] the mean course as long as nothing is rectified, [`TimingKernel`]
//! what follows from the shape of the granule cells alone.
//!
//! The source of the circuit is the textbook's chapter on the cerebellar microcircuit; its granule cells are those of
//! spectral timing (Bullock, Fiala & Grossberg 1994, Neural Networks 7:1101). The theory is ours unless its item says
//! otherwise.
//!
//! ```
//! use microzone::models::conditioning::{Conditioning, ConditioningParameters, Course};
//! use microzone::random::RandomStream;
//!
//! let conditioning = Conditioning::new(ConditioningParameters::default())?;
//! let course = Course::run(&conditioning, &RandomStream::from_seed([1; 32]));
//! let response = conditioning.respond(&course.acquired);
//! // The nucleus fires most just before the stimulus that it has learned to expect 0.25 s after the tone.
//! let peak = response.peak(conditioning.steps_before_us()).ok_or("no response")?;
//! assert!(peak.rate > 15.0 && peak.time > 0.15 && peak.time < 0.25, "{peak:?}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod circuit;
mod course;
mod granule_table;
mod kernel;
mod linear_course;
mod parameters;
mod response;
mod short_term_plasticity;
mod spikes;

pub use circuit::Conditioning;
pub use course::{CURVE_POINTS, Course, curve_trial};
pub use kernel::{TimingKernel, fastest_time};
pub use linear_course::LinearCourse;
pub use parameters::{ClimbingFibreCode, ConditioningError, ConditioningParameters};
pub use response::{Peak, Response};
pub use short_term_plasticity::ShortTermPlasticity;

/// One time step, in s.
pub const STEP: f64 = 0.005;

/// The middle of a step, in s from the onset of the tone: t_j = (j + ½) step.
pub fn middle(step: usize) -> f64 {
    (step as f64 + 0.5) * STEP
}

mod substream {
    /// Spikes of the climbing fibres.
    pub(super) const CLIMBING_FIBRES: u64 = 1;
}
