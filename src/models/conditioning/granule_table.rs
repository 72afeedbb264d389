//! The granule cells over a trial.

use super::{ConditioningParameters, middle};

/// The activity of every granule cell in the middle of every step.
///
/// g_i(t) = ((t/τ_i) e^(1 - t/τ_i))^m, which is 1 at τ_i and nothing before the tone, times the factor of short-term
/// plasticity. The τ_i are spaced evenly in the logarithm from τ_min to τ_max (Bullock, Fiala & Grossberg 1994).
#[derive(Clone, Debug)]
pub(super) struct GranuleTable {
    cells: usize,
    steps: usize,
    /// g_i(t_j) at i × steps + j.
    by_cell: Vec<f64>,
    /// g_i(t_j) at j × cells + i.
    by_step: Vec<f64>,
}

impl GranuleTable {
    pub(super) fn new(parameters: &ConditioningParameters, steps: usize) -> Self {
        let cells = parameters.granule_cells;
        let mut by_cell = Vec::with_capacity(cells * steps);
        for cell in 0..cells {
            let time_constant = time_constant(parameters, cell);
            let tuned = |step: usize| {
                let relative = middle(step) / time_constant;
                libm::exp(parameters.sharpness * (libm::log(relative) + 1.0 - relative))
            };
            let rate = parameters.parallel_fibre_rate;
            if rate > 0.0 {
                let factors = parameters.parallel_fibre_plasticity.factors((0..steps).map(|step| rate * tuned(step)));
                by_cell.extend(factors.iter().enumerate().map(|(step, factor)| factor * tuned(step)));
            } else {
                by_cell.extend((0..steps).map(tuned));
            }
        }
        let by_step = (0..steps * cells).map(|place| by_cell[place % cells * steps + place / cells]).collect();
        Self { cells, steps, by_cell, by_step }
    }

    /// All cells in one step.
    pub(super) fn at(&self, step: usize) -> &[f64] {
        &self.by_step[step * self.cells..][..self.cells]
    }

    /// Σ_i x_i g_i(t_j) for every step j, summed in the order of the cells.
    pub(super) fn read(&self, weights: &[f64], sums: &mut [f64]) {
        sums.fill(0.0);
        for (weight, course) in weights.iter().zip(self.by_cell.chunks_exact(self.steps)) {
            for (sum, activity) in sums.iter_mut().zip(course) {
                *sum += weight * activity;
            }
        }
    }
}

/// τ_i, in s.
fn time_constant(parameters: &ConditioningParameters, cell: usize) -> f64 {
    let (shortest, longest) = (parameters.shortest_time_constant, parameters.longest_time_constant);
    let share = cell as f64 / (parameters.granule_cells as f64 - 1.0);
    libm::exp((1.0 - share) * libm::log(shortest) + share * libm::log(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_peak_at_their_time_constants() {
        let parameters = ConditioningParameters { granule_cells: 5, sharpness: 4.0, ..Default::default() };
        let table = GranuleTable::new(&parameters, 300);
        assert!(
            (time_constant(&parameters, 4) - 1.5).abs() < 1e-12 && (time_constant(&parameters, 0) - 0.03).abs() < 1e-15
        );
        let middle_one = (0.03_f64 * 1.5).sqrt();
        assert!((time_constant(&parameters, 2) - middle_one).abs() < 1e-12);
        let best = (0..300).max_by(|a, b| table.at(*a)[2].total_cmp(&table.at(*b)[2])).unwrap();
        assert!((middle(best) - middle_one).abs() <= 0.0026 && (table.at(best)[2] - 1.0).abs() < 1e-3);
        let mut sums = vec![0.0; 300];
        table.read(&[1.0, -2.0, 0.5, 0.0, 3.0], &mut sums);
        for (step, sum) in sums.iter().enumerate() {
            let at = table.at(step);
            assert!((sum - (at[0] - 2.0 * at[1] + 0.5 * at[2] + 3.0 * at[4])).abs() < 1e-12);
        }
    }
}
