//! S: what the wiring leaves of the capacity.

use super::program::Program;
use crate::models::gaussian::{density, distribution, rectified_mean, rectified_square};
use crate::models::perceptron::AccuracyError;
use crate::models::recoding::circuit::parameters::{Circuit, RecodingParameters, Wiring};
use crate::random::{Normals, RandomStream};

/// The first substream of the draws; those before it are the chains of T.
const FIRST_SUBSTREAM: u64 = 1 << 32;

/// The fewest cells of the program. A smaller layer is enlarged at the same ratio of cells to fibres, which is what
/// counts, because its draws scatter more; a larger one is reduced, because the matrix has N² entries.
const PROGRAM_CELLS: usize = 400;

/// A layer of as many cells is taken as it is.
const MOST_WHOLE_CELLS: usize = 2000;

/// The most cells, and the fewest fibres per dendrite, of the program of a layer that is reduced.
const MOST_PROGRAM_CELLS: usize = 3000;
const FIBRES_PER_DENDRITE: usize = 8;

/// Draws of one wiring, the first wirings, and the most. Draws of one wiring are not independent: the error is that
/// over wirings, so that there must be some.
const DRAWS_OF_WIRING: usize = 5;
const FIRST_WIRINGS: usize = 8;
const MOST_WIRINGS: usize = 400;

/// How many times as many wirings as there may be are surely out of reach.
const SURELY: f64 = 2.0;

/// S and the weights at capacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WiringCapacity {
    /// S, in patterns per cell that are independent and have equally frequent targets.
    pub capacity: f64,
    /// Its standard error; 0 where S is a closed form.
    pub capacity_standard_error: f64,
    /// The fraction of weights that are 0.
    pub silent_fraction: f64,
    /// Its standard error.
    pub silent_fraction_standard_error: f64,
}

impl WiringCapacity {
    fn exact(capacity: f64, silent_fraction: f64) -> Self {
        Self { capacity, silent_fraction, capacity_standard_error: 0.0, silent_fraction_standard_error: 0.0 }
    }
}

/// S of a circuit, in the limit of large N at a given N / M, with a relative standard error of at most
/// `relative_error`; `None` for a Golgi gain between 0 and 1, and where a layer of many cells has too few fibres to be
/// reduced.
///
/// - Complete Golgi normalisation: 2, whatever the wiring, and no silent synapse. The number of active cells is
///   constant, so that adding a constant to all weights moves all currents alike, and w ≥ 0 does not restrict
///   (Legenstein & Maass 2008, Neural Comput 20:288, prove it for inputs of equal length; 2 is the count of Cover
///   1965, IEEE Trans Electron Comput 14:326).
/// - Private wiring: the maximum over b of 2 Φ(b)² / (G2(b) + G1(b)² (1 / (1 + q')² - 1)).
/// - Shared wiring: S = (2/N) E max over ω ≥ 0 of 2 ζ·Dω - (Dω)ᵀ C (Dω) with ζ ~ N(0, C), C_ij = ρ_s(i,j), and D = 1 -
///   q' / (1 + q') 11ᵀ / N. It is twice the statistical dimension, per cell, of the cone of currents that w ≥ 0 can
///   reach (Gordon 1988; Amelunxen et al. 2014, Inf Inference 3:224).
///
/// # Errors
/// More than 400 wirings, with five draws each, are needed; gives the accuracy that can be reached.
pub fn wiring_capacity(
    circuit: &Circuit,
    relative_error: f64,
    stream: &RandomStream,
) -> Result<Option<WiringCapacity>, AccuracyError> {
    let parameters = circuit.parameters();
    Ok(match (parameters.golgi_gain, parameters.wiring) {
        (1.0, _) => Some(WiringCapacity::exact(2.0, 0.0)),
        (0.0, Wiring::Private) => Some(private_wiring(0.0, parameters.interneuron_inhibition)),
        (0.0, Wiring::Shared) => shared_wiring(circuit, relative_error, stream)?,
        _ => None,
    })
}

/// S = max over b of 2 Φ(b)² / (G2(b) + G1(b)² ((1 + a²) / (1 + q')² - 1)), with the silent fraction Φ(-b): exact for
/// cells that only share a common fluctuation of variance a² (0 for private wiring).
pub(super) fn private_wiring(excess: f64, inhibition: f64) -> WiringCapacity {
    let common = (1.0 + excess) / ((1.0 + inhibition) * (1.0 + inhibition)) - 1.0;
    // The sign of the derivative by b: there is one peak.
    let rises = |b: f64| {
        let (mean, below) = (rectified_mean(b), distribution(b));
        density(b) * (rectified_square(b) + common * mean * mean) > below * mean * (1.0 + common * below)
    };
    let (mut low, mut high) = (-8.0, 12.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        *if rises(middle) { &mut low } else { &mut high } = middle;
    }
    let (mean, below) = (rectified_mean(low), distribution(low));
    let capacity = 2.0 * below * below / (rectified_square(low) + common * mean * mean);
    WiringCapacity::exact(capacity, distribution(-low))
}

fn shared_wiring(
    circuit: &Circuit,
    relative_error: f64,
    stream: &RandomStream,
) -> Result<Option<WiringCapacity>, AccuracyError> {
    let Some(circuit) = resized(circuit.parameters()) else { return Ok(None) };
    let mut wirings: Vec<(f64, f64)> = Vec::new();
    let mut wanted = FIRST_WIRINGS;
    while wirings.len() < wanted {
        wirings.push(of_one_wiring(&circuit, stream, wirings.len() as u64));
        if wirings.len() >= wanted {
            let (mean, error) = mean_and_error(wirings.iter().map(|wiring| wiring.0));
            let excess = error / mean / relative_error;
            if excess > 1.0 {
                let needed = wirings.len() as f64 * 1.1 * excess * excess;
                if wirings.len() >= MOST_WIRINGS || needed > SURELY * MOST_WIRINGS as f64 {
                    let with_most = excess * (wirings.len() as f64 / MOST_WIRINGS as f64).sqrt();
                    return Err(AccuracyError::out_of_reach(relative_error, with_most * relative_error));
                }
                wanted = (needed.ceil() as usize).min(MOST_WIRINGS);
            }
        }
    }
    let (capacity, capacity_standard_error) = mean_and_error(wirings.iter().map(|wiring| wiring.0));
    let (silent_fraction, silent_fraction_standard_error) = mean_and_error(wirings.iter().map(|wiring| wiring.1));
    Ok(Some(WiringCapacity { capacity, capacity_standard_error, silent_fraction, silent_fraction_standard_error }))
}

/// The mean over the draws of one wiring: S, and the silent fraction.
fn of_one_wiring(circuit: &Circuit, stream: &RandomStream, number: u64) -> (f64, f64) {
    let substream = FIRST_SUBSTREAM + 2 * number;
    let program = Program::draw(circuit, &stream.substream(substream));
    let mut normals = Normals::new(stream.substream(substream + 1));
    let draws: Vec<(f64, f64)> = (0..DRAWS_OF_WIRING).map(|_| program.optimum(&mut normals)).collect();
    let mean = |part: fn(&(f64, f64)) -> f64| draws.iter().map(part).sum::<f64>() / DRAWS_OF_WIRING as f64;
    (mean(|draw| draw.0), mean(|draw| draw.1))
}

/// The circuit with about as many cells as the program can take, and the same N / M.
fn resized(parameters: &RecodingParameters) -> Option<Circuit> {
    let (cells, fibres) = (parameters.granule_cells, parameters.mossy_fibres);
    let (cells, fibres) = if cells <= MOST_WHOLE_CELLS {
        let times = PROGRAM_CELLS.div_ceil(cells);
        (cells * times, fibres * times)
    } else {
        let least = FIBRES_PER_DENDRITE * parameters.dendrites;
        let fibres_of =
            |cells: usize| (fibres as f64 * cells as f64 / parameters.granule_cells as f64).round() as usize;
        let enough = (least * cells).div_ceil(fibres).max(MOST_WHOLE_CELLS / 2);
        if enough > MOST_PROGRAM_CELLS {
            return None;
        }
        (enough, fibres_of(enough))
    };
    // The load does not matter here, and must not be refused for the other size.
    let load = 2.0 / cells as f64;
    Circuit::new(RecodingParameters { granule_cells: cells, mossy_fibres: fibres, load, ..*parameters }).ok()
}

fn mean_and_error(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares: f64 = values.map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count * (count - 1.0))).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closed_form_is_that_of_independent_cells_without_anything_else() {
        let plain = private_wiring(0.0, 0.0);
        assert!((plain.capacity - 1.0).abs() < 1e-12 && (plain.silent_fraction - 0.5).abs() < 1e-12);
        // Infinite inhibition takes away all that the sign of the weights costs.
        let free = private_wiring(0.0, 1e6);
        assert!((free.capacity - 2.0).abs() < 1e-3 && free.silent_fraction < 1e-3, "{free:?}");
    }

    /// For K = k = 1 the wiring alone decides S: whatever few fibres happen to be shared by many cells. The spread over
    /// keys is then that of wirings, and the error that is given must be the one that it is.
    #[test]
    fn the_error_of_a_mean_over_wirings_is_that_of_wirings() {
        let parameters = RecodingParameters {
            wiring: Wiring::Shared,
            granule_cells: 400,
            mossy_fibres: 160,
            dendrites: 1,
            granule_threshold: 1,
            mossy_coding: 0.5,
            golgi_gain: 0.0,
            ..RecodingParameters::default()
        };
        let circuit = Circuit::new(parameters).unwrap();
        let of_key = |key: u8| shared_wiring(&circuit, 0.02, &RandomStream::from_seed([key; 32])).unwrap().unwrap();
        let found: Vec<WiringCapacity> = (0..16).map(of_key).collect();
        let (mean, _) = mean_and_error(found.iter().map(|wiring| wiring.capacity));
        let deviations = found.iter().map(|wiring| (wiring.capacity - mean) / wiring.capacity_standard_error);
        let chi_square: f64 = deviations.map(|deviation| deviation * deviation).sum();
        // 15 degrees of freedom; errors of eight wirings are themselves uncertain by a quarter.
        assert!((4.0..40.0).contains(&chi_square), "χ² = {chi_square} of {found:?}");
    }

    /// A scan over b.
    #[test]
    fn the_closed_form_is_at_its_peak() {
        for (excess, inhibition) in [(0.0, 0.0), (8.0, 0.0), (0.0, 1.0), (0.0, 10.0), (3.0, 2.0), (1000.0, 0.5)] {
            let common = (1.0 + excess) / ((1.0_f64 + inhibition) * (1.0 + inhibition)) - 1.0;
            let at =
                |b: f64| 2.0 * distribution(b).powi(2) / (rectified_square(b) + rectified_mean(b).powi(2) * common);
            let best = (-5000..8000).map(|step| at(f64::from(step) * 1e-3)).fold(0.0, f64::max);
            let found = private_wiring(excess, inhibition).capacity;
            assert!((found - best).abs() < 1e-6 && found > best - 1e-12, "{excess} {inhibition}: {found} {best}");
        }
    }
}
