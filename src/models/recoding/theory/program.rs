//! The quadratic program behind the capacity of a wiring.

use crate::instruction_set::InstructionSet;
use crate::models::linear_algebra::cholesky::Cholesky;
use crate::models::linear_algebra::panel_matrix::PanelMatrix;
use crate::models::recoding::circuit::layer::GranuleLayer;
use crate::models::recoding::circuit::parameters::Circuit;
use crate::random::{Normals, RandomStream};

/// What is added to the diagonal, so that a factor exists even if two cells have the same fibres.
const RIDGE: f64 = 1e-9;

/// Sweeps end when one of them gains no more than this share of the value. (Where cells are copies of each other the
/// solution keeps moving along directions that gain nothing.)
const TOLERANCE: f64 = 1e-6;
const MOST_SWEEPS: usize = 500;

/// max over ω ≥ 0 of 2 ζ·Dω - (Dω)ᵀ C (Dω) for one wiring.
pub(super) struct Program {
    cells: usize,
    /// C, row by row.
    covariance: Vec<f64>,
    /// L with L Lᵀ = C.
    factor: Cholesky<f64>,
    /// C 1, and 1ᵀ C 1.
    row_sums: Vec<f64>,
    total: f64,
    /// q' / (1 + q') / N: D = 1 - pooling 11ᵀ.
    pooling: f64,
}

impl Program {
    /// The program of a random wiring.
    pub(super) fn draw(circuit: &Circuit, stream: &RandomStream) -> Self {
        let layer = GranuleLayer::draw(circuit, stream);
        let cells = layer.cells();
        let covariance = covariance(circuit, &layer);
        let mut matrix = PanelMatrix::zeros(cells);
        for row in 0..cells {
            for column in 0..row {
                *matrix.entry(row, column) = covariance[row * cells + column];
            }
            *matrix.entry(row, row) = 1.0 + RIDGE;
        }
        matrix.finish_padding();
        let row_sums: Vec<f64> = covariance.chunks_exact(cells).map(|row| row.iter().sum()).collect();
        let inhibition = circuit.parameters().interneuron_inhibition;
        Self {
            cells,
            covariance,
            factor: Cholesky::factor(InstructionSet::detect(), matrix),
            total: row_sums.iter().sum(),
            row_sums,
            pooling: inhibition / (1.0 + inhibition) / cells as f64,
        }
    }

    /// (2/N) times the maximum for one draw of ζ, and the share of ω_i that are 0.
    pub(super) fn optimum(&self, normals: &mut Normals) -> (f64, f64) {
        let white: Vec<f64> = (0..self.cells).map(|_| normals.draw()).collect();
        let pull = self.pooled(&self.factor.lower_times(&white));
        let solution = self.solve(&pull);
        let silent = solution.iter().filter(|value| **value == 0.0).count();
        // 2 z·ω - ωᵀ A ω, at the optimum z·ω.
        let value: f64 = solution.iter().zip(&pull).map(|(weight, pull)| weight * pull).sum();
        (2.0 * value / self.cells as f64, silent as f64 / self.cells as f64)
    }

    /// D v.
    fn pooled(&self, vector: &[f64]) -> Vec<f64> {
        let share = self.pooling * vector.iter().sum::<f64>();
        vector.iter().map(|value| value - share).collect()
    }

    /// Coordinate descent in a fixed order, from 0: max over ω ≥ 0 of 2 z·ω - ωᵀ A ω with A = D C D.
    ///
    /// With s = 1ᵀω and r = C ω kept up to date, (D C D ω)_i = r_i - x c_i s - x (1ᵀr - x T s), where x is the
    /// pooling, c the row sums and T their total; so each change of one ω_i costs one row of C.
    fn solve(&self, pull: &[f64]) -> Vec<f64> {
        let (cells, x) = (self.cells, self.pooling);
        let mut solution = vec![0.0; cells];
        let mut currents = vec![0.0; cells];
        let (mut sum, mut sum_of_currents) = (0.0, 0.0);
        for _ in 0..MOST_SWEEPS {
            let mut gain = 0.0;
            for cell in 0..cells {
                let row_sum = self.row_sums[cell];
                let product = currents[cell] - x * row_sum * sum - x * (sum_of_currents - x * self.total * sum);
                let curvature = 1.0 - 2.0 * x * row_sum + x * x * self.total;
                let gradient = pull[cell] - product;
                let next = (solution[cell] + gradient / curvature).max(0.0);
                let change = next - solution[cell];
                if change == 0.0 {
                    continue;
                }
                gain += change * change * curvature;
                solution[cell] = next;
                sum += change;
                sum_of_currents += change * row_sum;
                let row = &self.covariance[cell * cells..][..cells];
                currents.iter_mut().zip(row).for_each(|(current, entry)| *current += change * entry);
            }
            let value: f64 = solution.iter().zip(pull).map(|(weight, pull)| weight * pull).sum();
            if gain <= TOLERANCE * value {
                break;
            }
        }
        solution
    }
}

/// C_ij = ρ_s(i,j), row by row.
fn covariance(circuit: &Circuit, layer: &GranuleLayer) -> Vec<f64> {
    let cells = layer.cells();
    let dendrites = circuit.parameters().dendrites;
    let of_shared: Vec<f64> = (0..=dendrites).map(|shared| circuit.spectrum().correlation_of_cells(shared)).collect();
    let mut cells_of_fibre: Vec<Vec<usize>> = vec![Vec::new(); circuit.fibres()];
    for cell in 0..cells {
        layer.fibres_of(cell).iter().for_each(|fibre| cells_of_fibre[*fibre as usize].push(cell));
    }
    let mut covariance = Vec::with_capacity(cells * cells);
    let mut shared = vec![0_usize; cells];
    for cell in 0..cells {
        shared.fill(0);
        for fibre in layer.fibres_of(cell) {
            cells_of_fibre[*fibre as usize].iter().for_each(|other| shared[*other] += 1);
        }
        covariance.extend(shared.iter().map(|count| of_shared[*count]));
    }
    covariance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::recoding::RecodingParameters;

    fn program(inhibition: f64) -> Program {
        let parameters = RecodingParameters {
            granule_cells: 60,
            mossy_fibres: 20,
            interneuron_inhibition: inhibition,
            ..Default::default()
        };
        Program::draw(&Circuit::new(parameters).unwrap(), &RandomStream::from_seed([8; 32]))
    }

    /// The conditions of Karush, Kuhn and Tucker, with A = D C D written out.
    #[test]
    fn solutions_satisfy_the_conditions_of_the_optimum() {
        for inhibition in [0.0, 0.5, 3.0] {
            let program = program(inhibition);
            let mut normals = Normals::new(RandomStream::from_seed([9; 32]));
            let white: Vec<f64> = (0..60).map(|_| normals.draw()).collect();
            let pull = program.pooled(&program.factor.lower_times(&white));
            let solution = program.solve(&pull);
            let effective = program.pooled(&solution);
            let currents: Vec<f64> = program
                .covariance
                .chunks_exact(60)
                .map(|row| row.iter().zip(&effective).map(|(a, b)| a * b).sum())
                .collect();
            let product = program.pooled(&currents);
            for cell in 0..60 {
                let gradient = pull[cell] - product[cell];
                assert!(
                    gradient < 2e-2 && (gradient.abs() < 2e-2 || solution[cell] == 0.0),
                    "{inhibition} {cell} {gradient}"
                );
            }
            assert!(solution.iter().any(|value| *value > 0.0) && solution.contains(&0.0));
        }
    }

    /// Copies of 20 cells: many solutions, one value.
    #[test]
    fn copies_of_cells_do_not_keep_the_sweeps_going() {
        let parameters = RecodingParameters {
            granule_cells: 400,
            mossy_fibres: 20,
            dendrites: 1,
            granule_threshold: 1,
            ..Default::default()
        };
        let circuit = Circuit::new(parameters).unwrap();
        let program = Program::draw(&circuit, &RandomStream::from_seed([11; 32]));
        let mut normals = Normals::new(RandomStream::from_seed([12; 32]));
        let draws = 200;
        let mean = (0..draws).map(|_| program.optimum(&mut normals).0).sum::<f64>() / f64::from(draws);
        // As twenty cells of which each can have weight 0: half the square of a normal value each, of 400 cells.
        assert!((mean - 20.0 / 400.0).abs() < 0.006, "{mean}");
    }

    #[test]
    fn the_factor_draws_with_the_covariance() {
        let program = program(0.0);
        let mut normals = Normals::new(RandomStream::from_seed([10; 32]));
        let mut products = [0.0; 3];
        for _ in 0..20_000 {
            let white: Vec<f64> = (0..60).map(|_| normals.draw()).collect();
            let drawn = program.factor.lower_times(&white);
            [(0, 0), (0, 1), (3, 47)].iter().zip(&mut products).for_each(|((i, j), sum)| *sum += drawn[*i] * drawn[*j]);
        }
        for ((i, j), sum) in [(0, 0), (0, 1), (3, 47)].into_iter().zip(products) {
            assert!((sum / 20_000.0 - program.covariance[i * 60 + j]).abs() < 0.04, "{i} {j}");
        }
    }
}
