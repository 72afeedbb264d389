//! Granule cells: combinations of mossy fibres, kept sparse by Golgi cells.

use super::mossy_fibres::{MOSSY_FIBRES, MOSSY_SIDE, below};
use crate::random::RandomStream;

/// On a torus of 54 × 54 that lies over the mossy fibres' own.
pub(crate) const GRANULE_SIDE: usize = 54;
/// The number of granule cells.
pub const GRANULE_CELLS: usize = GRANULE_SIDE * GRANULE_SIDE;
/// Granule cells from one mossy fibre to the next.
const CELLS_PER_FIBRE: usize = GRANULE_SIDE / MOSSY_SIDE;
const DENDRITES: usize = 4;
/// Of the summed activity of the four mossy fibres.
const THRESHOLD: f32 = 1.0;
/// A Golgi cell sees 18 × 18 granule cells and inhibits them.
const GOLGI_SIDE: usize = 18;
const GOLGI_PER_SIDE: usize = GRANULE_SIDE / GOLGI_SIDE;
/// Newton's method on a function that is convex and piecewise linear ends after finitely many steps; a handful in
/// practice.
const MOST_NEWTON_STEPS: usize = 50;

/// Which mossy fibres each granule cell hears.
#[derive(Clone, Debug)]
pub struct GranuleLayer {
    dendrites: Vec<[u8; DENDRITES]>,
}

impl GranuleLayer {
    /// Each cell takes four different ones of the 3 × 3 mossy fibres around it, at random.
    pub fn new(mut stream: RandomStream) -> Self {
        let mut dendrites = Vec::with_capacity(GRANULE_CELLS);
        for cell in 0..GRANULE_CELLS {
            let (row, column) = (cell / GRANULE_SIDE / CELLS_PER_FIBRE, cell % GRANULE_SIDE / CELLS_PER_FIBRE);
            let mut around = [0; 9];
            for (place, fibre) in around.iter_mut().enumerate() {
                let (row, column) = (row + MOSSY_SIDE - 1 + place / 3, column + MOSSY_SIDE - 1 + place % 3);
                *fibre = (row % MOSSY_SIDE * MOSSY_SIDE + column % MOSSY_SIDE) as u8;
            }
            let mut chosen = [0; DENDRITES];
            for (taken, dendrite) in chosen.iter_mut().enumerate() {
                around.swap(taken, taken + below(&mut stream, 9 - taken));
                *dendrite = around[taken];
            }
            dendrites.push(chosen);
        }
        Self { dendrites }
    }

    /// Writes the activities, row by row: [sum of four mossy fibres - 1 - g]₊, g the mean activity in the cell's Golgi
    /// region.
    pub fn respond(&self, mossy: &[f32; MOSSY_FIBRES], activities: &mut [f32]) {
        for (activity, fibres) in activities.iter_mut().zip(&self.dendrites) {
            let [a, b, c, d] = fibres.map(|fibre| mossy[usize::from(fibre)]);
            *activity = ((a + b) + (c + d)) - THRESHOLD;
        }
        for region in 0..GOLGI_PER_SIDE * GOLGI_PER_SIDE {
            inhibit(activities, region);
        }
    }
}

/// Subtracts the Golgi cell's activity from a region and rectifies.
fn inhibit(activities: &mut [f32], region: usize) {
    let first = region / GOLGI_PER_SIDE * GOLGI_SIDE * GRANULE_SIDE + region % GOLGI_PER_SIDE * GOLGI_SIDE;
    let rows = |row: usize| first + row * GRANULE_SIDE..first + row * GRANULE_SIDE + GOLGI_SIDE;
    let mut drives = [0.0; GOLGI_SIDE * GOLGI_SIDE];
    for (row, drives) in drives.chunks_exact_mut(GOLGI_SIDE).enumerate() {
        drives.copy_from_slice(&activities[rows(row)]);
    }
    let golgi = golgi_activity(&drives);
    for row in 0..GOLGI_SIDE {
        activities[rows(row)].iter_mut().for_each(|activity| *activity = (*activity - golgi).max(0.0));
    }
}

/// The g that is the mean of [drive - g]₊: by Newton's method from 0, below the solution, from where it rises step by
/// step.
pub(crate) fn golgi_activity(drives: &[f32]) -> f32 {
    let cells = drives.len() as f32;
    let mut golgi = 0.0;
    for _ in 0..MOST_NEWTON_STEPS {
        let (mut sum, mut active) = (0.0, 0.0);
        for &drive in drives {
            sum += (drive - golgi).max(0.0);
            active += if drive > golgi { 1.0 } else { 0.0 };
        }
        let next = golgi + (sum - cells * golgi) / (cells + active);
        if next <= golgi {
            break;
        }
        golgi = next;
    }
    golgi
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_golgi_cell_is_as_active_as_its_granule_cells_on_average() {
        let mut stream = RandomStream::from_seed([8; 32]);
        for level in [-2.0, -0.7, 0.0, 3.0] {
            let drives: Vec<f32> = (0..324).map(|_| (stream.uniform() * 2.0 - 1.0 + level) as f32).collect();
            let golgi = f64::from(golgi_activity(&drives));
            let mean = drives.iter().map(|&drive| (f64::from(drive) - golgi).max(0.0)).sum::<f64>() / 324.0;
            assert!((mean - golgi).abs() < 1e-5, "{golgi} {mean}");
            assert_eq!(golgi > 0.0, level > -1.5);
        }
        // All alike: g = x - g.
        assert!((golgi_activity(&[1.5; 10]) - 0.75).abs() < 1e-6);
    }

    #[test]
    fn each_cell_hears_four_different_neighbours_and_all_are_heard_alike() {
        let layer = GranuleLayer::new(RandomStream::from_seed([5; 32]));
        let mut heard = [0u32; MOSSY_FIBRES];
        for (cell, dendrites) in layer.dendrites.iter().enumerate() {
            let (row, column) = (cell / 54 / 6, cell % 54 / 6);
            for (index, &fibre) in dendrites.iter().enumerate() {
                assert!(!dendrites[..index].contains(&fibre));
                let apart = |one: usize, other: usize| {
                    let distance = one.abs_diff(other);
                    distance.min(9 - distance)
                };
                assert!(apart(usize::from(fibre) / 9, row) <= 1 && apart(usize::from(fibre) % 9, column) <= 1);
                heard[usize::from(fibre)] += 1;
            }
        }
        // 4 × 36 on average, of 9 × 36 tries with probability 4/9: a standard deviation of 9.
        assert!(heard.iter().all(|&times| (100..190).contains(&times)), "{heard:?}");
    }

    #[test]
    fn cells_are_inhibited_by_their_own_region_only() {
        let layer = GranuleLayer::new(RandomStream::from_seed([5; 32]));
        let mut mossy = [0.0; MOSSY_FIBRES];
        // Fibre (1, 1) and its neighbours are strong; only the first region hears them.
        for fibre in [0, 1, 2, 9, 10, 11, 18, 19, 20] {
            mossy[fibre] = 1.0;
        }
        let mut activities = vec![0.0; GRANULE_CELLS];
        layer.respond(&mossy, &mut activities);
        let region = |row: usize, column: usize| activities[row * 54 + column];
        let mean = (0..324).map(|n| region(n / 18, n % 18)).sum::<f32>() / 324.0;
        // A cell over fibre (1, 1) sums to 4 and gets 3 - g.
        assert!((region(9, 9) - (3.0 - mean)).abs() < 1e-5);
        assert!((0..324).all(|n| region(30 + n / 18, 30 + n % 18) == 0.0));
    }
}
