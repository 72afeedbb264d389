//! The lower triangle of a symmetric matrix, kept in panels of columns.

use std::ops::{Deref, DerefMut};

use super::real::Real;

/// Columns of a panel: the fixed number of lanes of all kernels.
pub(crate) const LANES: usize = 32;

/// One row of a panel: its 32 columns, in whole cache lines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct PanelRow<R>([R; LANES]);

impl<R: Real> PanelRow<R> {
    pub(crate) const ZERO: Self = Self([R::ZERO; LANES]);
}

impl<R> Deref for PanelRow<R> {
    type Target = [R; LANES];

    #[inline(always)]
    fn deref(&self) -> &[R; LANES] {
        &self.0
    }
}

impl<R> DerefMut for PanelRow<R> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [R; LANES] {
        &mut self.0
    }
}

/// The lower triangle of an n × n matrix, n rounded up to a whole number of panels of 32 columns.
///
/// Panel p holds columns 32p to 32p + 31 of the rows from 32p on, each row contiguous; the 32 × 32 block on the
/// diagonal is whole, but only its lower triangle is read.
#[derive(Clone, Debug)]
pub(crate) struct PanelMatrix<R> {
    size: usize,
    pub(crate) panels: Vec<Vec<PanelRow<R>>>,
}

impl<R: Real> PanelMatrix<R> {
    pub(crate) fn zeros(size: usize) -> Self {
        let count = size.div_ceil(LANES);
        Self { size, panels: (0..count).map(|panel| vec![PanelRow::ZERO; (count - panel) * LANES]).collect() }
    }

    /// n, without padding.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// n, with padding.
    pub(crate) fn padded_size(&self) -> usize {
        self.panels.len() * LANES
    }

    /// Entry (row, column) with row ≥ column.
    pub(crate) fn entry(&mut self, row: usize, column: usize) -> &mut R {
        let panel = column / LANES;
        &mut self.panels[panel][row - panel * LANES][column % LANES]
    }

    /// Makes padding rows and columns those of the unit matrix.
    pub(crate) fn finish_padding(&mut self) {
        for index in self.size..self.padded_size() {
            *self.entry(index, index) = R::ONE;
        }
    }
}
