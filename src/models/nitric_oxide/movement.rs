//! The sheet while an arm moves: nitric oxide in the four microzones of shoulder and elbow.
//!
//! Source: Schweighofer & Ferriol 2000, Fig. 1. Their rates came from an arm; here they have the shape that the errors
//! of one reaching movement have: an antagonist's lobe after an agonist's, at the elbow the other way round and half as
//! strong.

use std::f64::consts::{PI, TAU};

use super::microzones::{MICROZONES, MicrozoneOrder};
use super::olive::{DISCHARGE_STEPS, Olive};
use super::sheet::Sheet;
use super::sheet::parameters::{STEP, SheetError, SheetParameters, gained_in_step, left_after_step};
use crate::random::RandomStream;

/// In seconds.
const MOVEMENT_DURATION: f64 = 0.7;

/// Where the hand rests before the first movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// On the 90° target, straight ahead, from which it goes to the middle of the circle: Schweighofer & Ferriol 2000.
    Target,
    /// In the middle of the circle, from which it goes to that target.
    Centre,
}

/// The rates of the olive cells of each microzone during the first movement, and of none of them after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovementRates {
    /// The mean rate of a shoulder's microzone over the movement, in 1/s; its peak is π times as high.
    pub mean: f64,
    /// Which microzone lies where.
    pub order: MicrozoneOrder,
    /// Towards the middle the arm folds: shoulder extensor and elbow flexor err first. Away from it, it stretches.
    pub start: Start,
}

impl MovementRates {
    /// In 1/s, from left to right, in a step after the beginning of the movement: ± π r sin(2πt/T), rectified, and half
    /// of it at the elbow.
    pub fn at(&self, step: usize) -> [f64; MICROZONES] {
        let time = step as f64 * STEP;
        if time >= MOVEMENT_DURATION {
            return [0.0; MICROZONES];
        }
        let wave = PI * self.mean * libm::sin(TAU * time / MOVEMENT_DURATION);
        let stretching = match self.start {
            Start::Target => -wave,
            Start::Centre => wave,
        };
        self.order.roles().map(|role| (role.sign() * [1.0, -0.5][role.joint] * stretching).max(0.0))
    }
}

/// The sheet some steps after the beginning of a movement.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Row by row, each from left to right.
    pub field: Vec<f64>,
    /// Mean over the sheet, in what a discharge releases in one second.
    pub mean: f64,
    /// The largest on the sheet, likewise.
    pub largest: f64,
    /// Standard deviation over the sheet, over the mean; 0 without nitric oxide.
    pub spatial_variation: f64,
}

/// Lets a sheet without nitric oxide see a movement for some steps. Each microzone's olive cells have the substream of
/// its role.
///
/// # Errors
/// The first parameter of the sheet that is out of its range, or other than [`MICROZONES`].
pub fn movement_snapshot(
    parameters: SheetParameters,
    rates: MovementRates,
    steps: usize,
    stream: &RandomStream,
) -> Result<Snapshot, SheetError> {
    if parameters.plan.microzones != MICROZONES {
        return Err(SheetError::Microzones(parameters.plan.microzones));
    }
    let mut sheet = Sheet::new(parameters)?;
    let streams = rates.order.roles().map(|role| stream.substream(role.number() as u64));
    let mut olive = Olive::new(streams.to_vec());
    for step in 0..steps {
        olive.step(&rates.at(step));
        sheet.step(olive.release());
    }
    Ok(Snapshot::of(sheet.field()))
}

impl Snapshot {
    fn of(field: Vec<f64>) -> Self {
        let domains = field.len() as f64;
        let mean = field.iter().sum::<f64>() / domains;
        let variance = field.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / domains;
        let spatial_variation = if mean > 0.0 { variance.sqrt() / mean } else { 0.0 };
        let largest = field.iter().copied().fold(0.0, f64::max);
        Self { field, mean, largest, spatial_variation }
    }
}

/// The expected mean concentration: the balance of amounts dM/dt = S - k M with the expected releases, exact.
pub fn expected_mean(decay: f64, rates: MovementRates, steps: usize) -> f64 {
    let (left, gained) = (left_after_step(decay), gained_in_step(decay));
    let begun = |step: usize| rates.at(step).iter().sum::<f64>() * STEP / MICROZONES as f64;
    let release =
        |step: usize| -> f64 { (0..DISCHARGE_STEPS.min(step + 1)).map(|earlier| begun(step - earlier)).sum() };
    (0..steps).fold(0.0, |mean, step| left * mean + gained * release(step))
}
