//! The sheet of nitric oxide, one step of 5 ms at a time.

pub(super) mod convolution;
mod footprint;
pub(super) mod geometry;
mod heat_kernel;
mod line;
pub(super) mod modal;
pub(super) mod parameters;

use crate::instruction_set::InstructionSet;
use convolution::{ConvolutionSheet, FieldRows};
use geometry::{Domain, MICROZONE_LENGTH, Plan};
use modal::ModalSheet;
use parameters::{SheetError, SheetParameters};

/// The finest accuracy that the convolution gives: it computes in single precision.
pub const FINEST_CONVOLUTION: f64 = 1e-4;

/// The concentration C of nitric oxide over a sheet of domains: ∂C/∂t = D ∇²C - k C + S.
///
/// The Laplacian is that of domains that exchange with their four neighbours, (C_left + C_right + C_up + C_down - 4 C)
/// / side². S is constant within a step: the sum over cells of their releases, each in 1/s over the cell's release
/// site. So C is in units of the amount that a cell's discharge releases in one second.
///
/// Source: Schweighofer & Ferriol 2000, eq. 1, with the domains of [`Plan`].
#[derive(Clone, Debug)]
pub struct Sheet {
    plan: Plan,
    scheme: Scheme,
}

#[derive(Clone, Debug)]
enum Scheme {
    Convolution(ConvolutionSheet),
    Modal(ModalSheet),
}

impl Sheet {
    /// A sheet without nitric oxide. An accuracy of at least [`FINEST_CONVOLUTION`] is computed by convolution with a
    /// heat kernel that is as wide as the accuracy asks for, a finer one exactly, mode by mode.
    ///
    /// # Errors
    /// The first parameter that is out of its range.
    pub fn new(parameters: SheetParameters) -> Result<Self, SheetError> {
        parameters.check()?;
        let modal = ModalSheet::new(&parameters, InstructionSet::detect());
        let scheme = if parameters.accuracy >= FINEST_CONVOLUTION {
            Scheme::Convolution(ConvolutionSheet::new(&parameters, &modal, InstructionSet::detect()))
        } else {
            Scheme::Modal(modal)
        };
        Ok(Self { plan: parameters.plan, scheme })
    }

    /// Advances by one [`STEP`](super::STEP), in which each cell releases at the given rate (one value per cell, in
    /// 1/s; 1 during a single discharge).
    pub fn step(&mut self, release: &[f32]) {
        match &mut self.scheme {
            Scheme::Convolution(sheet) => sheet.step(release),
            Scheme::Modal(sheet) => sheet.step(release),
        }
    }

    /// The concentration in one domain.
    pub fn concentration(&self, domain: Domain) -> f64 {
        match &self.scheme {
            Scheme::Convolution(sheet) => sheet.concentration(domain),
            Scheme::Modal(sheet) => sheet.concentration(domain),
        }
    }

    /// Adds an amount to the concentration in one domain.
    pub fn deposit(&mut self, domain: Domain, amount: f64) {
        match &mut self.scheme {
            Scheme::Convolution(sheet) => sheet.deposit(domain, amount),
            Scheme::Modal(sheet) => sheet.deposit(domain, amount),
        }
    }

    /// The sum of all concentrations, each weighted with what a cell that releases at unit rate for one step leaves
    /// there.
    ///
    /// If a unit amount was put into one domain n steps ago, this is the concentration that n + 1 steps after the
    /// beginning of such a release are found in that domain, because the sheet is reciprocal.
    pub(crate) fn uptake(&self, cell: usize) -> f64 {
        match &self.scheme {
            Scheme::Convolution(sheet) => sheet.uptake(cell),
            Scheme::Modal(sheet) => sheet.uptake(cell),
        }
    }

    /// All concentrations, patches side by side: row by row, each from left to right.
    pub fn field(&self) -> Vec<f64> {
        let plan = self.plan;
        let patches: Vec<Vec<f64>> = (0..plan.patches()).map(|patch| self.patch(patch)).collect();
        let row = |row: usize| {
            let width = plan.patch_width();
            patches.iter().flat_map(move |patch| patch[row * width..][..width].iter().copied())
        };
        (0..MICROZONE_LENGTH).flat_map(row).collect()
    }

    /// The concentrations of a patch, row by row, each from left to right.
    pub fn patch(&self, patch: usize) -> Vec<f64> {
        match &self.scheme {
            Scheme::Convolution(sheet) => sheet.patch(patch),
            Scheme::Modal(sheet) => sheet.patch(patch),
        }
    }

    /// How the microzones lie.
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// The concentrations of a patch where they are, without a copy; `None` for exact steps, which know modes only.
    pub fn rows(&self, patch: usize) -> Option<FieldRows<'_>> {
        match &self.scheme {
            Scheme::Convolution(sheet) => Some(sheet.rows(patch)),
            Scheme::Modal(_) => None,
        }
    }

    /// Adds amounts, times a factor, to the concentration in a domain and those to its right.
    pub fn deposit_row(&mut self, first: Domain, amounts: &[f32], factor: f32) {
        match &mut self.scheme {
            Scheme::Convolution(sheet) => sheet.deposit_row(first, amounts, factor),
            Scheme::Modal(sheet) => {
                for (column, &amount) in amounts.iter().enumerate() {
                    let domain = Domain { column: first.column + column, ..first };
                    sheet.deposit(domain, f64::from(factor * amount));
                }
            }
        }
    }

    /// The domains on either side that the convolution looks at; `None` for exact steps.
    pub fn kernel_radius(&self) -> Option<usize> {
        match &self.scheme {
            Scheme::Convolution(sheet) => Some(sheet.radius()),
            Scheme::Modal(_) => None,
        }
    }
}
