//! What one synapse sees of every cell's discharges: the sheet as a linear filter.

use super::olive::DISCHARGE_STEPS;
use super::sheet::Sheet;
use super::sheet::geometry::Domain;
use super::sheet::parameters::{SheetError, SheetParameters};

/// The concentration at one synapse after a discharge of each cell.
///
/// The sheet is linear, so the concentration at a synapse is a sum over discharges, y_n = Σ h_cell(n - begin). And it
/// is reciprocal: what a domain sees of a release site is what the site sees of the domain. So one run of the sheet,
/// with a unit amount put into the synapse's domain, gives h for all cells.
#[derive(Clone, Debug)]
pub struct SynapticResponse {
    /// One per cell: after 1, 2, … steps.
    by_cell: Vec<Vec<f64>>,
}

/// A number of discharges of one cell that begin in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discharge {
    /// The cell that discharges, counted over all microzones.
    pub cell: usize,
    /// The step in which its release begins.
    pub step: usize,
    /// Discharges that begin in this step; what they release adds up.
    pub count: u16,
}

impl SynapticResponse {
    /// The responses at `synapse`, followed for some steps from the beginning of a discharge.
    ///
    /// # Errors
    /// The first parameter of the sheet that is out of its range.
    pub fn new(parameters: SheetParameters, synapse: Domain, steps: usize) -> Result<Self, SheetError> {
        let mut sheet = Sheet::new(parameters)?;
        let cells = parameters.plan.cells();
        sheet.deposit(synapse, 1.0);
        let silence = vec![0.0; cells];
        let mut by_cell = vec![Vec::with_capacity(steps); cells];
        for _ in 0..steps {
            for (cell, response) in by_cell.iter_mut().enumerate() {
                response.push(sheet.uptake(cell));
            }
            sheet.step(&silence);
        }
        for response in &mut by_cell {
            // A discharge releases for some steps.
            for step in (0..steps).rev() {
                response[step] = (0..DISCHARGE_STEPS.min(step + 1)).map(|earlier| response[step - earlier]).sum();
            }
        }
        Ok(Self { by_cell })
    }

    /// The response to one discharge of a cell, after 1, 2, … steps from its beginning.
    pub fn of_cell(&self, cell: usize) -> &[f64] {
        &self.by_cell[cell]
    }

    /// The concentrations at the ends of steps `first` to `first + length - 1`. A discharge is forgotten when it is
    /// older than the response was followed.
    pub fn superpose(&self, discharges: &[Discharge], first: usize, length: usize) -> Vec<f64> {
        let mut sums = vec![0.0; length];
        for discharge in discharges {
            let response = &self.by_cell[discharge.cell];
            let skipped = first.saturating_sub(discharge.step).min(response.len());
            let delay = discharge.step.saturating_sub(first).min(length);
            let count = f64::from(discharge.count);
            for (sum, value) in sums[delay..].iter_mut().zip(&response[skipped..]) {
                *sum += count * value;
            }
        }
        sums
    }
}
