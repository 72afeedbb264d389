//! What the tests share: sheets, patterns of release, and comparisons.

use microzone::models::nitric_oxide::{Arrangement, Domain, Plan, ReleaseSite, Sheet, SheetParameters};
use microzone::random::RandomStream;

pub(crate) use crate::statistics::mean_and_error;

/// The fields of a sheet of the paper's constants.
pub(crate) fn parameters(
    diffusion: f64,
    microzones: usize,
    arrangement: Arrangement,
    accuracy: f64,
) -> SheetParameters {
    let plan = Plan { microzones, arrangement };
    SheetParameters { diffusion, decay: 0.3, plan, release: ReleaseSite::Dendrite, accuracy }
}

pub(crate) fn sheet(parameters: SheetParameters) -> Sheet {
    Sheet::new(parameters).unwrap()
}

pub(crate) fn stream(number: u8) -> RandomStream {
    RandomStream::from_seed([number; 32])
}

/// The release of every cell in each step: each cell by itself, with this probability a step.
pub(crate) fn releases(cells: usize, steps: usize, probability: f64, number: u8) -> Vec<Vec<f32>> {
    let mut stream = stream(number);
    let mut one = || if stream.bernoulli(probability) { 1.0 } else { 0.0 };
    (0..steps).map(|_| (0..cells).map(|_| one()).collect()).collect()
}

pub(crate) fn total(sheet: &Sheet) -> f64 {
    sheet.field().iter().sum()
}

/// The largest difference over the largest value.
pub(crate) fn relative_error(found: &[f64], exact: &[f64]) -> f64 {
    assert_eq!(found.len(), exact.len());
    let largest = exact.iter().map(|value| value.abs()).fold(0.0, f64::max);
    found.iter().zip(exact).map(|(found, exact)| (found - exact).abs()).fold(0.0, f64::max) / largest
}

pub(crate) fn domain(column: usize, row: usize) -> Domain {
    Domain { patch: 0, column, row }
}
