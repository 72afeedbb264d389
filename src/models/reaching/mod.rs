//! An arm that learns to reach.
//!
//! The second model of Schweighofer & Ferriol 2000 (PNAS 97:10661): a two-joint arm whose crude controller is helped by
//! a cerebellum that learns from climbing fibres by way of nitric oxide ([`crate::models::nitric_oxide`]). What the
//! paper leaves open is our choice, and is named where it is made.
//!
//! ```
//! use microzone::models::reaching::{Reaching, ReachingParameters};
//! use microzone::random::RandomStream;
//!
//! let model = Reaching::new(ReachingParameters { movements: 16, ..Default::default() })?;
//! let course = model.run(&RandomStream::from_seed([1; 32]))?;
//! // Mean squared distance of the hand from its desired path, in cm²: before learning and after 16 movements.
//! let before = course.initial.mean_squared_error();
//! let after = course.end.map(|end| end.test.mean_squared_error());
//! assert!((before - 7.630).abs() < 1e-3 && after.is_some_and(|after| after < before));
//! # Ok::<(), microzone::models::reaching::ReachingError>(())
//! ```

mod cortex;
mod parameters;
mod plant;
mod sparseness;
mod spectrum;
mod training;
mod trial;

pub use crate::models::nitric_oxide::{MICROZONES, MicrozoneOrder, Role, Start};
pub use cortex::fibre_release::ReleaseCourse;
pub use cortex::granule_layer::{GRANULE_CELLS, GranuleLayer};
pub use cortex::microzones::{OliveScale, cerebellar_torques, nuclear_means};
pub use cortex::mossy_fibres::{MossyFibres, MossyOrder};
pub use cortex::parallel_fibres::{FibreTable, ParallelFibres, fibre_at};
pub use cortex::synapses::{AverageScope, LearningRule, Synapses};
pub use parameters::{ReachingError, ReachingParameters};
pub use plant::actuator::Actuation;
pub use plant::controller::{Controller, FeedForward};
pub use plant::desired_path::{CENTRE, DesiredPath, DesiredState, MOVEMENTS_PER_CYCLE, STEPS_PER_MOVEMENT, TARGETS};
pub use plant::{arm, muscles};
pub use training::{Course, End, Reaching, Spread, TESTS, direction, share_of_training};
pub use trial::{POINTS_PER_MOVEMENT, STEPS_PER_POINT, Test};
