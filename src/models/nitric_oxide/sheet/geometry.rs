//! The plan of the sheet: domains, Purkinje cells, microzones.
//!
//! Source: Schweighofer & Ferriol 2000, Methods. The division into domains and the shift of the columns are ours: with
//! 6 × 36 domains to a cell the 216 synapses of a cell are one to a domain.

use std::ops::Range;

/// Side of a square domain, in µm: 35 µm, the width of a Purkinje cell, over 6.
pub const DOMAIN_SIDE: f64 = 35.0 / 6.0;

/// Domains across a microzone (x, along the parallel fibres): 315 µm.
pub const MICROZONE_WIDTH: usize = COLUMNS * CELL_WIDTH;

/// Domains along a microzone (y): 630 µm.
pub const MICROZONE_LENGTH: usize = ROWS * CELL_LENGTH;

/// Purkinje cells of a microzone, each with its olive cell.
pub const CELLS_PER_MICROZONE: usize = COLUMNS * ROWS;

const COLUMNS: usize = 9;
const ROWS: usize = 3;
const CELL_WIDTH: usize = 6;
pub(in crate::models::nitric_oxide) const CELL_LENGTH: usize = 36;

/// How microzones lie side by side along x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// One sheet without flux at its rim.
    Joined,
    /// Sheets of one microzone each, every one of them periodic in x and y, so that no nitric oxide crosses.
    Separated,
}

/// Where a Purkinje cell's climbing fibre releases nitric oxide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseSite {
    /// Over the whole rectangle of the dendrite, at unit density.
    Dendrite,
    /// Over the 35 × 35 µm in its middle; at six times the density, so that the amount is the same.
    Soma,
}

/// A rectangle of domains; rows past the end of the microzone continue at its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rectangle {
    /// Domains in x, from the left rim of the patch.
    pub columns: Range<usize>,
    first_row: usize,
    rows: usize,
}

impl Rectangle {
    /// Domains in y, each once.
    pub fn rows(&self) -> impl Iterator<Item = usize> + use<> {
        let (first, rows) = (self.first_row, self.rows);
        (0..rows).map(move |row| (first + row) % MICROZONE_LENGTH)
    }
}

/// The microzones of a sheet. Cell c of microzone m has the number 27 m + c; cells go through the three rows of a
/// column, then to the next column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many microzones lie side by side.
    pub microzones: usize,
    /// Whether nitric oxide passes from one microzone to the next.
    pub arrangement: Arrangement,
}

impl Plan {
    /// Purkinje cells in all microzones.
    pub fn cells(&self) -> usize {
        self.microzones * CELLS_PER_MICROZONE
    }

    /// Sheets that do not exchange nitric oxide.
    pub fn patches(&self) -> usize {
        match self.arrangement {
            Arrangement::Joined => 1,
            Arrangement::Separated => self.microzones,
        }
    }

    /// Domains across one patch.
    pub fn patch_width(&self) -> usize {
        self.microzones / self.patches() * MICROZONE_WIDTH
    }

    /// The patch that a cell lies in.
    pub fn patch_of(&self, cell: usize) -> usize {
        cell / (self.cells() / self.patches())
    }

    /// The domain at the beginning of a microzone's first row.
    pub fn first_domain(&self, microzone: usize) -> Domain {
        let per_patch = self.microzones / self.patches();
        Domain { patch: microzone / per_patch, column: microzone % per_patch * MICROZONE_WIDTH, row: 0 }
    }

    /// The domains of a cell's dendrite within its patch: columns are shifted along y by thirds of a cell, so that
    /// one set of parallel fibres crosses one cell in three.
    pub fn dendrite(&self, cell: usize) -> Rectangle {
        let within_patch = cell % (self.cells() / self.patches());
        let (column, row) = (within_patch / ROWS, within_patch % ROWS);
        Rectangle {
            columns: column * CELL_WIDTH..(column + 1) * CELL_WIDTH,
            first_row: (row * CELL_LENGTH + column % 3 * CELL_LENGTH / 3) % MICROZONE_LENGTH,
            rows: CELL_LENGTH,
        }
    }

    /// Where a cell's climbing fibre releases nitric oxide, and at what density.
    pub fn release(&self, cell: usize, site: ReleaseSite) -> (Rectangle, f64) {
        let dendrite = self.dendrite(cell);
        match site {
            ReleaseSite::Dendrite => (dendrite, 1.0),
            ReleaseSite::Soma => {
                let first_row = dendrite.first_row + (CELL_LENGTH - CELL_WIDTH) / 2;
                let soma = Rectangle { first_row, rows: CELL_WIDTH, ..dendrite };
                (soma, (CELL_LENGTH / CELL_WIDTH) as f64)
            }
        }
    }

    /// The domain (patch, column, row) in the middle of a cell.
    pub fn middle(&self, cell: usize) -> Domain {
        let dendrite = self.dendrite(cell);
        Domain {
            patch: self.patch_of(cell),
            column: dendrite.columns.start + CELL_WIDTH / 2,
            row: (dendrite.first_row + CELL_LENGTH / 2) % MICROZONE_LENGTH,
        }
    }
}

/// One domain of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The sheet that it belongs to: 0 if microzones are joined, else its microzone.
    pub patch: usize,
    /// Its place along x, across the microzones.
    pub column: usize,
    /// Its place along y, along the microzones.
    pub row: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_tile_the_sheet() {
        for arrangement in [Arrangement::Joined, Arrangement::Separated] {
            let plan = Plan { microzones: 4, arrangement };
            let width = plan.patch_width();
            let mut owner = vec![None; plan.patches() * width * MICROZONE_LENGTH];
            for cell in 0..plan.cells() {
                let dendrite = plan.dendrite(cell);
                for row in dendrite.rows() {
                    for column in dendrite.columns.clone() {
                        let domain = (plan.patch_of(cell) * MICROZONE_LENGTH + row) * width + column;
                        assert_eq!(owner[domain].replace(cell), None, "domain {domain} has two cells");
                    }
                }
            }
            assert_eq!(owner.len(), 216 * 108);
            assert!(owner.iter().all(Option::is_some));
        }
    }

    #[test]
    fn the_middle_cell_lies_in_the_middle() {
        let plan = Plan { microzones: 1, arrangement: Arrangement::Joined };
        let middle = CELLS_PER_MICROZONE / 2;
        assert_eq!(plan.dendrite(middle).columns, 24..30);
        assert_eq!(plan.middle(middle), Domain { patch: 0, column: 27, row: 66 });
        // A beam along x at one row meets cells at three different heights of their dendrites.
        let first_rows: Vec<usize> = (0..3).map(|column| plan.dendrite(3 * column).first_row).collect();
        assert_eq!(first_rows, [0, 12, 24]);
    }

    #[test]
    fn the_soma_releases_as_much_as_the_dendrite() {
        let plan = Plan { microzones: 2, arrangement: Arrangement::Separated };
        for cell in 0..plan.cells() {
            let amount = |site| {
                let (rectangle, density) = plan.release(cell, site);
                density * (rectangle.columns.len() * rectangle.rows().count()) as f64
            };
            assert_eq!(amount(ReleaseSite::Dendrite), 216.0);
            assert_eq!(amount(ReleaseSite::Soma), 216.0);
            let dendrite: Vec<usize> = plan.dendrite(cell).rows().collect();
            assert!(plan.release(cell, ReleaseSite::Soma).0.rows().all(|row| dendrite.contains(&row)));
        }
    }
}
