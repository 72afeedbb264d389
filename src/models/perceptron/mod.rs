//! Storage capacity of a Purkinje-cell perceptron with correlated patterns.
//!
//! The model of Clopath, Nadal & Brunel 2012 (PLoS Comput Biol 8:e1002448): N granule cells excite one Purkinje cell
//! through weights w ≥ 0 (or, for comparison, of either sign), and the cell must answer a sequence of patterns,
//! correlated in time, with given outputs. [`CapacityProblem`] holds the parameters, [`PatternSequence`] draws the
//! patterns, [`longest_storable_prefix`] finds exactly how many of them can be stored, [`longest_learnable_prefix`]
//! how many the climbing-fibre rule learns, and [`theory()`] what the theory of large N says.
//!
//! ```
//! use microzone::models::perceptron::{
//!     Accuracy, CapacityParameters, CapacityProblem, PatternSequence, longest_storable_prefix, theory,
//! };
//! use microzone::random::RandomStream;
//!
//! let parameters =
//!     CapacityParameters { inputs: 200, output_correlation: 0.8, bistability: 1.0, ..Default::default() };
//! let problem = CapacityProblem::new(parameters)?;
//! let stream = RandomStream::from_seed([1; 32]);
//! let mut sequence = PatternSequence::new(problem, &stream);
//! // P / N: the first P patterns can be stored, with a proof, and the first P + 1 cannot, with a proof.
//! let capacity = longest_storable_prefix(&mut sequence, 50.0)?.patterns as f64 / 200.0;
//! let expected = theory(&problem, Accuracy::default(), &stream)?.capacity;
//! assert!((expected - 1.810).abs() < 5e-4 && (capacity - expected).abs() < 0.5, "{capacity} {expected}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything is a pure function of its arguments, with the same bits on every x86-64.

mod certificate;
mod chain;
mod learning;
mod pattern_table;
mod patterns;
mod problem;
mod storability;
mod theory;
mod weights;

pub use certificate::{Refutation, StoringWeights};
pub use chain::next_states;
pub use learning::{
    ConvergenceProof, Learned, LearnedPrefix, LearningError, LearningRule, StateSwitching, longest_learnable_prefix,
    update_bound,
};
pub use pattern_table::{Bound, Inhibition, PatternSource, PatternTable, Prefix};
pub use patterns::PatternSequence;
pub use problem::{CapacityParameters, CapacityProblem, ProblemError, WeightBound};
pub use storability::longest_prefix::{StorabilityError, StoredPrefix, longest_storable_prefix};
pub use storability::widest_margin::{WidestMargin, widest_margin};
pub use storability::{Decision, decide};
pub use theory::{
    Accuracy, AccuracyError, Theory, bound_cost, optimal_bistability, rough_capacity, theory, uncorrelated_inputs,
};
pub use weights::{histogram, relative_variance, silent_fraction, standardised_moment};
