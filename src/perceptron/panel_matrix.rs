//! The lower triangle of a symmetric matrix, kept in panels of columns.

use std::ops::{Deref, DerefMut};

/// Columns of a panel: the fixed number of lanes of all kernels.
pub(super) const LANES: usize = 16;

/// One row of a panel: its 16 columns, in two whole cache lines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(super) struct PanelRow([f64; LANES]);

impl PanelRow {
    pub(super) const ZERO: Self = Self([0.0; LANES]);
}

impl Deref for PanelRow {
    type Target = [f64; LANES];

    #[inline(always)]
    fn deref(&self) -> &[f64; LANES] {
        &self.0
    }
}

impl DerefMut for PanelRow {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f64; LANES] {
        &mut self.0
    }
}

/// The lower triangle of an n × n matrix, n rounded up to a whole number of panels of 16 columns.
///
/// Panel p holds columns 16p to 16p + 15 of the rows from 16p on, each row contiguous; the 16 × 16 block on the diagonal
/// is whole. Padding rows and columns are those of the unit matrix.
#[derive(Clone, Debug)]
pub(super) struct PanelMatrix {
    size: usize,
    pub(super) panels: Vec<Vec<PanelRow>>,
}

impl PanelMatrix {
    pub(super) fn zeros(size: usize) -> Self {
        let count = size.div_ceil(LANES);
        Self { size, panels: (0..count).map(|panel| vec![PanelRow::ZERO; (count - panel) * LANES]).collect() }
    }

    /// n, without padding.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// n, with padding.
    pub(super) fn padded_size(&self) -> usize {
        self.panels.len() * LANES
    }

    /// Adds `diagonal` to the diagonal, and puts 1 on that of the padding.
    pub(super) fn add_diagonal(&mut self, diagonal: &[f64]) {
        for (index, value) in
            diagonal.iter().copied().chain(std::iter::repeat(1.0)).take(self.padded_size()).enumerate()
        {
            self.panels[index / LANES][index % LANES][index % LANES] += value;
        }
    }

    /// Entry (row, column) with row ≥ column.
    #[cfg(test)]
    pub(super) fn entry(&self, row: usize, column: usize) -> f64 {
        let panel = column / LANES;
        self.panels[panel][row - panel * LANES][column % LANES]
    }
}
