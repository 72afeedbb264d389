//! The granule layer: one random wiring, and the cells that a context activates.

use super::parameters::{Circuit, Wiring};
use super::substream;
use crate::random::RandomStream;

/// Granule cells with their fibres and their excitability.
#[derive(Clone, Debug)]
pub struct GranuleLayer {
    cells: usize,
    dendrites: usize,
    /// The fibres of cell i, from i K on.
    fibres: Vec<u32>,
    /// e_i, uniform in [0, 1): it breaks ties between cells with the same number of active fibres.
    excitability: Vec<f64>,
    /// k.
    threshold: usize,
    /// g.
    gain: f64,
    /// n = round(f N).
    regulated: usize,
}

impl GranuleLayer {
    /// Draws the wiring and the excitability of the cells in the random stream of a task.
    pub fn draw(circuit: &Circuit, stream: &RandomStream) -> Self {
        let parameters = circuit.parameters();
        let mut excitability = stream.substream(substream::EXCITABILITY);
        Self {
            cells: parameters.granule_cells,
            dendrites: parameters.dendrites,
            fibres: fibres(circuit, &mut stream.substream(substream::WIRING)),
            excitability: (0..parameters.granule_cells).map(|_| excitability.uniform()).collect(),
            threshold: parameters.granule_threshold,
            gain: parameters.golgi_gain,
            regulated: circuit.regulated_cells(),
        }
    }

    /// N.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The fibres of a cell.
    pub fn fibres_of(&self, cell: usize) -> &[u32] {
        &self.fibres[cell * self.dendrites..][..self.dendrites]
    }

    /// The active cells in a context; both have element i at bit i % 64 of word i / 64.
    ///
    /// Without Golgi cells cell i is active when d_i ≥ k of its fibres are. With a gain g it is active when
    /// d_i + e_i ≥ (1 - g) k + g θ, with θ the n-th largest d + e of this context. So g = 1 makes exactly n cells
    /// active, whatever the context; of equal d + e the cells with the lowest numbers come first.
    pub fn recode(&self, context: &[u64]) -> Vec<u64> {
        let is_active = |fibre: &u32| context[*fibre as usize / 64] >> (fibre % 64) & 1;
        let drive = |cell: usize| self.fibres_of(cell).iter().map(is_active).sum::<u64>();
        let mut active = vec![0_u64; self.cells.div_ceil(64)];
        let mut set = |cell: usize, is_active: bool| active[cell / 64] |= u64::from(is_active) << (cell % 64);
        if self.gain == 0.0 {
            (0..self.cells).for_each(|cell| set(cell, drive(cell) >= self.threshold as u64));
            return active;
        }
        let excited: Vec<f64> = (0..self.cells).map(|cell| drive(cell) as f64 + self.excitability[cell]).collect();
        let mut best: Vec<usize> = (0..self.cells).collect();
        let by_rank = |a: &usize, b: &usize| excited[*b].total_cmp(&excited[*a]).then(a.cmp(b));
        let (above, last, _) = best.select_nth_unstable_by(self.regulated - 1, by_rank);
        if self.gain == 1.0 {
            above.iter().chain([&*last]).for_each(|cell| set(*cell, true));
        } else {
            let threshold = (1.0 - self.gain) * self.threshold as f64 + self.gain * excited[*last];
            (0..self.cells).for_each(|cell| set(cell, excited[cell] >= threshold));
        }
        active
    }
}

fn fibres(circuit: &Circuit, stream: &mut RandomStream) -> Vec<u32> {
    let count = circuit.fibres();
    let parameters = circuit.parameters();
    if parameters.wiring == Wiring::Private {
        return (0..count as u32).collect();
    }
    let mut fibres: Vec<u32> = Vec::with_capacity(parameters.granule_cells * parameters.dendrites);
    for cell in 0..parameters.granule_cells {
        let first = cell * parameters.dendrites;
        while fibres.len() < first + parameters.dendrites {
            let fibre = (stream.uniform() * count as f64) as u32;
            if !fibres[first..].contains(&fibre) {
                fibres.push(fibre);
            }
        }
    }
    fibres
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::recoding::RecodingParameters;
    use crate::models::recoding::circuit::contexts::independent;

    fn layer(parameters: RecodingParameters, number: u8) -> (Circuit, GranuleLayer) {
        let circuit = Circuit::new(parameters).unwrap();
        let layer = GranuleLayer::draw(&circuit, &RandomStream::from_seed([number; 32]));
        (circuit, layer)
    }

    fn count(words: &[u64]) -> u32 {
        words.iter().map(|word| word.count_ones()).sum()
    }

    #[test]
    fn cells_have_different_fibres_and_all_fibres_are_used_alike() {
        let parameters =
            RecodingParameters { granule_cells: 3000, mossy_fibres: 10, dendrites: 4, ..Default::default() };
        let (_, layer) = layer(parameters, 1);
        let mut uses = [0; 10];
        for cell in 0..3000 {
            let mut fibres = layer.fibres_of(cell).to_vec();
            fibres.iter().for_each(|fibre| uses[*fibre as usize] += 1);
            fibres.sort_unstable();
            fibres.dedup();
            assert_eq!(fibres.len(), 4);
        }
        // Binomial, 1200 ± 27.
        assert!(uses.iter().all(|uses| (1090..1310).contains(uses)), "{uses:?}");
    }

    #[test]
    fn golgi_inhibition_goes_from_the_fixed_threshold_to_the_fixed_number() {
        let at = |golgi_gain| {
            let parameters = RecodingParameters { granule_cells: 200, golgi_gain, ..Default::default() };
            let (circuit, layer) = layer(parameters, 2);
            let mut stream = RandomStream::from_seed([3; 32]);
            let contexts: Vec<Vec<u64>> = (0..50).map(|_| independent(&mut stream, 250, 0.3)).collect();
            let counts: Vec<u32> = contexts.iter().map(|context| count(&layer.recode(context))).collect();
            (circuit.regulated_cells() as u32, counts)
        };
        let (regulated, free) = at(0.0);
        let (_, almost_free) = at(1e-9);
        let (_, half) = at(0.5);
        let (_, fixed) = at(1.0);
        assert_eq!(free, almost_free);
        assert!(fixed.iter().all(|count| *count == regulated));
        let spread = |counts: &[u32]| counts.iter().map(|count| count.abs_diff(regulated)).sum::<u32>();
        assert!(spread(&free) > spread(&half) && spread(&half) > 0, "{free:?} {half:?}");
    }
}
