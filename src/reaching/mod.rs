//! An arm that learns to reach.
//!
//! The second model of Schweighofer & Ferriol 2000 (PNAS 97:10661): a two-joint arm whose crude controller is helped by a
//! cerebellum that learns from climbing fibres by way of nitric oxide ([`crate::nitric_oxide`]). What the paper leaves open is
//! a choice of ours, named where it is made.

mod actuator;
pub mod arm;
mod cerebellum;
mod controller;
mod desired_path;
mod expansion;
mod granule_layer;
mod microzones;
mod mossy_fibres;
pub mod muscles;
mod noise;
mod parallel_fibres;
mod parameters;
mod spectrum;
mod synapse_pass;
mod synapses;
mod training;
mod trial;

pub use actuator::Actuation;
pub use controller::{Controller, FeedForward};
pub use desired_path::{CENTRE, DesiredPath, DesiredState, MOVEMENTS_PER_CYCLE, STEPS_PER_MOVEMENT, TARGETS};
pub use granule_layer::{GRANULE_CELLS, GranuleLayer};
pub use microzones::{MICROZONES, MicrozoneOrder, OliveScale, Role, cerebellar_torques, nuclear_means};
pub use mossy_fibres::{MossyFibres, MossyOrder};
pub use parallel_fibres::{FibreTable, ParallelFibres, fibre_at};
pub use parameters::{ReachingError, ReachingParameters};
pub use synapses::{AverageScope, LearningRule, Synapses};
pub use training::{End, Outcome, Reaching, Spread, TESTS, direction, share_of_training};
pub use trial::{POINTS_PER_MOVEMENT, STEPS_PER_POINT, Test};
