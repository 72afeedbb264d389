//! The synapses between parallel fibres and Purkinje cells, and their learning rule.
//!
//! Source: Schweighofer & Ferriol 2000, eq. 2.

use super::parallel_fibres::{LANES, Lanes, ParallelFibres, RowPair};
use super::synapse_pass::{Constants, PAIRS, SEGMENT, SEGMENTS, State, Sums, completed, pass, read};
use crate::instruction_set::InstructionSet;
use crate::models::nitric_oxide::{CELLS_PER_MICROZONE, Domain, FieldRows, MICROZONE_LENGTH, MICROZONE_WIDTH, Plan};

/// Of a Purkinje cell.
pub(crate) const SYNAPSES_PER_CELL: usize = 216;

/// Domains across a Purkinje cell.
const CELL_WIDTH: usize = 6;

/// What learning compares the concentration of nitric oxide with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AverageScope {
    /// The synapse's own running average.
    Synapse,
    /// That of the mean over its microzone.
    Microzone,
}

/// The constants of learning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRule {
    /// η.
    pub rate: f64,
    /// What is new in the running average after a step: 1 - e^(-h/τ).
    pub renewal: f64,
    /// Over what the running average of nitric oxide is taken.
    pub scope: AverageScope,
    /// The smallest weight; minus infinity for none.
    pub least_weight: f64,
}

impl LearningRule {
    /// What is new in a synapse's average from its own concentration.
    fn own_renewal(&self) -> f32 {
        match self.scope {
            AverageScope::Synapse => self.renewal as f32,
            AverageScope::Microzone => 0.0,
        }
    }
}

/// All synapses of some microzones side by side.
///
/// A weight w is 1 + what is kept here; that of a synapse changes by
/// Δw = -η E (C - A) / C_max, minus the mean of this over its cell, and then no weight is below the least.
/// E is the trace of its parallel fibre, C the concentration of nitric oxide, A its running average before the step.
#[derive(Clone, Debug)]
pub struct Synapses {
    plan: Plan,
    /// w - 1 before the last change is completed: the mean over the cell is not added yet, the bound not heeded. Here
    /// and below: for each pair of rows, for each microzone.
    weights: Vec<RowPair>,
    averages: Vec<RowPair>,
    /// The largest concentration so far, as long as learning has not begun; then η / C_max.
    rates: Vec<RowPair>,
    /// Sums over the rows of a segment.
    sums: Sums,
    /// The mean of the last change over the cell.
    means: Vec<Lanes>,
    rule: LearningRule,
    instructions: InstructionSet,
}

impl Synapses {
    /// All weights 1, no nitric oxide seen.
    pub fn new(plan: Plan, rule: LearningRule) -> Self {
        Self::with(plan, rule, InstructionSet::detect())
    }

    fn with(plan: Plan, rule: LearningRule, instructions: InstructionSet) -> Self {
        let all = vec![[[0.0; LANES]; 2]; PAIRS * plan.microzones];
        let segments = vec![[0.0; LANES]; SEGMENTS * plan.microzones];
        Self {
            plan,
            weights: all.clone(),
            averages: all.clone(),
            rates: all,
            sums: Sums { output: segments.clone(), change: segments.clone() },
            means: segments,
            rule,
            instructions,
        }
    }

    /// The domain in which each microzone begins.
    fn beginnings(&self) -> impl Iterator<Item = Domain> + use<> {
        let plan = self.plan;
        (0..plan.microzones).map(move |microzone| plan.first_domain(microzone))
    }

    /// Before learning: takes notice of a concentration, for its largest and its average values.
    pub fn notice(&mut self, patches: &[FieldRows]) {
        let renewal = self.rule.own_renewal();
        for (microzone, Domain { patch, column, .. }) in self.beginnings().enumerate() {
            for row in 0..MICROZONE_LENGTH {
                let (pair, half) = (row / 2 * self.plan.microzones + microzone, row % 2);
                let values = patches[patch].values(column, row, MICROZONE_WIDTH);
                let known = self.rates[pair][half].iter_mut().zip(&mut self.averages[pair][half]);
                for ((largest, average), &value) in known.zip(values) {
                    *largest = largest.max(value);
                    *average += renewal * (value - *average);
                }
            }
        }
        self.share_averages(patches);
    }

    /// The largest concentration that each synapse has noticed, in no particular order.
    pub fn largest(&self) -> Vec<f32> {
        self.rates.as_flattened().iter().flat_map(|lanes| lanes[..MICROZONE_WIDTH].iter().copied()).collect()
    }

    /// Ends noticing: from now on each synapse learns at η over its largest concentration, or over the mean of these.
    /// A synapse that has seen none does not learn.
    pub fn begin_learning(&mut self, each_by_its_own: bool) {
        let largest = self.largest();
        let mean = largest.iter().map(|&largest| f64::from(largest)).sum::<f64>() / largest.len() as f64;
        let rate = self.rule.rate;
        for lanes in self.rates.as_flattened_mut() {
            for value in lanes {
                let scale = if each_by_its_own { f64::from(*value) } else { mean };
                *value = if *value > 0.0 { (rate / scale) as f32 } else { 0.0 };
            }
        }
    }

    /// One step of learning, in which the fibres take their next activities; the activities of the Purkinje cells with
    /// the weights before it, by microzone.
    pub fn learn(&mut self, fibres: &mut ParallelFibres, activities: &[f32], patches: &[FieldRows]) -> Vec<f64> {
        let beginnings: Vec<Domain> = self.beginnings().collect();
        let constants = Constants { renewal: self.rule.own_renewal(), least: self.least() };
        let state = State {
            rates: &self.rates,
            means: &self.means,
            weights: &mut self.weights,
            averages: &mut self.averages,
            sums: &mut self.sums,
        };
        pass(self.instructions, state, fibres, activities, patches, &beginnings, constants);
        let microzones = self.plan.microzones;
        for microzone in 0..microzones {
            let changes = cell_sums(&self.sums.change, microzone, microzones);
            let means = changes.map(|change| (change / SYNAPSES_PER_CELL as f64) as f32);
            spread_over_cells(&means, &mut self.means, microzone, microzones);
        }
        self.share_averages(patches);
        self.outputs()
    }

    /// The activities of the Purkinje cells, by microzone; nothing is learned.
    pub fn respond(&mut self, fibres: &ParallelFibres) -> Vec<f64> {
        let least = self.least();
        read(self.instructions, &self.weights, &self.means, &mut self.sums.output, fibres, self.plan.microzones, least);
        self.outputs()
    }

    /// (1/216) Σ (w_i - 1) PF_i of each cell.
    fn outputs(&self) -> Vec<f64> {
        let microzones = self.plan.microzones;
        let of = |microzone| cell_sums(&self.sums.output, microzone, microzones);
        (0..microzones).flat_map(of).map(|sum| sum / SYNAPSES_PER_CELL as f64).collect()
    }

    /// The weight of the synapse in a domain of a microzone.
    pub fn weight(&self, microzone: usize, column: usize, row: usize) -> f64 {
        let (pair, microzones) = (row / 2, self.plan.microzones);
        let kept = self.weights[pair * microzones + microzone][row % 2][column];
        let mean = self.means[pair / SEGMENT * microzones + microzone][column];
        1.0 + f64::from(completed(kept, mean, self.least()))
    }

    /// All weights, in no particular order.
    pub fn weights(&self) -> impl Iterator<Item = f64> {
        let columns = (0..MICROZONE_LENGTH).flat_map(|row| (0..MICROZONE_WIDTH).map(move |column| (column, row)));
        columns.flat_map(move |(column, row)| (0..self.plan.microzones).map(move |one| self.weight(one, column, row)))
    }

    /// The least of w - 1.
    fn least(&self) -> f32 {
        (self.rule.least_weight - 1.0) as f32
    }

    /// If averages are taken over the microzone, all its synapses get the same.
    fn share_averages(&mut self, patches: &[FieldRows]) {
        if self.rule.scope == AverageScope::Synapse {
            return;
        }
        let renewal = self.rule.renewal as f32;
        for (microzone, Domain { patch, column, .. }) in self.beginnings().enumerate() {
            let values = (0..MICROZONE_LENGTH).flat_map(|row| patches[patch].values(column, row, MICROZONE_WIDTH));
            let sum: f64 = values.map(|&value| f64::from(value)).sum();
            let mean = (sum / (MICROZONE_LENGTH * MICROZONE_WIDTH) as f64) as f32;
            let before = self.averages[microzone][0][0];
            for pair in 0..PAIRS {
                let rows = &mut self.averages[pair * self.plan.microzones + microzone];
                *rows = [[before + renewal * (mean - before); LANES]; 2];
            }
        }
    }
}

/// The Purkinje cell of a microzone that holds the domains of a column of cells in a segment of rows: columns are
/// shifted by one segment each, three to a cell.
const fn cell_at(column: usize, segment: usize) -> usize {
    3 * column + (segment + SEGMENTS - column % 3) % SEGMENTS / 3
}

/// Sums over the synapses of each cell of a microzone.
fn cell_sums(sums: &[Lanes], microzone: usize, microzones: usize) -> [f64; CELLS_PER_MICROZONE] {
    let mut cells = [0.0; CELLS_PER_MICROZONE];
    for segment in 0..SEGMENTS {
        let (columns, _) = sums[segment * microzones + microzone].as_chunks::<CELL_WIDTH>();
        for (column, [a, b, c, d, e, f]) in columns.iter().enumerate() {
            cells[cell_at(column, segment)] += f64::from(((a + b) + (c + d)) + (e + f));
        }
    }
    cells
}

/// Writes a value of each cell of a microzone at all its lanes.
fn spread_over_cells(values: &[f32; CELLS_PER_MICROZONE], lanes: &mut [Lanes], microzone: usize, microzones: usize) {
    for segment in 0..SEGMENTS {
        let (columns, _) = lanes[segment * microzones + microzone].as_chunks_mut::<CELL_WIDTH>();
        columns
            .iter_mut()
            .enumerate()
            .for_each(|(column, lanes)| *lanes = [values[cell_at(column, segment)]; CELL_WIDTH]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nitric_oxide::{Arrangement, ReleaseSite, Sheet, SheetParameters};
    use crate::models::reaching::cortex::granule_layer::GRANULE_CELLS;
    use crate::random::RandomStream;

    #[test]
    fn the_bits_do_not_depend_on_the_instruction_set() {
        for arrangement in [Arrangement::Joined, Arrangement::Separated] {
            let plan = Plan { microzones: 4, arrangement };
            let parameters =
                SheetParameters { diffusion: 3300.0, decay: 0.3, plan, release: ReleaseSite::Dendrite, accuracy: 1e-2 };
            let bits = |instructions: InstructionSet| -> Vec<u64> {
                let mut sheet = Sheet::new(parameters).unwrap();
                let rule = LearningRule { rate: 0.1, renewal: 0.02, scope: AverageScope::Synapse, least_weight: 0.0 };
                let mut synapses = Synapses::with(plan, rule, instructions);
                let mut fibres = ParallelFibres::with(0.05, instructions);
                let mut stream = RandomStream::from_seed([9; 32]);
                let mut outputs = Vec::new();
                for step in 0..60 {
                    let release: Vec<f32> = (0..108).map(|_| f32::from(u8::from(stream.bernoulli(0.05)))).collect();
                    sheet.step(&release);
                    let patches: Vec<FieldRows> = (0..plan.patches()).filter_map(|patch| sheet.rows(patch)).collect();
                    let activities: Vec<f32> = (0..GRANULE_CELLS).map(|_| 4.0 * stream.uniform() as f32).collect();
                    match step {
                        0..20 => {
                            fibres.step(&activities);
                            synapses.notice(&patches);
                        }
                        20 => synapses.begin_learning(true),
                        _ => outputs.extend(synapses.learn(&mut fibres, &activities, &patches)),
                    }
                }
                outputs.extend(synapses.respond(&fibres));
                outputs.into_iter().chain(synapses.weights()).map(f64::to_bits).collect()
            };
            assert!(bits(InstructionSet::detect()) == bits(InstructionSet::baseline()), "{arrangement:?}");
        }
    }
}
