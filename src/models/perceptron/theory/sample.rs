//! The energy of correlated patterns, averaged over independent random chains.

use super::accuracy::{Accuracy, AccuracyError};
use super::at_capacity::Theory;
use super::chain::{Chain, Solver};
use super::expansion::{CURRENT_OFFSET, Expansion, Point, SPREAD, VARIABLES};
use super::optimum::{Free, Optimum};
use super::transition::Transition;
use crate::models::perceptron::problem::CapacityParameters;
use crate::random::RandomStream;

/// Chains of the first sample.
const FIRST_CHAINS: usize = 16;

/// No more patterns than this are drawn, which take 150 MB.
const MOST_PATTERNS: usize = 1 << 24;

/// How many times as many chains as there may be are surely out of reach: the error of 16 chains is known to a fifth.
const SURELY: f64 = 2.0;

/// Independent chains of one length.
pub(super) struct Sample<'a> {
    parameters: &'a CapacityParameters,
    stream: &'a RandomStream,
    length: usize,
    chains: Vec<Chain>,
    solver: Solver,
}

impl<'a> Sample<'a> {
    /// The first chains.
    ///
    /// The ends of a chain change its mean energy by a third of the memory 1 / (1 - c_in) over its length (see the
    /// tests of [`super::chain`]): the length makes that less than a tenth of the accuracy, and gives every chain some
    /// switches.
    pub(super) fn new(parameters: &'a CapacityParameters, accuracy: Accuracy, stream: &'a RandomStream) -> Self {
        let memory = 1.0 / (1.0 - parameters.input_correlation);
        let switches = 2.0 * Transition { up: true, switch: true }.probability(parameters);
        let length = (4.0 * memory / accuracy.0).max(10.0 / switches).min((MOST_PATTERNS / FIRST_CHAINS) as f64);
        let solver = Solver::new(parameters.input_correlation);
        let mut sample = Self { parameters, stream, length: length as usize, chains: Vec::new(), solver };
        sample.grow_to(FIRST_CHAINS);
        sample
    }

    /// The optimum over what is free, and the theory there; chains are added until the capacity has the accuracy.
    ///
    /// # Errors
    /// As many chains as may be drawn are not enough.
    pub(super) fn optimum(
        mut self,
        start: Point,
        free: Free,
        accuracy: Accuracy,
    ) -> Result<(Point, Theory), AccuracyError> {
        let mut point = start;
        loop {
            let optimum = Optimum::find(point, free, |point| self.energies(point));
            point = optimum.point;
            let theory = with_errors(&optimum, free);
            let excess = theory.capacity_standard_error / theory.capacity / accuracy.0;
            let most = MOST_PATTERNS / self.length;
            if excess.is_nan() || excess <= 1.0 {
                return Ok((point, theory));
            }
            let wanted = self.chains.len() as f64 * 1.1 * excess * excess;
            if self.chains.len() >= most || wanted > SURELY * most as f64 {
                let with_most = excess * (self.chains.len() as f64 / most as f64).sqrt();
                return Err(AccuracyError::out_of_reach(accuracy.0, with_most * accuracy.0));
            }
            self.grow_to(most.min(wanted.ceil() as usize));
        }
    }

    fn grow_to(&mut self, chains: usize) {
        let drawn = (self.chains.len()..chains)
            .map(|number| Chain::draw(self.parameters, self.length, self.stream, number as u64));
        self.chains.extend(drawn);
    }

    /// The energy a pattern of each chain.
    fn energies(&mut self, point: &Point) -> Vec<Expansion> {
        let (solver, robustness, one) = (&mut self.solver, self.parameters.robustness, 1.0 / self.length as f64);
        self.chains.iter().map(|chain| solver.energy(chain, robustness, point).scaled(one)).collect()
    }
}

/// The theory with standard errors from the scatter of the chains, to first order. (An error of the optimum itself does
/// not change the capacity to this order.)
fn with_errors(optimum: &Optimum, free: Free) -> Theory {
    let energy = optimum.energy.value;
    let responses: Vec<[f64; VARIABLES]> = optimum.energies.iter().map(|chain| optimum.response(free, chain)).collect();
    let capacity_error = standard_error(optimum.energies.iter().map(|chain| chain.value / energy - 1.0));
    let error_of = |variable: usize| standard_error(responses.iter().map(|response| response[variable]));
    Theory::at(&optimum.point, optimum.capacity()).with_errors(
        capacity_error,
        error_of(SPREAD) / optimum.point.spread_slope().abs(),
        error_of(CURRENT_OFFSET),
    )
}

/// Of the mean of independent values, with the mean itself known to be 0.
fn standard_error(deviations: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = deviations.len() as f64;
    let squares: f64 = deviations.map(|deviation| deviation * deviation).sum();
    (squares / (n * (n - 1.0))).sqrt()
}
