//! Noise in mossy fibres, and what granule cells make of it.

use super::granule_layer::{GRANULE_CELLS, GranuleLayer};
use super::mossy_fibres::MossyFibres;
use super::parallel_fibres::FibreTable;
use crate::models::reaching::plant::desired_path::DesiredPath;
use crate::random::RandomStream;

/// Everything that drives the parallel fibres.
#[derive(Clone, Debug)]
pub(crate) struct Inputs<'a> {
    pub path: &'a DesiredPath,
    pub mossy: &'a MossyFibres,
    pub granule: &'a GranuleLayer,
    pub table: &'a FibreTable,
}

/// The activities of parallel fibres, step by step.
#[derive(Clone, Debug)]
pub(crate) struct NoisyFibres<'a> {
    inputs: Inputs<'a>,
    /// Half the range of the noise: a uniform variate has the standard deviation range / √12.
    half_range: f64,
    stream: RandomStream,
    activities: Vec<f32>,
}

impl<'a> NoisyFibres<'a> {
    /// Adds to each mossy fibre, in each step, uniform noise of this standard deviation, and rectifies.
    pub(crate) fn new(inputs: Inputs<'a>, deviation: f64, stream: RandomStream) -> Self {
        Self { inputs, half_range: 3f64.sqrt() * deviation, stream, activities: vec![0.0; GRANULE_CELLS] }
    }

    /// Of all fibres in the next step, which has this place along the path.
    pub(crate) fn step(&mut self, place: usize) -> &[f32] {
        let Inputs { path, mossy, granule, table } = self.inputs;
        if self.half_range == 0.0 {
            return table.at(place);
        }
        let mut mossy = mossy.activities(&path.states()[place]);
        for activity in &mut mossy {
            let noise = self.half_range * (2.0 * self.stream.uniform() - 1.0);
            *activity = (f64::from(*activity) + noise).max(0.0) as f32;
        }
        granule.respond(&mossy, &mut self.activities);
        self.activities.iter_mut().for_each(|activity| *activity *= table.scale());
        &self.activities
    }
}
