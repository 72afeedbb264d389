//! The sheet as a filter of each cell's discharges, in closed form.

use std::f64::consts::{LN_2, TAU};

use super::information::Complex;
use super::olive::DISCHARGE_STEPS;
use super::sheet::geometry::{CELL_LENGTH, CELLS_PER_MICROZONE, Domain, MICROZONE_LENGTH, Plan};
use super::sheet::modal::ModalSheet;
use super::sheet::parameters::{STEP, SheetError, SheetParameters};
use crate::instruction_set::InstructionSet;

/// From the discharges of each cell to the concentration at one synapse, at one frequency after the other.
///
/// In a mode of the sheet the concentration follows c_(n+1) = ρ c_n + g s u_n, u_n being the cell's rate of release,
/// which lasts two steps. So a wave of frequency f is multiplied by H_cell(f) = Σ φ(synapse) g s / (1 - ρ z) · (1 + z),
/// summed over modes, with z = e^(-2πi f h).
#[derive(Clone, Debug)]
pub struct Transfer {
    exact: ModalSheet,
    plan: Plan,
    synapse: Domain,
}

impl Transfer {
    /// # Errors
    /// The first parameter of the sheet that is out of its range.
    pub fn new(parameters: &SheetParameters, synapse: Domain) -> Result<Self, SheetError> {
        parameters.check()?;
        Ok(Self { exact: ModalSheet::new(parameters, InstructionSet::detect()), plan: parameters.plan, synapse })
    }

    /// H of every cell at a frequency in Hz.
    pub fn at(&self, frequency: f64) -> Vec<Complex> {
        self.to(self.synapse, frequency)
    }

    /// H of every cell at a frequency in Hz, to another synapse.
    fn to(&self, synapse: Domain, frequency: f64) -> Vec<Complex> {
        let power = |steps: usize| {
            let angle = TAU * frequency * STEP * steps as f64;
            (libm::cos(angle), -libm::sin(angle))
        };
        let z = power(1);
        let lasting = (0..DISCHARGE_STEPS).map(power).fold((0.0, 0.0), |sum, term| (sum.0 + term.0, sum.1 + term.1));
        let width = self.exact.lines().0.domains;
        let (decay, gain) = self.exact.decay_and_gain();
        let across: Vec<f64> = self.exact.across_at(synapse.column).collect();
        let mut weights: Vec<Vec<Complex>> = Vec::new();
        let rows = decay.chunks_exact(width).zip(gain.chunks_exact(width)).zip(self.exact.along_at(synapse.row));
        for ((decay, gain), along) in rows {
            let modes = decay.iter().zip(gain).zip(&across);
            weights.push(modes.map(|((decay, gain), across)| divide(along * across * gain, *decay, z)).collect());
        }
        let of_source = |source: &super::sheet::modal::Source| {
            if source.patch != synapse.patch {
                return (0.0, 0.0);
            }
            let mut sum = (0.0, 0.0);
            for (row, along) in weights.iter().zip(&source.along) {
                for (weight, across) in row.iter().zip(&source.across) {
                    let part = along * across;
                    sum = (sum.0 + part * weight.0, sum.1 + part * weight.1);
                }
            }
            (sum.0 * lasting.0 - sum.1 * lasting.1, sum.0 * lasting.1 + sum.1 * lasting.0)
        };
        self.exact.sources().iter().map(of_source).collect()
    }

    /// The signal that `microzone` sends together over the noise of its cells and of the others.
    ///
    /// All cells of the microzone have the rate r (1 + signal), the cells of other microzones a constant rate; each is
    /// Poisson, so that its noise has the spectral density of its rate. The signal is r² |Σ H|² S(f) and the noise r Σ
    /// |H|², with sums over the microzone, plus that of the others. What is returned is the first over the second for S
    /// = 1 / r.
    ///
    /// Without other microzones this is a number of cells, |Σ H|² / Σ |H|²: as many cells, heard equally well and
    /// without a filter, would give the same ratio.
    pub fn effective_cells(&self, frequency: f64, microzone: usize, surrounding_over_own_rate: f64) -> f64 {
        effective_cells(&self.at(frequency), microzone, surrounding_over_own_rate)
    }

    /// [`Transfer::effective_cells`] at 81 places of the microzone: for each Purkinje cell, in its middle and a third
    /// of its length to either side.
    pub fn effective_cells_over(&self, frequency: f64, microzone: usize, surrounding_over_own_rate: f64) -> Vec<f64> {
        let plan = self.plan;
        let cells = microzone * CELLS_PER_MICROZONE..(microzone + 1) * CELLS_PER_MICROZONE;
        let places = cells.flat_map(|cell| {
            let middle = plan.middle(cell);
            let third = CELL_LENGTH / 3;
            [MICROZONE_LENGTH - third, 0, third]
                .map(|shift| Domain { row: (middle.row + shift) % MICROZONE_LENGTH, ..middle })
        });
        places.map(|place| effective_cells(&self.to(place, frequency), microzone, surrounding_over_own_rate)).collect()
    }

    /// The rate of information about a Gaussian signal, in bits/s, in closed form: ∫ log2(1 + SNR(f)) df over the
    /// `band`, where the signal to noise ratio is r S(f) times the [`Transfer::effective_cells`], and the two-sided
    /// spectral density S is `variance` / (2 × width of the band) within it.
    pub fn information_rate(&self, signal: &BandSignal) -> f64 {
        let (low, high) = signal.band;
        let width = high - low;
        let density = signal.rate * signal.variance / (2.0 * width);
        let slice = width / f64::from(SLICES);
        let in_slice = |slice_number: u32| {
            let frequency = low + (f64::from(slice_number) + 0.5) * slice;
            let cells = self.effective_cells(frequency, signal.microzone, signal.surrounding_rate / signal.rate);
            slice * libm::log1p(density * cells) / LN_2
        };
        (0..SLICES).map(in_slice).sum()
    }
}

/// Parts of a band in which the ratio is taken for constant: by the midpoint rule.
const SLICES: u32 = 16;

/// A Gaussian signal with a flat spectrum in a band, in the rate of one microzone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSignal {
    /// r, in 1/s.
    pub rate: f64,
    /// Of the signal, in units of the mean rate.
    pub variance: f64,
    /// In Hz.
    pub band: (f64, f64),
    /// The microzone whose rate is modulated.
    pub microzone: usize,
    /// Of the cells in the other microzones, in 1/s.
    pub surrounding_rate: f64,
}

/// Signal over noise at a synapse with these transfer functions, see [`Transfer::effective_cells`].
fn effective_cells(cells: &[Complex], microzone: usize, surrounding_over_own_rate: f64) -> f64 {
    let (mut signal, mut own, mut others) = ((0.0, 0.0), 0.0, 0.0);
    for (cell, transfer) in cells.iter().enumerate() {
        let power = transfer.0 * transfer.0 + transfer.1 * transfer.1;
        if cell / CELLS_PER_MICROZONE == microzone {
            signal = (signal.0 + transfer.0, signal.1 + transfer.1);
            own += power;
        } else {
            others += power;
        }
    }
    (signal.0 * signal.0 + signal.1 * signal.1) / (own + surrounding_over_own_rate * others)
}

/// `numerator` / (1 - `decay` z).
fn divide(numerator: f64, decay: f64, z: Complex) -> Complex {
    let denominator = (1.0 - decay * z.0, -decay * z.1);
    let scale = numerator / (denominator.0 * denominator.0 + denominator.1 * denominator.1);
    (scale * denominator.0, -scale * denominator.1)
}
