//! How alike the patterns of contexts are that belong together: a noisy copy, a later context of a chain.

use super::counts::{CellMoments, shared};
use crate::models::recoding::circuit::contexts::ContextChain;
use crate::models::recoding::circuit::layer::GranuleLayer;
use crate::models::recoding::circuit::parameters::Circuit;
use crate::models::recoding::circuit::{LAGS, substream};
use crate::random::RandomStream;

/// Contexts of the chain.
const CHAIN: usize = 256;

/// What a context has in common with its noisy copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoisyOverlap {
    /// The mean number of cells that are active in both.
    pub shared_cells: f64,
    /// The correlation of a cell: covariance over variance, each averaged over cells. NaN where nothing varies.
    pub correlation: f64,
}

impl NoisyOverlap {
    /// The first of `patterns`, which are of independent contexts, have a noisy copy each.
    pub(super) fn new(patterns: &[Vec<u64>], copies: &[Vec<u64>], cells: usize) -> Self {
        let total: u64 = patterns.iter().zip(copies).map(|(pattern, copy)| shared(pattern, copy)).sum();
        let shared_cells = total as f64 / copies.len() as f64;
        let CellMoments { squared_means, variance } = CellMoments::new(patterns, cells);
        Self { shared_cells, correlation: (shared_cells - squared_means) / variance }
    }
}

/// The correlation of a cell over 1 to 16 contexts of the chain that the sequence is made of, averaged over cells as
/// that of noisy copies; `patterns` are of independent contexts.
pub fn temporal_correlation(
    circuit: &Circuit,
    layer: &GranuleLayer,
    patterns: &[Vec<u64>],
    stream: &RandomStream,
) -> [f64; LAGS] {
    let parameters = circuit.parameters();
    let fibres = stream.substream(substream::FIBRES);
    let mut contexts =
        ContextChain::new(fibres, circuit.fibres(), parameters.mossy_coding, parameters.mossy_correlation);
    let chain: Vec<Vec<u64>> = (0..CHAIN).map(|_| layer.recode(contexts.draw())).collect();
    let CellMoments { squared_means, variance } = CellMoments::new(patterns, layer.cells());
    std::array::from_fn(|index| {
        let later = &chain[index + 1..];
        let total: u64 = chain.iter().zip(later).map(|(pattern, later)| shared(pattern, later)).sum();
        (total as f64 / later.len() as f64 - squared_means) / variance
    })
}
