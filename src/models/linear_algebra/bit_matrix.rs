//! A matrix of bits, its transpose, and its products with vectors.

/// A rows × columns matrix of bits; column j of a row is bit j % 64 of its word j / 64, and bits past the end are 0.
#[derive(Clone, Debug)]
pub(crate) struct BitMatrix {
    rows: usize,
    columns: usize,
    words: Vec<u64>,
}

impl BitMatrix {
    /// The matrix of these rows; every row has ⌈columns/64⌉ words.
    pub(crate) fn from_rows<'a>(columns: usize, rows: impl Iterator<Item = &'a [u64]>) -> Self {
        let words: Vec<u64> = rows.flatten().copied().collect();
        Self { rows: words.len() / columns.div_ceil(64).max(1), columns, words }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The words of a row.
    pub(crate) fn row(&self, row: usize) -> &[u64] {
        let words_per_row = self.columns.div_ceil(64);
        &self.words[row * words_per_row..][..words_per_row]
    }

    pub(crate) fn bit(&self, row: usize, column: usize) -> bool {
        self.row(row)[column / 64] >> (column % 64) & 1 == 1
    }

    /// Rows and columns exchanged.
    pub(crate) fn transposed(&self) -> Self {
        let (from, to) = (self.columns.div_ceil(64), self.rows.div_ceil(64));
        let mut words = vec![0; to * self.columns];
        for row_block in 0..to {
            for column_block in 0..from {
                let mut block = [0; 64];
                for (row, word) in block.iter_mut().enumerate().take(self.rows - 64 * row_block) {
                    *word = self.words[(64 * row_block + row) * from + column_block];
                }
                transpose_block(&mut block);
                for (column, word) in block.iter().enumerate().take(self.columns - 64 * column_block) {
                    words[(64 * column_block + column) * to + row_block] = *word;
                }
            }
        }
        Self { rows: self.columns, columns: self.rows, words }
    }

    /// The rows listed, in that order.
    pub(crate) fn select_rows(&self, rows: &[usize]) -> Self {
        let words = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { rows: rows.len(), columns: self.columns, words }
    }

    /// The columns listed, in that order.
    pub(crate) fn select_columns(&self, columns: &[usize]) -> Self {
        let words_per_row = columns.len().div_ceil(64);
        let mut words = vec![0; self.rows * words_per_row];
        for row in 0..self.rows {
            for (position, &column) in columns.iter().enumerate() {
                words[row * words_per_row + position / 64] |= u64::from(self.bit(row, column)) << (position % 64);
            }
        }
        Self { rows: self.rows, columns: columns.len(), words }
    }
}

/// Transposes 64 × 64 bits by exchanging ever smaller quadrants (Warren, Hacker's Delight, section 7-3).
fn transpose_block(block: &mut [u64; 64]) {
    let mut width = 32;
    let mut mask = u64::MAX >> 32;
    while width > 0 {
        for low in (0..64).filter(|row| row & width == 0) {
            let exchanged = (block[low] >> width ^ block[low + width]) & mask;
            block[low] ^= exchanged << width;
            block[low + width] ^= exchanged;
        }
        width /= 2;
        mask ^= mask << width;
    }
}

/// A bit matrix laid out for fast products with vectors: word g of every row in one contiguous plane.
#[derive(Clone, Debug)]
pub(crate) struct WordPlanes {
    rows: usize,
    words: Vec<u64>,
}

/// The 256 sums that each byte of a word can select.
type WordTables = [[f64; 256]; 8];

impl WordPlanes {
    pub(crate) fn new(matrix: &BitMatrix) -> Self {
        let planes = matrix.columns.div_ceil(64);
        let words = (0..planes).flat_map(|plane| (0..matrix.rows).map(move |row| matrix.words[row * planes + plane]));
        Self { rows: matrix.rows, words: words.collect() }
    }

    /// The product with a vector: Σ_j bit(i, j) v_j for every row i.
    ///
    /// 64 columns at a time: for each byte a table of the 256 sums it can select, and one look-up per row. The order of
    /// the additions is fixed by the layout.
    pub(crate) fn product(&self, vector: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.rows];
        if self.rows == 0 {
            return product;
        }
        let mut tables: WordTables = [[0.0; 256]; 8];
        for (plane, values) in self.words.chunks_exact(self.rows).zip(vector.chunks(64)) {
            let mut padded = [0.0; 64];
            padded[..values.len()].copy_from_slice(values);
            for (table, values) in tables.iter_mut().zip(padded.chunks_exact(8)) {
                for (bit, value) in values.iter().enumerate() {
                    let (known, new) = table.split_at_mut(1 << bit);
                    new.iter_mut().zip(known).for_each(|(sum, known)| *sum = *known + value);
                }
            }
            for (sum, word) in product.iter_mut().zip(plane) {
                let [a, b, c, d, e, f, g, h] = word.to_le_bytes().map(usize::from);
                let low = (tables[0][a] + tables[1][b]) + (tables[2][c] + tables[3][d]);
                let high = (tables[4][e] + tables[5][f]) + (tables[6][g] + tables[7][h]);
                *sum += low + high;
            }
        }
        product
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::random::RandomStream;

    /// A random matrix with half of its bits set.
    pub(crate) fn random_matrix(rows: usize, columns: usize, seed: u8) -> BitMatrix {
        let mut stream = RandomStream::from_seed([seed; 32]);
        let mut words = Vec::new();
        for _ in 0..rows {
            for word in 0..columns.div_ceil(64) {
                words.push(stream.bits() & (u64::MAX >> (64 - (columns - 64 * word).min(64))));
            }
        }
        BitMatrix { rows, columns, words }
    }

    #[test]
    fn transpose_and_selection_move_every_bit() {
        for (rows, columns) in [(1, 1), (3, 130), (64, 64), (70, 5), (129, 200)] {
            let matrix = random_matrix(rows, columns, 1);
            let transposed = matrix.transposed();
            assert_eq!((transposed.rows, transposed.columns), (columns, rows));
            let rows_from_last: Vec<usize> = (0..rows).rev().collect();
            let reversed = matrix.select_rows(&rows_from_last);
            let odd: Vec<usize> = (0..columns).filter(|column| column % 2 == 1).collect();
            let selected = matrix.select_columns(&odd);
            for row in 0..rows {
                for column in 0..columns {
                    assert_eq!(matrix.bit(row, column), transposed.bit(column, row));
                    assert_eq!(matrix.bit(row, column), reversed.bit(rows - 1 - row, column));
                }
                for (position, &column) in odd.iter().enumerate() {
                    assert_eq!(matrix.bit(row, column), selected.bit(row, position));
                }
            }
        }
    }

    #[test]
    fn product_is_the_sum_over_the_set_bits() {
        for (rows, columns) in [(1, 1), (7, 130), (90, 64)] {
            let matrix = random_matrix(rows, columns, 2);
            let vector: Vec<f64> = (0..columns).map(|column| (column * column) as f64).collect();
            let product = WordPlanes::new(&matrix).product(&vector);
            for (row, value) in product.iter().enumerate() {
                let sum: f64 =
                    (0..columns).filter(|&column| matrix.bit(row, column)).map(|column| vector[column]).sum();
                assert_eq!(*value, sum);
            }
        }
    }
}
