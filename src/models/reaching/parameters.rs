//! What describes a run.

use thiserror::Error;

use super::cortex::fibre_release::ReleaseCourse;
use super::cortex::microzones::OliveScale;
use super::cortex::mossy_fibres::MossyOrder;
use super::cortex::synapses::{AverageScope, LearningRule};
use super::plant::actuator::Actuation;
use super::plant::controller::Controller;
use super::plant::desired_path::{DesiredPath, OutOfReach};
use crate::models::nitric_oxide::{
    Arrangement, FINEST_CONVOLUTION, MICROZONES, MicrozoneOrder, Plan, ReleaseSite, STEP, SheetError, SheetParameters,
    Start,
};

/// The parameters of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReachingParameters {
    /// The sheet of nitric oxide.
    pub sheet: SheetParameters,
    /// Which microzone lies where.
    pub microzone_order: MicrozoneOrder,
    /// Mean rate of the olive cells in the test before learning, without their baseline, in spikes/s.
    pub io_rate: f64,
    /// How errors become rates.
    pub olive_scale: OliveScale,
    /// In spikes/s.
    pub olive_baseline: f64,
    /// In spikes/s for a unit of nuclear activity.
    pub nucleo_olivary_inhibition: f64,
    /// In steps.
    pub error_delay: usize,
    /// Mean release of nitric oxide by parallel fibres over that by climbing fibres at `io_rate`.
    pub parallel_fibre_release: f64,
    /// When parallel fibres release it.
    pub release_course: ReleaseCourse,
    /// In s; 0 for none.
    pub memory_trace: f64,
    /// How weights change.
    pub learning: LearningRule,
    /// Whether a synapse's learning is relative to its own largest concentration, or to the mean of all synapses'
    /// largest.
    pub normalised_by_own_maximum: bool,
    /// In N m for a unit of nuclear activity.
    pub cerebellar_gain: f64,
    /// Which mossy fibres are neighbours.
    pub mossy_order: MossyOrder,
    /// Standard deviation of the noise of a mossy fibre in each step; its activity is at most 1.
    pub mossy_fibre_noise: f64,
    /// What guides the arm without the cerebellum.
    pub controller: Controller,
    /// What turns the joints.
    pub actuation: Actuation,
    /// Where the hand rests before the first movement.
    pub start: Start,
    /// In m.
    pub target_distance: f64,
    /// How many movements train.
    pub movements: usize,
}

impl Default for ReachingParameters {
    /// The defaults of the experiment.
    fn default() -> Self {
        let plan = Plan { microzones: MICROZONES, arrangement: Arrangement::Joined };
        Self {
            sheet: SheetParameters {
                diffusion: 3300.0,
                decay: 0.3,
                plan,
                release: ReleaseSite::Dendrite,
                accuracy: 1e-2,
            },
            microzone_order: MicrozoneOrder::ExtensorFirst,
            io_rate: 0.5,
            olive_scale: OliveScale::Common,
            olive_baseline: 0.0,
            nucleo_olivary_inhibition: 0.0,
            error_delay: 0,
            parallel_fibre_release: 0.0,
            release_course: ReleaseCourse::Activity,
            memory_trace: 0.2,
            learning: LearningRule {
                rate: 0.003,
                renewal: -libm::expm1(-STEP / 0.3),
                scope: AverageScope::Synapse,
                least_weight: 0.0,
            },
            normalised_by_own_maximum: true,
            cerebellar_gain: 2.0,
            mossy_order: MossyOrder::Shuffled,
            mossy_fibre_noise: 0.0,
            controller: Controller::crude(Actuation::Torque),
            actuation: Actuation::Torque,
            start: Start::Target,
            target_distance: 0.2,
            movements: 200,
        }
    }
}

impl ReachingParameters {
    /// Whether they describe a run, as far as this can be decided without moving the arm.
    ///
    /// # Errors
    /// The first parameter that makes no sense.
    pub fn check(&self) -> Result<(), ReachingError> {
        let SheetParameters { plan, accuracy, .. } = self.sheet;
        if plan.microzones != MICROZONES {
            return Err(ReachingError::Microzones(plan.microzones));
        }
        if accuracy < FINEST_CONVOLUTION {
            return Err(ReachingError::ExactSheet(accuracy));
        }
        Ok(DesiredPath::check(self.target_distance)?)
    }
}

/// Why parameters do not describe a run.
#[derive(Clone, Debug, Error, PartialEq)]
#[allow(missing_docs, reason = "each message says what its variant means")]
pub enum ReachingError {
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error(transparent)]
    OutOfReach(#[from] OutOfReach),
    #[error("accuracy = {0:?} asks for exact steps, which learning cannot read; try at least 1e-4")]
    ExactSheet(f64),
    #[error("a sheet of {0} microzones, but two joints need four")]
    Microzones(usize),
    #[error("the arm is lost without a cerebellum; try a position_gain and a velocity_gain nearer to 1")]
    LostBeforeLearning,
}
