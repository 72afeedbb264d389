//! The passes over all synapses: where the time of learning goes.

use super::parallel_fibres::{LANES, Lanes, ParallelFibres, RowPair};
use crate::instruction_set::{InstructionSet, dispatched};
use crate::models::nitric_oxide::{Domain, FieldRows, MICROZONE_LENGTH};

/// Pairs of rows of a microzone. A pair meets the fibres of one row of granule cells.
pub(super) const PAIRS: usize = MICROZONE_LENGTH / 2;
/// Successive pairs that no Purkinje cell begins or ends between.
pub(super) const SEGMENT: usize = 6;
pub(super) const SEGMENTS: usize = PAIRS / SEGMENT;

/// For each segment, for each microzone.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// Of (w - 1) times activity.
    pub output: Vec<Lanes>,
    /// Of the change.
    pub change: Vec<Lanes>,
}

#[derive(Clone, Copy)]
pub(super) struct Constants {
    /// What is new in the running average.
    pub renewal: f32,
    /// The least weight, less 1.
    pub least: f32,
}

/// What a pass reads and changes; see [`super::synapses::Synapses`].
pub(super) struct State<'a> {
    pub rates: &'a [RowPair],
    pub means: &'a [Lanes],
    pub weights: &'a mut [RowPair],
    pub averages: &'a mut [RowPair],
    pub sums: &'a mut Sums,
}

dispatched! {
    /// One pass over all synapses: advances the fibres by a step, completes the last change, sums up the cells' inputs,
    /// and makes the next change.
    pub(super) fn pass(
        state: State<'_>,
        fibres: &mut ParallelFibres,
        activities: &[f32],
        patches: &[FieldRows<'_>],
        beginnings: &[Domain],
        constants: Constants,
    ) = pass_body
}

#[inline(always)]
fn pass_body(
    state: State,
    fibres: &mut ParallelFibres,
    activities: &[f32],
    patches: &[FieldRows],
    beginnings: &[Domain],
    constants: Constants,
) {
    let State { rates, means, weights, averages, sums } = state;
    sums.output.fill([0.0; LANES]);
    sums.change.fill([0.0; LANES]);
    for pair in 0..PAIRS {
        // The activities come from far; the synapses of the row before keep the processor busy meanwhile.
        fibres.step_row(pair, activities);
        for (microzone, &Domain { patch, column, .. }) in beginnings.iter().enumerate() {
            let index = pair * beginnings.len() + microzone;
            let segment = pair / SEGMENT * beginnings.len() + microzone;
            let of_row = |row| patches[patch].values(column, row, LANES);
            let concentrations = [of_row(2 * pair), of_row(2 * pair + 1)];
            pass_rows(
                &mut weights[index],
                &mut averages[index],
                &mut sums.output[segment],
                &mut sums.change[segment],
                concentrations,
                [fibres.activity(pair), fibres.trace(pair)],
                &rates[index],
                &means[segment],
                constants,
            );
        }
    }
}

/// A pair of rows of a microzone. The compiler knows of references that are arguments that they do not overlap.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "each is a reference of its own to the compiler")]
fn pass_rows(
    weights: &mut RowPair,
    averages: &mut RowPair,
    outputs: &mut Lanes,
    changes: &mut Lanes,
    concentrations: [&[f32]; 2],
    [activity, trace]: [&RowPair; 2],
    rates: &RowPair,
    means: &Lanes,
    Constants { renewal, least }: Constants,
) {
    let concentrations = [&concentrations[0][..LANES], &concentrations[1][..LANES]];
    for x in 0..LANES {
        for half in 0..2 {
            let weight = completed(weights[half][x], means[x], least);
            outputs[x] += weight * activity[half][x];
            let deviation = concentrations[half][x] - averages[half][x];
            averages[half][x] += renewal * deviation;
            let change = rates[half][x] * trace[half][x] * deviation;
            changes[x] += change;
            weights[half][x] = weight - change;
        }
    }
}

/// A weight with the mean over the cell and the bound. Written so that one instruction takes the larger.
#[inline(always)]
pub(super) fn completed(weight: f32, mean: f32, least: f32) -> f32 {
    let sum = weight + mean;
    if sum > least { sum } else { least }
}

dispatched! {
    /// The sums of the cells' inputs.
    pub(super) fn read(
        weights: &[RowPair],
        means: &[Lanes],
        output: &mut [Lanes],
        fibres: &ParallelFibres,
        microzones: usize,
        least: f32,
    ) = read_body
}

#[inline(always)]
fn read_body(
    weights: &[RowPair],
    means: &[Lanes],
    output: &mut [Lanes],
    fibres: &ParallelFibres,
    microzones: usize,
    least: f32,
) {
    output.fill([0.0; LANES]);
    for pair in 0..PAIRS {
        for microzone in 0..microzones {
            let segment = pair / SEGMENT * microzones + microzone;
            read_rows(
                &weights[pair * microzones + microzone],
                &means[segment],
                &mut output[segment],
                fibres.activity(pair),
                least,
            );
        }
    }
}

#[inline(always)]
fn read_rows(weights: &RowPair, means: &Lanes, outputs: &mut Lanes, activity: &RowPair, least: f32) {
    for x in 0..LANES {
        for half in 0..2 {
            outputs[x] += completed(weights[half][x], means[x], least) * activity[half][x];
        }
    }
}
