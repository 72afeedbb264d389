//! The sheet while an arm moves: nitric oxide in the four microzones of shoulder and elbow.
//!
//! Source: Schweighofer & Ferriol 2000, Fig. 1. Their rates came from an arm; here they have the shape that the errors
//! of one reaching movement have: an antagonist's lobe after an agonist's, at the elbow the other way round and half as
//! strong.

use std::f64::consts::{PI, TAU};

use super::olive::{DISCHARGE_STEPS, Olive};
use super::sheet::Sheet;
use super::sheet::parameters::{STEP, SheetError, SheetParameters, gained_in_step, left_after_step};
use crate::random::RandomStream;

/// Shoulder flexor, shoulder extensor, elbow flexor, elbow extensor, from left to right.
pub const MOVEMENT_MICROZONES: usize = 4;

/// In seconds.
const MOVEMENT_DURATION: f64 = 0.7;

/// The rates of the olive cells of each microzone during a movement, and of none of them after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovementRates {
    /// The mean rate of a shoulder's microzone over the movement, in 1/s; its peak is π times as high.
    pub mean: f64,
}

impl MovementRates {
    /// In 1/s, in a step after the beginning of the movement: ± π r sin(2πt/T), rectified.
    pub fn at(&self, step: usize) -> [f64; MOVEMENT_MICROZONES] {
        let time = step as f64 * STEP;
        if time >= MOVEMENT_DURATION {
            return [0.0; MOVEMENT_MICROZONES];
        }
        let wave = PI * self.mean * libm::sin(TAU * time / MOVEMENT_DURATION);
        [wave.max(0.0), (-wave).max(0.0), (-0.5 * wave).max(0.0), (0.5 * wave).max(0.0)]
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

/// Lets a sheet without nitric oxide see a movement for some steps. Each microzone has a substream.
///
/// # Errors
/// The first parameter of the sheet that is out of its range, or other than [`MOVEMENT_MICROZONES`].
pub fn movement_snapshot(
    parameters: SheetParameters,
    rates: MovementRates,
    steps: usize,
    stream: &RandomStream,
) -> Result<Snapshot, SheetError> {
    if parameters.plan.microzones != MOVEMENT_MICROZONES {
        return Err(SheetError::Microzones(parameters.plan.microzones));
    }
    let mut sheet = Sheet::new(parameters)?;
    let mut olive = Olive::new((0..MOVEMENT_MICROZONES as u64).map(|microzone| stream.substream(microzone)).collect());
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
    let begun = |step: usize| rates.at(step).iter().sum::<f64>() * STEP / MOVEMENT_MICROZONES as f64;
    let release =
        |step: usize| -> f64 { (0..DISCHARGE_STEPS.min(step + 1)).map(|earlier| begun(step - earlier)).sum() };
    (0..steps).fold(0.0, |mean, step| left * mean + gained * release(step))
}
