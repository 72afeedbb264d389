//! Parallel fibres: the granule cells' activity along the desired path, and the trace of it that learning needs.

use super::granule_layer::{GRANULE_CELLS, GRANULE_SIDE, GranuleLayer};
use super::mossy_fibres::MossyFibres;
use crate::instruction_set::{InstructionSet, dispatched};
use crate::models::nitric_oxide::STEP;
use crate::models::reaching::plant::desired_path::DesiredPath;

/// Places of a row of one microzone in the arrays of synapses: its 54 domains and two that are padding.
pub(crate) const LANES: usize = 56;
/// Fibres that odd rows of domains are shifted against even ones.
const SHIFT: usize = GRANULE_SIDE / 2;

/// Values of a row of domains of one microzone.
pub(crate) type Lanes = [f32; LANES];
/// Values of an even row of domains and of the odd one after it.
pub(crate) type RowPair = [Lanes; 2];

/// The activity of all parallel fibres for each of the [`DesiredPath::states`]. It depends on the desired motion only.
#[derive(Clone, Debug)]
pub struct FibreTable {
    activities: Vec<f32>,
    scale: f32,
}

impl FibreTable {
    /// Scaled so that the mean over fibres and over a cycle of movements is 1.
    pub fn new(path: &DesiredPath, mossy: &MossyFibres, granule: &GranuleLayer) -> Self {
        let mut activities = vec![0.0; path.states().len() * GRANULE_CELLS];
        let (mut total, mut steps) = (0.0, 0);
        for (place, row) in activities.chunks_exact_mut(GRANULE_CELLS).enumerate() {
            granule.respond(&mossy.activities(&path.states()[place]), row);
            let sum = row.iter().map(|&activity| f64::from(activity)).sum::<f64>();
            total += sum * DesiredPath::steps_at(place) as f64;
            steps += DesiredPath::steps_at(place);
        }
        let mean = total / (steps * GRANULE_CELLS) as f64;
        let scale = if mean > 0.0 { (1.0 / mean) as f32 } else { 0.0 };
        activities.iter_mut().for_each(|activity| *activity *= scale);
        Self { activities, scale }
    }

    /// What the granule cells' activity is multiplied with.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Of all fibres, row by row of the granule cells.
    pub fn at(&self, place: usize) -> &[f32] {
        &self.activities[place * GRANULE_CELLS..][..GRANULE_CELLS]
    }
}

/// What parallel fibres do now, and a trace of what they did.
///
/// The trace is the activity after two filters of first order with the same time constant τ, so that it weights
/// activity s seconds ago with s/τ² e^(-s/τ), most at s = τ; without a time constant it is the activity itself.
///
/// The fibre of granule cell (i, j) runs along x. In a microzone, row y of domains belongs to granule row i = y / 2,
/// and the domain in column x to j = x, in odd rows x + 27 (mod 54): a fibre meets two Purkinje cells of each
/// microzone.
#[derive(Clone, Debug)]
pub struct ParallelFibres {
    /// What is new in a filter after a step: 1 - e^(-h/τ); 1 without a trace.
    renewal: f32,
    first_filter: Vec<[f32; GRANULE_SIDE]>,
    /// One per row of granule cells.
    activity: Vec<RowPair>,
    trace: Vec<RowPair>,
    instructions: InstructionSet,
}

impl ParallelFibres {
    /// Silent fibres; τ in seconds.
    pub fn new(memory_trace: f64) -> Self {
        Self::with(memory_trace, InstructionSet::detect())
    }

    pub(super) fn with(memory_trace: f64, instructions: InstructionSet) -> Self {
        let renewal = if memory_trace > 0.0 { -libm::expm1(-STEP / memory_trace) as f32 } else { 1.0 };
        let silent = vec![[[0.0; LANES]; 2]; GRANULE_SIDE];
        Self {
            renewal,
            first_filter: vec![[0.0; GRANULE_SIDE]; GRANULE_SIDE],
            activity: silent.clone(),
            trace: silent,
            instructions,
        }
    }

    /// Takes the activities of the next step.
    pub fn step(&mut self, activities: &[f32]) {
        step_all(self.instructions, self, activities);
    }

    /// Takes the activities of the next step in one row of granule cells.
    #[inline(always)]
    pub(super) fn step_row(&mut self, row: usize, activities: &[f32]) {
        let (activities, first) = (&activities[row * GRANULE_SIDE..][..GRANULE_SIDE], &mut self.first_filter[row]);
        let mut second = [0.0; GRANULE_SIDE];
        second.copy_from_slice(&self.trace[row][0][..GRANULE_SIDE]);
        for fibre in 0..GRANULE_SIDE {
            first[fibre] += self.renewal * (activities[fibre] - first[fibre]);
            second[fibre] += self.renewal * (first[fibre] - second[fibre]);
        }
        lay_out(&mut self.trace[row], &second);
        lay_out(&mut self.activity[row], activities);
    }

    /// Only takes the activities: the trace stays as it is.
    pub fn show(&mut self, activities: &[f32]) {
        for (activities, activity) in activities.chunks_exact(GRANULE_SIDE).zip(&mut self.activity) {
            lay_out(activity, activities);
        }
    }

    /// The activity at the synapses in a pair of rows of any microzone.
    pub fn activity(&self, pair: usize) -> &RowPair {
        &self.activity[pair]
    }

    /// The trace at the synapses in a pair of rows of any microzone.
    pub fn trace(&self, pair: usize) -> &RowPair {
        &self.trace[pair]
    }
}

/// The granule cell whose fibre has its synapse in a domain of a microzone.
pub fn fibre_at(column: usize, row: usize) -> usize {
    row / 2 * GRANULE_SIDE + (column + row % 2 * SHIFT) % GRANULE_SIDE
}

dispatched! {
    fn step_all(fibres: &mut ParallelFibres, activities: &[f32]) = step_all_body
}

#[inline(always)]
fn step_all_body(fibres: &mut ParallelFibres, activities: &[f32]) {
    for row in 0..GRANULE_SIDE {
        fibres.step_row(row, activities);
    }
}

#[inline(always)]
fn lay_out(rows: &mut RowPair, values: &[f32]) {
    let [even, odd] = rows;
    even[..GRANULE_SIDE].copy_from_slice(values);
    odd[..GRANULE_SIDE - SHIFT].copy_from_slice(&values[SHIFT..]);
    odd[GRANULE_SIDE - SHIFT..GRANULE_SIDE].copy_from_slice(&values[..SHIFT]);
}
