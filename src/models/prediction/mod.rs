//! A forward model that is learned from delayed senses, and control with it.
//!
//! A plant low-passes commands; the senses report it after a delay. Parallel fibres low-pass a copy of the commands
//! with several time constants, and a Purkinje cell learns to predict the plant from them, because the olive signals
//! the error of the prediction for the moment that the senses report. With frozen weights the prediction replaces the
//! delayed senses in a feedback loop (Smith 1959, ISA J 6:28; Miall, Weir, Wolpert & Stein 1993, J Mot Behav 25:203).
//!
//! [`Prediction`] holds the parameters, [`Learning`] learns, [`ForwardModel`] is what is learned, [`Loop`] the
//! feedback loop with it, and [`Covariances`] what is known of stationary commands. The theory is ours unless its item
//! says otherwise.
//!
//! ```
//! use microzone::models::prediction::{Controller, Learning, Loop, Prediction, PredictionParameters};
//! use microzone::random::RandomStream;
//!
//! let prediction = Prediction::new(PredictionParameters::default())?;
//! let learned = Learning::run(&prediction, &RandomStream::from_seed([1; 32])).ok_or("learning diverged")?;
//! // Behind a delay of 0.1 s feedback alone becomes unstable at a gain of 3; with the prediction it takes ten times.
//! let feedback = Loop::new(&prediction, Controller::Feedback, &learned.weights).critical_gain();
//! assert!((feedback - 2.972).abs() < 1e-3, "{feedback}");
//! assert!(Loop::new(&prediction, Controller::Prediction, &learned.weights).critical_gain() > 20.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod closed_loop;
mod control;
mod covariances;
mod forward_model;
mod learning;
mod parameters;
mod signals;

pub use closed_loop::{Loop, critical_feedback_gain};
pub use control::tracking_error;
pub use covariances::Covariances;
pub use forward_model::ForwardModel;
pub use learning::{CURVE_POINTS, Learning};
pub use parameters::{Controller, Prediction, PredictionError, PredictionParameters};

/// One time step, in s.
pub const STEP: f64 = 0.005;

/// Steps before learning begins.
pub const WARM_UP: usize = 1000;

mod substream {
    /// Commands while the forward model is learned.
    pub(super) const COMMANDS: u64 = 1;
    /// Noise of the senses during that time.
    pub(super) const SENSES_IN_LEARNING: u64 = 2;
    /// Noise of the plant during that time.
    pub(super) const PLANT_IN_LEARNING: u64 = 3;
    /// The reference in control.
    pub(super) const REFERENCE: u64 = 4;
    /// Noise of the senses during that time.
    pub(super) const SENSES_IN_CONTROL: u64 = 5;
    /// Noise of the plant during that time.
    pub(super) const PLANT_IN_CONTROL: u64 = 6;
}
