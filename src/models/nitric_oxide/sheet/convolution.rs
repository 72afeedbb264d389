//! Steps by convolution: diffusion for one step is a short kernel along x, then along y.
//!
//! On a rectangle the two directions commute, so e^(h D (∂xx + ∂yy)) is exactly the product of its two factors, and
//! each is the [`HeatKernel`] of a row. Decay multiplies one of them. What a cell releases within a step is spread and
//! decays meanwhile: that footprint is computed exactly, once a cell, and added with the cell's rate.

use super::footprint::Footprint;
use super::geometry::{DOMAIN_SIDE, Domain};
use super::heat_kernel::{HeatKernel, SingleTaps};
use super::line::Line;
use super::modal::ModalSheet;
use super::parameters::{STEP, SheetParameters, left_after_step};
use crate::instruction_set::{InstructionSet, dispatched};

#[derive(Clone, Debug)]
pub(super) struct ConvolutionSheet {
    shape: Shape,
    kernel: Kernel,
    footprints: Vec<Footprint>,
    /// One per patch, row by row; each row has its margins, which hold what lies beyond its ends while it is convolved.
    /// After the last row there is room for readers.
    fields: Vec<Vec<f32>>,
    /// A field after the convolution across.
    across: Vec<f32>,
    instructions: InstructionSet,
}

impl ConvolutionSheet {
    /// A sheet without nitric oxide; `exact` is the sheet of the same parameters in modes.
    pub(super) fn new(parameters: &SheetParameters, exact: &ModalSheet, instructions: InstructionSet) -> Self {
        let (across, along) = exact.lines();
        let exchange = parameters.diffusion * STEP / (DOMAIN_SIDE * DOMAIN_SIDE);
        let heat = HeatKernel::narrowest(exchange, parameters.accuracy);
        let shape = Shape { across, along, margin: heat.radius() };
        let plan = exact.plan();
        let footprint = |cell| Footprint::new(exact, cell, |column, row| shape.position(column, row));
        Self {
            shape,
            kernel: Kernel::new(&heat, left_after_step(parameters.decay), shape),
            footprints: (0..plan.cells()).map(footprint).collect(),
            fields: vec![vec![0.0; shape.places() + FieldRows::BEYOND]; plan.patches()],
            across: vec![0.0; shape.places()],
            instructions,
        }
    }

    pub(super) fn radius(&self) -> usize {
        self.shape.margin
    }

    /// Advances by one step; see [`crate::models::nitric_oxide::Sheet::step`].
    pub(super) fn step(&mut self, release: &[f32]) {
        for field in &mut self.fields {
            let field = &mut field[..self.shape.places()];
            spread(self.instructions, field, &mut self.across, &self.kernel, self.shape);
        }
        for (footprint, &rate) in self.footprints.iter().zip(release) {
            if rate != 0.0 {
                footprint.add(rate, &mut self.fields[footprint.patch]);
            }
        }
    }

    pub(super) fn concentration(&self, domain: Domain) -> f64 {
        f64::from(self.fields[domain.patch][self.shape.position(domain.column, domain.row)])
    }

    pub(super) fn deposit(&mut self, domain: Domain, amount: f64) {
        self.fields[domain.patch][self.shape.position(domain.column, domain.row)] += amount as f32;
    }

    pub(super) fn rows(&self, patch: usize) -> FieldRows<'_> {
        FieldRows { field: &self.fields[patch], shape: self.shape }
    }

    /// Adds amounts, times a factor, to a domain and those to its right.
    pub(super) fn deposit_row(&mut self, first: Domain, amounts: &[f32], factor: f32) {
        let first_position = self.shape.position(first.column, first.row);
        let domains = &mut self.fields[first.patch][first_position..][..amounts.len()];
        domains.iter_mut().zip(amounts).for_each(|(value, amount)| *value += factor * amount);
    }

    pub(super) fn uptake(&self, cell: usize) -> f64 {
        let footprint = &self.footprints[cell];
        footprint.overlap(&self.fields[footprint.patch])
    }

    /// All concentrations of a patch, row by row.
    pub(super) fn patch(&self, patch: usize) -> Vec<f64> {
        let row = |row| &self.fields[patch][self.shape.position(0, row)..][..self.shape.across.domains];
        (0..self.shape.along.domains).flat_map(|number| row(number).iter().map(|&value| f64::from(value))).collect()
    }
}

/// The concentrations of a patch as they lie in memory, in single precision.
#[derive(Clone, Copy, Debug)]
pub struct FieldRows<'a> {
    field: &'a [f32],
    shape: Shape,
}

impl<'a> FieldRows<'a> {
    /// Values that can be read beyond the end of any row; what they are means nothing, but they are finite.
    pub const BEYOND: usize = 8;

    /// Some successive values of a row from a column on, at most [`FieldRows::BEYOND`] of them beyond its end.
    #[inline(always)]
    pub fn values(&self, column: usize, row: usize, count: usize) -> &'a [f32] {
        &self.field[self.shape.position(column, row)..][..count]
    }
}

/// How a field lies in memory.
#[derive(Clone, Copy, Debug)]
struct Shape {
    across: Line,
    along: Line,
    /// Places before and after each row: the radius of the kernel.
    margin: usize,
}

impl Shape {
    /// From one row to the next.
    fn stride(&self) -> usize {
        self.across.domains + 2 * self.margin
    }

    fn places(&self) -> usize {
        self.stride() * self.along.domains
    }

    fn position(&self, column: usize, row: usize) -> usize {
        row * self.stride() + self.margin + column
    }
}

/// Two places as far before and behind a place as a tap reaches.
type Pair = (usize, usize);

/// Taps, and where they reach.
#[derive(Clone, Debug)]
struct Kernel {
    /// Taps across also hold the decay.
    taps_across: SingleTaps,
    taps_along: SingleTaps,
    /// From the beginning of a row, for each tap but the middle one: the places across, and the rows along, that it
    /// meets of the first row that has as many rows before it.
    places: Vec<Pair>,
    rows: Vec<Pair>,
    /// Places in a row's margins, and the places of the domains that they stand for.
    beyond: Vec<Pair>,
    /// For each row at the rim, which has not, the row and what its taps meet.
    rim: Vec<(usize, Vec<Pair>)>,
}

impl Kernel {
    fn new(heat: &HeatKernel, decay: f64, shape: Shape) -> Self {
        let (radius, stride, length) = (shape.margin, shape.stride(), shape.along.domains);
        let (reach, domains) = (radius as isize, shape.across.domains as isize);
        let distances = || 1..=radius;
        let beyond = (-reach..0).chain(domains..domains + reach);
        let start = |row: isize| shape.along.fold(row) * stride;
        let met_by = |row: usize| {
            let (row, distances) = (row as isize, 1..=reach);
            distances.map(|n| (start(row - n), start(row + n))).collect()
        };
        let is_at_rim = |row: &usize| *row < radius || row + radius >= length;
        Self {
            taps_across: heat.single_precision(decay),
            taps_along: heat.single_precision(1.0),
            places: distances().map(|n| (radius - n, radius + n)).collect(),
            rows: distances().map(|n| ((radius - n) * stride, (radius + n) * stride)).collect(),
            beyond: beyond.map(|x| ((reach + x) as usize, radius + shape.across.fold(x))).collect(),
            rim: (0..length).filter(is_at_rim).map(|row| (row, met_by(row))).collect(),
        }
    }
}

dispatched! {
    /// One step of decay and diffusion of one patch.
    fn spread(field: &mut [f32], across: &mut [f32], kernel: &Kernel, shape: Shape) = spread_body
}

/// The rows with their margins are one long row for either convolution, so that nothing is done row by row but the
/// margins and the rim. What comes to stand in the margins means nothing and is overwritten before it is looked at.
#[inline(always)]
fn spread_body(field: &mut [f32], across: &mut [f32], kernel: &Kernel, shape: Shape) {
    let (radius, stride, places) = (shape.margin, shape.stride(), field.len());
    for row in field.chunks_exact_mut(stride) {
        for &(place, domain) in &kernel.beyond {
            row[place] = row[domain];
        }
    }
    convolve(field, radius, &kernel.places, &kernel.taps_across, &mut across[radius..places - radius]);
    if shape.along.domains > 2 * radius {
        let inner = &mut field[radius * stride..places - radius * stride];
        convolve(across, radius * stride, &kernel.rows, &kernel.taps_along, inner);
    }
    for (row, met) in &kernel.rim {
        convolve(across, row * stride, met, &kernel.taps_along, &mut field[row * stride..][..stride]);
    }
}

/// Pairs that are added in one pass: their number is known to the compiler, so that the sums stay in registers.
const LARGEST_GROUP: usize = 6;

/// `out`_x = (1 - loss) `row`_(middle + x) + Σ_n w_n (sum of the two of pair n), added from the middle outwards,
/// whatever the grouping.
#[inline(always)]
fn convolve(row: &[f32], middle: usize, pairs: &[Pair], taps: &SingleTaps, out: &mut [f32]) {
    let first = pairs.len().min(LARGEST_GROUP);
    add_group::<true>(row, middle, taps.loss, &pairs[..first], &taps.outer, out);
    let groups = pairs[first..].chunks(LARGEST_GROUP).zip(taps.outer[first..].chunks(LARGEST_GROUP));
    for (pairs, outer) in groups {
        add_group::<false>(row, middle, taps.loss, pairs, outer, out);
    }
}

/// [`add_pairs`] for a number of pairs that the compiler does not know.
#[inline(always)]
fn add_group<const FROM_MIDDLE: bool>(
    row: &[f32],
    middle: usize,
    loss: f32,
    pairs: &[Pair],
    taps: &[f32],
    out: &mut [f32],
) {
    match pairs.len() {
        0 => add_pairs::<0, FROM_MIDDLE>(row, middle, loss, pairs, taps, out),
        1 => add_pairs::<1, FROM_MIDDLE>(row, middle, loss, pairs, taps, out),
        2 => add_pairs::<2, FROM_MIDDLE>(row, middle, loss, pairs, taps, out),
        3 => add_pairs::<3, FROM_MIDDLE>(row, middle, loss, pairs, taps, out),
        4 => add_pairs::<4, FROM_MIDDLE>(row, middle, loss, pairs, taps, out),
        5 => add_pairs::<5, FROM_MIDDLE>(row, middle, loss, pairs, taps, out),
        _ => add_pairs::<LARGEST_GROUP, FROM_MIDDLE>(row, middle, loss, pairs, taps, out),
    }
}

/// Adds the first N pairs, to the middle less its loss or to what is there.
#[inline(always)]
fn add_pairs<const N: usize, const FROM_MIDDLE: bool>(
    row: &[f32],
    middle: usize,
    loss: f32,
    pairs: &[Pair],
    taps: &[f32],
    out: &mut [f32],
) {
    let length = out.len();
    let middle = &row[middle..][..length];
    // Slices of one length, so that the loop below needs no check and runs in whole registers.
    let (mut before, mut after, mut tap) = ([middle; N], [middle; N], [0.0; N]);
    for n in 0..N {
        before[n] = &row[pairs[n].0..][..length];
        after[n] = &row[pairs[n].1..][..length];
        tap[n] = taps[n];
    }
    for x in 0..length {
        let mut sum = if FROM_MIDDLE { middle[x] - loss * middle[x] } else { out[x] };
        for n in 0..N {
            sum += tap[n] * (before[n][x] + after[n][x]);
        }
        out[x] = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::nitric_oxide::{Arrangement, Plan, ReleaseSite};

    #[test]
    fn the_bits_do_not_depend_on_the_instruction_set() {
        for (diffusion, accuracy) in [(0.0, 1e-3), (330.0, 1e-2), (3300.0, 1e-3), (6000.0, 1e-4), (60_000.0, 1e-3)] {
            for (arrangement, microzones) in [(Arrangement::Joined, 3), (Arrangement::Separated, 2)] {
                let plan = Plan { microzones, arrangement };
                let parameters =
                    SheetParameters { diffusion, decay: 0.3, plan, release: ReleaseSite::Dendrite, accuracy };
                let bits = |instructions: InstructionSet| -> Vec<u64> {
                    let exact = ModalSheet::new(&parameters, instructions);
                    let mut sheet = ConvolutionSheet::new(&parameters, &exact, instructions);
                    for step in 0..20 {
                        let fires = |cell: usize| (cell * 7 + step * 5).is_multiple_of(11);
                        let release: Vec<f32> =
                            (0..plan.cells()).map(|cell| f32::from(u8::from(fires(cell)))).collect();
                        sheet.step(&release);
                    }
                    (0..plan.patches()).flat_map(|patch| sheet.patch(patch)).map(f64::to_bits).collect()
                };
                assert!(bits(InstructionSet::detect()) == bits(InstructionSet::baseline()), "{parameters:?}");
            }
        }
    }
}
