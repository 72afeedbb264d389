//! How panels are laid out on a figure.

/// Empty pixels at the edge of a figure.
pub(super) const EDGE: f64 = 12.0;

/// Panels of equal size in rows, with something on the right, such as the bar of colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub columns: usize,
    pub rows: usize,
    /// Width and height of a panel, its labels included, in pixels.
    pub panel: (f64, f64),
    /// What is on the right of all panels.
    pub right: f64,
}

impl Sheet {
    /// Rows that are at most `most` panels long, and as equal as they can be.
    pub(super) fn new(panels: usize, most: usize, panel: (f64, f64), right: f64) -> Self {
        let rows = panels.div_ceil(most.max(1)).max(1);
        let columns = panels.div_ceil(rows).max(1);
        Self { columns, rows, panel, right }
    }

    pub(super) fn width(&self) -> f64 {
        self.columns as f64 * self.panel.0 + self.right
    }

    pub(super) fn height(&self) -> f64 {
        self.rows as f64 * self.panel.1
    }

    /// The upper left corner of a panel.
    pub(super) fn corner(&self, panel: usize) -> (f64, f64) {
        ((panel % self.columns) as f64 * self.panel.0, (panel / self.columns) as f64 * self.panel.1)
    }

    /// Whether a panel is the first one of its row.
    pub(super) fn is_first(&self, panel: usize) -> bool {
        panel.is_multiple_of(self.columns)
    }

    /// Whether no panel is below this one.
    pub(super) fn is_lowest(&self, panel: usize, panels: usize) -> bool {
        panel + self.columns >= panels
    }
}
