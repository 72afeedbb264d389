//! The synapses between parallel fibres and Purkinje cells, and their learning rule.
//!
//! Source: Schweighofer & Ferriol 2000, eq. 2.

use super::parallel_fibres::{LANES, ParallelFibres};
use crate::instruction_set::{InstructionSet, dispatched};
use crate::nitric_oxide::{
    CELLS_PER_MICROZONE, Domain, FieldRows, MICROZONE_LENGTH, MICROZONE_WIDTH, Plan,
};

/// Of a Purkinje cell.
pub const SYNAPSES_PER_CELL: usize = 216;

/// Rows of a microzone in which no Purkinje cell begins or ends but at their rim.
const SEGMENT: usize = 12;
const SEGMENTS: usize = MICROZONE_LENGTH / SEGMENT;

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
    pub scope: AverageScope,
    /// The smallest weight; minus infinity for none.
    pub least_weight: f64,
}

/// Values of all synapses: for each row of domains, for each microzone, from left to right.
type Lanes = [f32; LANES];

/// All synapses of some microzones side by side.
///
/// A weight w is 1 + what is kept here; that of a synapse changes by
/// Δw = -η E (C - A) / C_max, minus the mean of this over its cell, and then no weight is below the least.
/// E is the trace of its parallel fibre, C the concentration of nitric oxide, A its running average before the step.
#[derive(Clone, Debug)]
pub struct Synapses {
    plan: Plan,
    /// w - 1 before the last change is completed: the mean over the cell is not added yet, the bound not heeded.
    weights: Vec<Lanes>,
    averages: Vec<Lanes>,
    /// The largest concentration so far, as long as learning has not begun; then η / C_max.
    rates: Vec<Lanes>,
    /// Sums over the rows of a segment, for each segment and microzone.
    sums: Sums,
    /// The mean of the last change over the cell, for each segment and microzone.
    means: Vec<Lanes>,
    rule: LearningRule,
    instructions: InstructionSet,
}

#[derive(Clone, Debug)]
struct Sums {
    /// Of (w - 1) times activity.
    output: Vec<Lanes>,
    /// Of the change.
    change: Vec<Lanes>,
}

impl Synapses {
    /// All weights 1, no nitric oxide seen.
    pub fn new(plan: Plan, rule: LearningRule) -> Self {
        let all = vec![[0.0; LANES]; MICROZONE_LENGTH * plan.microzones];
        let segments = vec![[0.0; LANES]; SEGMENTS * plan.microzones];
        Self {
            plan,
            weights: all.clone(),
            averages: all.clone(),
            rates: all,
            sums: Sums { output: segments.clone(), change: segments.clone() },
            means: segments,
            rule,
            instructions: InstructionSet::detect(),
        }
    }

    /// The domain in which each microzone begins.
    fn beginnings(&self) -> impl Iterator<Item = Domain> + use<> {
        let plan = self.plan;
        (0..plan.microzones).map(move |microzone| plan.first_domain(microzone))
    }

    /// Before learning: takes notice of a concentration, for its largest and its average values.
    pub fn notice(&mut self, patches: &[FieldRows]) {
        let renewal = self.rule.renewal as f32;
        for (microzone, Domain { patch, column, .. }) in self.beginnings().enumerate() {
            for row in 0..MICROZONE_LENGTH {
                let index = row * self.plan.microzones + microzone;
                let values = patches[patch].values(column, row, MICROZONE_WIDTH);
                let known = self.rates[index].iter_mut().zip(&mut self.averages[index]);
                for ((largest, average), &value) in known.zip(values) {
                    *largest = largest.max(value);
                    *average += renewal * (value - *average);
                }
            }
        }
        self.share_averages(patches);
    }

    /// The largest concentration that each synapse has noticed.
    pub fn largest(&self) -> Vec<f32> {
        self.rates.iter().flat_map(|lanes| lanes[..MICROZONE_WIDTH].iter().copied()).collect()
    }

    /// Ends noticing: from now on each synapse learns at η over its largest concentration, or over the mean of these.
    /// A synapse that has seen none does not learn.
    pub fn begin_learning(&mut self, each_by_its_own: bool) {
        let largest = self.largest();
        let mean = largest.iter().map(|&largest| f64::from(largest)).sum::<f64>() / largest.len() as f64;
        let rate = self.rule.rate;
        for lanes in &mut self.rates {
            for value in lanes {
                let scale = if each_by_its_own { f64::from(*value) } else { mean };
                *value = if *value > 0.0 { (rate / scale) as f32 } else { 0.0 };
            }
        }
    }

    /// One step of learning; the activities of the Purkinje cells with the weights before it, by microzone.
    pub fn learn(&mut self, fibres: &ParallelFibres, patches: &[FieldRows]) -> Vec<f64> {
        let beginnings: Vec<Domain> = self.beginnings().collect();
        let renewal = if self.rule.scope == AverageScope::Synapse { self.rule.renewal as f32 } else { 0.0 };
        let constants = Constants { renewal, least: (self.rule.least_weight - 1.0) as f32 };
        let state = State { weights: &mut self.weights, averages: &mut self.averages, sums: &mut self.sums };
        pass(self.instructions, state, &self.rates, &self.means, fibres, patches, &beginnings, constants);
        for microzone in 0..self.plan.microzones {
            let changes = cell_sums(&self.sums.change, microzone, self.plan.microzones);
            let mean = changes.map(|change| (change / SYNAPSES_PER_CELL as f64) as f32);
            for segment in 0..SEGMENTS {
                let lanes = &mut self.means[segment * self.plan.microzones + microzone];
                for (column, value) in lanes[..MICROZONE_WIDTH].iter_mut().enumerate() {
                    *value = mean[cell_at(column, segment)];
                }
            }
        }
        self.share_averages(patches);
        self.outputs()
    }

    /// The activities of the Purkinje cells, by microzone; nothing is learned.
    pub fn respond(&mut self, fibres: &ParallelFibres) -> Vec<f64> {
        let least = (self.rule.least_weight - 1.0) as f32;
        read(self.instructions, &self.weights, &self.means, &mut self.sums.output, fibres, self.plan.microzones, least);
        self.outputs()
    }

    /// (1/216) Σ (w_i - 1) PF_i of each cell.
    fn outputs(&self) -> Vec<f64> {
        let microzones = self.plan.microzones;
        let of = |microzone| cell_sums(&self.sums.output, microzone, microzones);
        (0..microzones).flat_map(of).map(|sum| sum / SYNAPSES_PER_CELL as f64).collect()
    }

    /// All weights, row by row, microzones from left to right.
    pub fn weights(&self) -> Vec<f32> {
        let (microzones, least) = (self.plan.microzones, (self.rule.least_weight - 1.0) as f32);
        let completed = |index: usize| {
            let means = &self.means[index / microzones / SEGMENT * microzones + index % microzones];
            let pairs = self.weights[index].iter().zip(means).take(MICROZONE_WIDTH);
            pairs.map(move |(weight, mean)| 1.0 + (weight + mean).max(least))
        };
        (0..self.weights.len()).flat_map(completed).collect()
    }

    /// Where averages are those of the microzone, all its synapses get the same.
    fn share_averages(&mut self, patches: &[FieldRows]) {
        if self.rule.scope == AverageScope::Synapse {
            return;
        }
        let renewal = self.rule.renewal as f32;
        for (microzone, Domain { patch, column, .. }) in self.beginnings().enumerate() {
            let values = (0..MICROZONE_LENGTH).flat_map(|row| patches[patch].values(column, row, MICROZONE_WIDTH));
            let sum: f64 = values.map(|&value| f64::from(value)).sum();
            let mean = (sum / (MICROZONE_LENGTH * MICROZONE_WIDTH) as f64) as f32;
            let mut before = None;
            for row in 0..MICROZONE_LENGTH {
                let lanes = &mut self.averages[row * self.plan.microzones + microzone];
                let before = *before.get_or_insert(lanes[0]);
                *lanes = [before + renewal * (mean - before); LANES];
            }
        }
    }
}

/// The Purkinje cell of a microzone whose dendrite holds a column of a segment of rows.
fn cell_at(column: usize, segment: usize) -> usize {
    // Columns of cells are shifted by one segment each, three to a cell.
    let cells = column / 6;
    3 * cells + (segment + SEGMENTS - cells % 3) % SEGMENTS / 3
}

/// Sums over the synapses of each cell of a microzone.
fn cell_sums(sums: &[Lanes], microzone: usize, microzones: usize) -> [f64; CELLS_PER_MICROZONE] {
    let mut cells = [0.0; CELLS_PER_MICROZONE];
    for segment in 0..SEGMENTS {
        let lanes = &sums[segment * microzones + microzone][..MICROZONE_WIDTH];
        for (column, &sum) in lanes.iter().enumerate() {
            cells[cell_at(column, segment)] += f64::from(sum);
        }
    }
    cells
}

#[derive(Clone, Copy)]
struct Constants {
    renewal: f32,
    least: f32,
}

/// What a pass changes.
struct State<'a> {
    weights: &'a mut [Lanes],
    averages: &'a mut [Lanes],
    sums: &'a mut Sums,
}

dispatched! {
    /// One pass over all synapses that completes the last change, sums up the cells' inputs, and makes the next change.
    fn pass(
        state: State<'_>,
        rates: &[Lanes],
        means: &[Lanes],
        fibres: &ParallelFibres,
        patches: &[FieldRows<'_>],
        beginnings: &[Domain],
        constants: Constants,
    ) = pass_body
}

#[inline(always)]
fn pass_body(
    state: State,
    rates: &[Lanes],
    means: &[Lanes],
    fibres: &ParallelFibres,
    patches: &[FieldRows],
    beginnings: &[Domain],
    Constants { renewal, least }: Constants,
) {
    let State { weights, averages, sums } = state;
    sums.output.fill([0.0; LANES]);
    sums.change.fill([0.0; LANES]);
    for row in 0..MICROZONE_LENGTH {
        let (activity, trace) = (fibres.activity(row), fibres.trace(row));
        for (microzone, &Domain { patch, column, .. }) in beginnings.iter().enumerate() {
            let microzones = beginnings.len();
            let (index, segment) = (row * microzones + microzone, row / SEGMENT * microzones + microzone);
            let concentrations = patches[patch].values(column, row, LANES);
            let (weights, averages) = (&mut weights[index], &mut averages[index]);
            let (rates, means) = (&rates[index], &means[segment]);
            let (outputs, changes) = (&mut sums.output[segment], &mut sums.change[segment]);
            for x in 0..LANES {
                let weight = completed(weights[x], means[x], least);
                outputs[x] += weight * activity[x];
                let deviation = concentrations[x] - averages[x];
                averages[x] += renewal * deviation;
                let change = rates[x] * trace[x] * deviation;
                changes[x] += change;
                weights[x] = weight - change;
            }
        }
    }
}

/// A weight with the mean over the cell and the bound. Written so that one instruction takes the larger.
#[inline(always)]
fn completed(weight: f32, mean: f32, least: f32) -> f32 {
    let sum = weight + mean;
    if sum > least { sum } else { least }
}

dispatched! {
    /// The sums of the cells' inputs.
    fn read(
        weights: &[Lanes],
        means: &[Lanes],
        output: &mut [Lanes],
        fibres: &ParallelFibres,
        microzones: usize,
        least: f32,
    ) = read_body
}

#[inline(always)]
fn read_body(
    weights: &[Lanes],
    means: &[Lanes],
    output: &mut [Lanes],
    fibres: &ParallelFibres,
    microzones: usize,
    least: f32,
) {
    output.fill([0.0; LANES]);
    for row in 0..MICROZONE_LENGTH {
        let activity = fibres.activity(row);
        for microzone in 0..microzones {
            let segment = row / SEGMENT * microzones + microzone;
            let (weights, means) = (&weights[row * microzones + microzone], &means[segment]);
            let output = &mut output[segment];
            for x in 0..LANES {
                output[x] += completed(weights[x], means[x], least) * activity[x];
            }
        }
    }
}
