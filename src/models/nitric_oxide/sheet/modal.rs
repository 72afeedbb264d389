//! Exact steps: every mode of the sheet decays at its own rate.

use super::geometry::{Arrangement, DOMAIN_SIDE, Domain, MICROZONE_LENGTH, Plan};
use super::line::{Boundary, Line};
use super::parameters::{SheetParameters, gained_in_step, left_after_step};
use crate::instruction_set::{InstructionSet, dispatched};

/// The coefficients of the sheet's modes φ_a(x) φ_b(y).
///
/// With S constant over a step h, a mode of decay rate r = k + D (λ_a + λ_b) / side² goes exactly to
/// c e^(-r h) + s (1 - e^(-r h)) / r, s being the mode's part of the release.
#[derive(Clone, Debug)]
pub(crate) struct ModalSheet {
    plan: Plan,
    across: Line,
    along: Line,
    /// Modes across, then along: mode by mode, each over all domains.
    modes_across: Vec<f64>,
    modes_along: Vec<f64>,
    /// e^(-r h) and (1 - e^(-r h)) / r; modes along are the rows, modes across the columns.
    decay: Vec<f64>,
    gain: Vec<f64>,
    sources: Vec<Source>,
    /// One matrix a patch, shaped like `decay`.
    coefficients: Vec<Vec<f64>>,
    instructions: InstructionSet,
}

/// A cell's release at unit rate: the product of its parts in the modes across and along.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub patch: usize,
    pub across: Vec<f64>,
    pub along: Vec<f64>,
}

impl ModalSheet {
    /// A sheet without nitric oxide.
    pub(crate) fn new(parameters: &SheetParameters, instructions: InstructionSet) -> Self {
        let plan = parameters.plan;
        let boundary = match plan.arrangement {
            Arrangement::Joined => Boundary::Closed,
            Arrangement::Separated => Boundary::Periodic,
        };
        let across = Line { domains: plan.patch_width(), boundary };
        let along = Line { domains: MICROZONE_LENGTH, boundary };
        let exchange = parameters.diffusion / (DOMAIN_SIDE * DOMAIN_SIDE);
        let eigenvalues: Vec<f64> = (0..across.domains).map(|mode| across.eigenvalue(mode)).collect();
        let rate = |along_mode| {
            let eigenvalue = along.eigenvalue(along_mode);
            eigenvalues.iter().map(move |other| parameters.decay + exchange * (eigenvalue + other))
        };
        let rates: Vec<f64> = (0..along.domains).flat_map(rate).collect();
        let mut sheet = Self {
            plan,
            across,
            along,
            modes_across: across.modes(),
            modes_along: along.modes(),
            decay: rates.iter().copied().map(left_after_step).collect(),
            gain: rates.into_iter().map(gained_in_step).collect(),
            sources: Vec::new(),
            coefficients: vec![vec![0.0; across.domains * along.domains]; plan.patches()],
            instructions,
        };
        sheet.sources = (0..plan.cells()).map(|cell| sheet.source(cell, parameters)).collect();
        sheet
    }

    pub(crate) fn plan(&self) -> Plan {
        self.plan
    }

    pub(crate) fn lines(&self) -> (Line, Line) {
        (self.across, self.along)
    }

    pub(crate) fn modes(&self) -> (&[f64], &[f64]) {
        (&self.modes_across, &self.modes_along)
    }

    pub(crate) fn decay_and_gain(&self) -> (&[f64], &[f64]) {
        (&self.decay, &self.gain)
    }

    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    fn source(&self, cell: usize, parameters: &SheetParameters) -> Source {
        let (site, density) = self.plan.release(cell, parameters.release);
        let part = |modes: &[f64], domains: usize, inside: &[usize]| -> Vec<f64> {
            modes.chunks_exact(domains).map(|mode| inside.iter().map(|&domain| mode[domain]).sum()).collect()
        };
        let columns: Vec<usize> = site.columns.clone().collect();
        let rows: Vec<usize> = site.rows().collect();
        let mut across = part(&self.modes_across, self.across.domains, &columns);
        across.iter_mut().for_each(|part| *part *= density);
        Source { patch: self.plan.patch_of(cell), across, along: part(&self.modes_along, self.along.domains, &rows) }
    }

    /// Advances by one step; see [`crate::models::nitric_oxide::Sheet::step`].
    pub(crate) fn step(&mut self, release: &[f32]) {
        for coefficients in &mut self.coefficients {
            coefficients.iter_mut().zip(&self.decay).for_each(|(coefficient, decay)| *coefficient *= decay);
        }
        for (source, &rate) in self.sources.iter().zip(release) {
            if rate == 0.0 {
                continue;
            }
            let rows = self.coefficients[source.patch].chunks_exact_mut(self.across.domains);
            for ((row, gains), along) in rows.zip(self.gain.chunks_exact(self.across.domains)).zip(&source.along) {
                let along = f64::from(rate) * along;
                for ((coefficient, gain), across) in row.iter_mut().zip(gains).zip(&source.across) {
                    *coefficient += along * gain * across;
                }
            }
        }
    }

    pub(crate) fn concentration(&self, domain: Domain) -> f64 {
        let mut sum = 0.0;
        for (row, along) in
            self.coefficients[domain.patch].chunks_exact(self.across.domains).zip(self.along_at(domain.row))
        {
            let mut across = 0.0;
            row.iter().zip(self.across_at(domain.column)).for_each(|(coefficient, mode)| across += coefficient * mode);
            sum += across * along;
        }
        sum
    }

    pub(crate) fn deposit(&mut self, domain: Domain, amount: f64) {
        let across: Vec<f64> = self.across_at(domain.column).collect();
        let along: Vec<f64> = self.along_at(domain.row).collect();
        for (row, along) in self.coefficients[domain.patch].chunks_exact_mut(self.across.domains).zip(along) {
            row.iter_mut().zip(&across).for_each(|(coefficient, across)| *coefficient += amount * along * across);
        }
    }

    pub(crate) fn uptake(&self, cell: usize) -> f64 {
        let (source, width) = (&self.sources[cell], self.across.domains);
        let mut sum = 0.0;
        let rows = self.coefficients[source.patch].chunks_exact(width).zip(self.gain.chunks_exact(width));
        for ((row, gains), along) in rows.zip(&source.along) {
            let mut across = 0.0;
            for ((coefficient, gain), part) in row.iter().zip(gains).zip(&source.across) {
                across += coefficient * gain * part;
            }
            sum += across * along;
        }
        sum
    }

    /// The modes across at one column, and the modes along at one row.
    pub(crate) fn across_at(&self, column: usize) -> impl Iterator<Item = f64> {
        self.modes_across.chunks_exact(self.across.domains).map(move |mode| mode[column])
    }

    pub(crate) fn along_at(&self, row: usize) -> impl Iterator<Item = f64> {
        self.modes_along.chunks_exact(self.along.domains).map(move |mode| mode[row])
    }

    /// All concentrations of a patch, row by row.
    pub(crate) fn patch(&self, patch: usize) -> Vec<f64> {
        let (width, length) = (self.across.domains, self.along.domains);
        let mut across = vec![0.0; width * length];
        multiply(self.instructions, &self.coefficients[patch], &self.modes_across, &mut across, width);
        let mut modes_at_rows = vec![0.0; length * length];
        for (mode, over_domains) in self.modes_along.chunks_exact(length).enumerate() {
            over_domains.iter().enumerate().for_each(|(row, value)| modes_at_rows[row * length + mode] = *value);
        }
        let mut field = vec![0.0; width * length];
        multiply(self.instructions, &modes_at_rows, &across, &mut field, width);
        field
    }
}

dispatched! {
    /// `product` = `left` · `right`, matrices row by row, the latter two with `width` columns. Terms are added in the
    /// order of the rows of `right`.
    fn multiply(left: &[f64], right: &[f64], product: &mut [f64], width: usize) = multiply_body
}

#[inline(always)]
fn multiply_body(left: &[f64], right: &[f64], product: &mut [f64], width: usize) {
    let inner = right.len() / width;
    for (out, factors) in product.chunks_exact_mut(width).zip(left.chunks_exact(inner)) {
        let groups = factors.chunks_exact(4).zip(right.chunks_exact(4 * width));
        for (factors, rows) in groups {
            let (first, rest) = rows.split_at(width);
            let (second, rest) = rest.split_at(width);
            let (third, fourth) = rest.split_at(width);
            for ((((sum, first), second), third), fourth) in
                out.iter_mut().zip(first).zip(second).zip(third).zip(fourth)
            {
                *sum = *sum + factors[0] * first + factors[1] * second + factors[2] * third + factors[3] * fourth;
            }
        }
        let done = inner / 4 * 4;
        for (factor, row) in factors[done..].iter().zip(right[done * width..].chunks_exact(width)) {
            out.iter_mut().zip(row).for_each(|(sum, value)| *sum += factor * value);
        }
    }
}
