//! Nucleo-olivary loops: how inhibition of the inferior olive by the cerebellar nuclei keeps learning stable.
//!
//! M modules have tonic parallel fibres. n_j is the rate of the nuclear cells of module j above their rest, one step of
//! 5 ms at a time:
//!
//! c_j = [c₀ + e_j - k Σ_l L_jl n_l(t - D)]₊, L = (1 - ε) 1 + ε/M · 11ᵀ, n_j ← n_j + h (s_j - c_eq step),
//!
//! with s_j = 1 with probability min(c_j step, 1), or s_j = c_j step. A complex spike depresses the synapses of active
//! parallel fibres, the Purkinje cell fires less, and the nuclear cell rises by h. [`Micromodules`] holds checked
//! parameters; [`simulate`] is one noisy run; [`perturb`] follows a small deviation without noise, and [`relax`] the
//! way to equilibrium; [`LoopGain`] and [`Stationary`] are the theory.
//!
//! The source is the textbook's chapter on the cerebellar microcircuit (closed nucleo-olivary loops of micromodules);
//! Kenyon, Medina & Mauk 1998 (J Comput Neurosci 5:17) showed that such a loop regulates the olive. The theory is ours.
//!
//! ```
//! use microzone::models::micromodules::{LoopGain, MicromoduleParameters, Micromodules, perturb, simulate};
//! use microzone::random::RandomStream;
//!
//! let parameters = MicromoduleParameters { nuclear_step: 1.0, error_rate: 1.0, ..Default::default() };
//! let modules = Micromodules::new(parameters)?;
//! // Without crosstalk, the module in error learns the whole response, e / k.
//! let course = simulate(&modules, &RandomStream::from_seed([1; 32]));
//! assert!((course.response_target - 2.0).abs() < 1.5, "{course:?}");
//! let gain = LoopGain::of(&modules);
//! assert!(gain.value < gain.critical());
//! assert!((perturb(&modules).growth - gain.growth()).abs() < 1e-8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod deviation;
mod loops;
mod parameters;
mod relaxation;
mod stationary;
mod theory;

pub use deviation::{Deviation, perturb};
pub use loops::{Course, simulate};
pub use parameters::{
    ClimbingFibreCode, LONGEST_DELAY, MOST_MODULES, MicromoduleParameters, Micromodules, MicromodulesError, STEP,
};
pub use relaxation::{Relaxation, relax};
pub use stationary::Stationary;
pub use theory::{LoopGain, critical_gain, critical_gain_without_overshoot};
