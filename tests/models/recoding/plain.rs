//! The layer as plain loops over cells, fibres and contexts, one number each: no bits, no halves, no tricks.

use microzone::models::recoding::{GranuleLayer, RecodingParameters};
use microzone::random::RandomStream;

/// Whether each fibre, or each cell, is active.
pub(crate) type Pattern = Vec<bool>;

/// The numbers of the substreams, as the documentation of the streams has them.
pub(crate) const FIBRES: u64 = 1;
pub(crate) const EXCITABILITY: u64 = 3;
pub(crate) const NOISE: u64 = 4;
pub(crate) const INDEPENDENT: u64 = 5;
pub(crate) const TRIAL_FIBRES: u64 = 6;
pub(crate) const TRIAL_NOISE: u64 = 7;
pub(crate) const TRIAL_TARGETS: u64 = 8;

pub(crate) fn context(stream: &mut RandomStream, fibres: usize, coding: f64) -> Pattern {
    (0..fibres).map(|_| stream.uniform() < coding).collect()
}

/// Each fibre is kept with a probability, else drawn afresh.
pub(crate) fn next(stream: &mut RandomStream, before: &Pattern, keep: f64, coding: f64) -> Pattern {
    let mut draw = |before: &bool| {
        let (kept, fresh) = (stream.uniform() < keep, stream.uniform() < coding);
        if kept { *before } else { fresh }
    };
    before.iter().map(&mut draw).collect()
}

pub(crate) fn recode(
    parameters: &RecodingParameters,
    layer: &GranuleLayer,
    excitability: &[f64],
    active_cells: usize,
    context: &Pattern,
) -> Pattern {
    let drive = |cell: usize| layer.fibres_of(cell).iter().filter(|fibre| context[**fibre as usize]).count() as f64;
    let cells = parameters.granule_cells;
    let gain = parameters.golgi_gain;
    if gain == 0.0 {
        return (0..cells).map(|cell| drive(cell) >= parameters.granule_threshold as f64).collect();
    }
    let excited: Vec<f64> = (0..cells).map(|cell| drive(cell) + excitability[cell]).collect();
    let mut sorted = excited.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let threshold = (1.0 - gain) * parameters.granule_threshold as f64 + gain * sorted[active_cells - 1];
    excited.iter().map(|excited| *excited >= threshold).collect()
}

pub(crate) fn number(active: bool) -> f64 {
    f64::from(u8::from(active))
}

pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// Σ_i of the products of two patterns, or of what is left of them.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// The mean activity of each cell.
pub(crate) fn means(patterns: &[Pattern]) -> Vec<f64> {
    (0..patterns[0].len()).map(|cell| mean(patterns.iter().map(|pattern| number(pattern[cell])))).collect()
}

pub(crate) fn numbers(pattern: &Pattern) -> Vec<f64> {
    pattern.iter().map(|active| number(*active)).collect()
}
