//! Storage capacity of a Purkinje-cell perceptron with correlated patterns.
//!
//! The model of Clopath, Nadal & Brunel 2012 (PLoS Comput Biol 8:e1002448): N granule cells excite one Purkinje cell
//! through weights w ≥ 0, and the cell must answer a sequence of patterns, correlated in time, with given outputs.
//! [`CapacityProblem`] holds the parameters, [`PatternSequence`] draws the patterns, [`longest_storable_prefix`] finds
//! exactly how many of them can be stored, [`longest_learnable_prefix`] how many the climbing-fibre rule learns, and
//! [`theory()`] what the theory of large N says.
//!
//! Everything is a pure function of its arguments, with the same bits on every x86-64.

mod certificate;
mod learning;
mod linear_algebra;
mod patterns;
mod problem;
mod storability;
mod theory;
mod weights;

pub use certificate::{Refutation, StoringWeights};
pub use learning::{
    Learned, LearnedPrefix, LearningError, LearningRule, StateSwitching, longest_learnable_prefix, update_bound,
};
pub use patterns::{PatternSequence, Prefix};
pub use problem::{CapacityParameters, CapacityProblem, ProblemError};
pub use storability::longest_prefix::{StorabilityError, StoredPrefix, longest_storable_prefix};
pub use storability::widest_margin::{WidestMargin, widest_margin};
pub use storability::{Decision, decide};
pub use theory::{Accuracy, AccuracyError, Theory, optimal_bistability, rough_capacity, theory, uncorrelated_inputs};
pub use weights::{histogram, relative_variance, silent_fraction};
