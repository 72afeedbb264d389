//! The inferior olive: independent Poisson cells, those of a microzone at one rate.

use super::sheet::geometry::CELLS_PER_MICROZONE;
use super::sheet::parameters::STEP;
use crate::random::RandomStream;

/// Steps that a discharge lasts, during which its Purkinje cell's surroundings release nitric oxide: 10 ms.
pub(super) const DISCHARGE_STEPS: usize = 2;

/// The olive cells of some microzones, step by step.
///
/// The rate is constant within a step, so the number of discharges that begin in it is Poisson with mean rate × step,
/// exactly (no thinning, and no limit of one per step). It is found from one uniform variate per cell and step by
/// inverting the distribution, so that a higher rate adds discharges to those that are there, and streams stay aligned
/// whatever the rate. Discharges that overlap add up: the sheet is linear.
#[derive(Clone, Debug)]
pub struct Olive {
    /// One per microzone.
    streams: Vec<RandomStream>,
    discharges: Vec<u16>,
    earlier: Vec<u16>,
    release: Vec<f32>,
}

impl Olive {
    /// Silent cells; the stream of each microzone.
    pub fn new(streams: Vec<RandomStream>) -> Self {
        let cells = streams.len() * CELLS_PER_MICROZONE;
        Self { streams, discharges: vec![0; cells], earlier: vec![0; cells], release: vec![0.0; cells] }
    }

    /// The next step, at these rates in 1/s, one per microzone: how many discharges of each cell begin in it.
    pub fn step(&mut self, rates: &[f64]) -> &[u16] {
        std::mem::swap(&mut self.discharges, &mut self.earlier);
        let cells = self.discharges.chunks_exact_mut(CELLS_PER_MICROZONE);
        for ((cells, stream), &rate) in cells.zip(&mut self.streams).zip(rates) {
            let mean = rate * STEP;
            let none = libm::exp(-mean);
            cells.iter_mut().for_each(|cell| *cell = poisson(stream.uniform(), mean, none));
        }
        &self.discharges
    }

    /// The rate of release of each cell during the last step: the number of its discharges that went on.
    pub fn release(&mut self) -> &[f32] {
        for ((release, &now), &earlier) in self.release.iter_mut().zip(&self.discharges).zip(&self.earlier) {
            *release = f32::from(now) + f32::from(earlier);
        }
        &self.release
    }
}

/// The smallest n with P(at most n) > `uniform`; `none` is e^(-mean).
fn poisson(uniform: f64, mean: f64, none: f64) -> u16 {
    let (mut count, mut probability, mut at_most) = (0, none, none);
    // Beyond 1000 the sum has long been 1 but for rounding; no mean that the sheet sees comes near.
    while uniform >= at_most && count < 1000 {
        count += 1;
        probability *= mean / f64::from(count);
        at_most += probability;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn olive(microzones: u8) -> Olive {
        Olive::new((0..microzones).map(|microzone| RandomStream::from_seed([microzone; 32])).collect())
    }

    #[test]
    fn counts_are_poisson() {
        for mean in [0.01, 0.3, 2.0] {
            let mut olive = olive(2);
            let (mut histogram, steps) = ([0u32; 12], 4000);
            for _ in 0..steps {
                for &count in olive.step(&[mean / STEP; 2]) {
                    histogram[usize::from(count).min(11)] += 1;
                }
            }
            let draws = f64::from(steps) * 54.0;
            let mut probability = libm::exp(-mean);
            for (count, &seen) in histogram.iter().enumerate().take(8) {
                let expected = draws * probability;
                let error = (expected * (1.0 - probability)).sqrt();
                let off = (f64::from(seen) - expected).abs();
                assert!(off < 4.5 * error.max(1.0), "mean {mean}: {seen} of {expected} draws of {count}");
                probability *= mean / (count + 1) as f64;
            }
        }
    }

    #[test]
    fn cells_and_steps_are_independent() {
        let mut olive = olive(1);
        let mean = 0.5;
        let (mut neighbours, mut successive, steps) = (0.0, 0.0, 20_000);
        let mut previous = vec![0.0; CELLS_PER_MICROZONE];
        for _ in 0..steps {
            let now: Vec<f64> = olive.step(&[mean / STEP]).iter().map(|&count| f64::from(count) - mean).collect();
            neighbours += now.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / 26.0;
            successive += now.iter().zip(&previous).map(|(now, then)| now * then).sum::<f64>() / 27.0;
            previous = now;
        }
        // Covariances over the variance; their standard errors are 1 / √(steps · cells) = 0.0014.
        let scale = mean * f64::from(steps);
        assert!((neighbours / scale).abs() < 0.006 && (successive / scale).abs() < 0.006, "{neighbours} {successive}");
    }

    #[test]
    fn a_discharge_lasts_two_steps_and_higher_rates_only_add() {
        let (mut low, mut high) = (olive(1), olive(1));
        let mut before = vec![0; CELLS_PER_MICROZONE];
        for _ in 0..500 {
            let few = low.step(&[20.0]).to_vec();
            let many = high.step(&[40.0]);
            assert!(few.iter().zip(many).all(|(few, many)| few <= many));
            let expected: Vec<f32> = few.iter().zip(&before).map(|(now, then)| f32::from(now + then)).collect();
            assert_eq!(low.release(), expected);
            before = few;
        }
        assert!(low.step(&[0.0]).iter().all(|&count| count == 0));
    }
}
