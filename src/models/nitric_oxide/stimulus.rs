//! The rates that olive cells are driven with.

use std::f64::consts::TAU;

use super::information::Complex;
use super::sheet::parameters::STEP;
use crate::instruction_set::{InstructionSet, dispatched};
use crate::random::RandomStream;

/// x(t) = r (1 + sin 2π(f t + φ)), in 1/s, at the beginning of each step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sinusoid {
    /// r, in 1/s.
    pub rate: f64,
    /// f, in Hz.
    pub frequency: f64,
    /// φ, in turns.
    pub phase: f64,
}

impl Sinusoid {
    /// The rate in a step; steps before 0 are earlier.
    pub(super) fn at(&self, step: i64) -> f64 {
        let turns = self.frequency * STEP * step as f64 + self.phase;
        self.rate * (1.0 + libm::sin(TAU * (turns - turns.floor())))
    }
}

/// A Gaussian signal of unit variance with a flat spectrum over some multiples of the base frequency 1 / (`steps` ×
/// step).
#[derive(Clone, Debug)]
pub(super) struct BandNoise {
    /// The first multiple.
    first: usize,
    steps: usize,
    /// Independent complex Gaussian variates of unit power, one per multiple.
    pub amplitudes: Vec<Complex>,
}

impl BandNoise {
    /// Draws the amplitudes of the multiples `first` to `first + count - 1`, two variates each (Box & Muller 1958).
    pub(super) fn draw(first: usize, count: usize, steps: usize, stream: &mut RandomStream) -> Self {
        let mut amplitude = || {
            let radius = (-libm::log(1.0 - stream.uniform())).sqrt();
            let angle = TAU * stream.uniform();
            (radius * libm::cos(angle), radius * libm::sin(angle))
        };
        Self { first, steps, amplitudes: (0..count).map(|_| amplitude()).collect() }
    }

    /// The signal √(2 / count) Re Σ a_k e^(2πi k n / steps) in steps n = 0, 1, …; it repeats after `steps`.
    pub(super) fn signal(&self, length: usize) -> Vec<f64> {
        let mut phasors = self.phasors();
        let scale = (2.0 / self.amplitudes.len() as f64).sqrt();
        let mut signal = vec![0.0; length];
        synthesise(InstructionSet::detect(), &mut phasors, &self.padded_amplitudes(), &mut signal);
        signal.iter_mut().for_each(|value| *value *= scale);
        signal
    }

    /// The amplitudes Σ_n y_n e^(-2πi k n / steps) of a series at the same multiples.
    pub(super) fn amplitudes_of(&self, series: &[f64]) -> Vec<Complex> {
        let mut phasors = self.phasors();
        let mut sums = Lanes::zeros(phasors.real.len());
        analyse(InstructionSet::detect(), &mut phasors, series, &mut sums);
        sums.real.iter().copied().zip(sums.imaginary).take(self.amplitudes.len()).collect()
    }

    fn padded_amplitudes(&self) -> Lanes {
        let mut lanes = Lanes::zeros(self.amplitudes.len().next_multiple_of(LANES));
        for (index, amplitude) in self.amplitudes.iter().enumerate() {
            (lanes.real[index], lanes.imaginary[index]) = *amplitude;
        }
        lanes
    }

    fn phasors(&self) -> Phasors {
        let count = self.amplitudes.len().next_multiple_of(LANES);
        let angle = |index: usize| TAU * ((self.first + index) % self.steps) as f64 / self.steps as f64;
        Phasors {
            real: vec![1.0; count],
            imaginary: vec![0.0; count],
            cosines: (0..count).map(|index| libm::cos(angle(index))).collect(),
            sines: (0..count).map(|index| libm::sin(angle(index))).collect(),
        }
    }
}

/// Phasors are advanced this many at a time; sums over them keep as many partial sums.
const LANES: usize = 8;

/// Complex numbers in two arrays, a multiple of [`LANES`] long.
#[derive(Clone, Debug)]
struct Lanes {
    real: Vec<f64>,
    imaginary: Vec<f64>,
}

impl Lanes {
    fn zeros(count: usize) -> Self {
        Self { real: vec![0.0; count], imaginary: vec![0.0; count] }
    }
}

/// e^(iωn) for many ω, advanced from step to step by a rotation. After n steps rounding has turned it by some n ×
/// 10⁻¹⁶.
#[derive(Clone, Debug)]
struct Phasors {
    real: Vec<f64>,
    imaginary: Vec<f64>,
    cosines: Vec<f64>,
    sines: Vec<f64>,
}

dispatched! {
    fn synthesise(phasors: &mut Phasors, amplitudes: &Lanes, signal: &mut [f64]) = synthesise_body
}

dispatched! {
    fn analyse(phasors: &mut Phasors, series: &[f64], sums: &mut Lanes) = analyse_body
}

#[inline(always)]
fn synthesise_body(phasors: &mut Phasors, amplitudes: &Lanes, signal: &mut [f64]) {
    for value in signal {
        let mut sums = [0.0; LANES];
        let groups = phasors.real.chunks_exact(LANES).zip(phasors.imaginary.chunks_exact(LANES));
        let amplitudes = amplitudes.real.chunks_exact(LANES).zip(amplitudes.imaginary.chunks_exact(LANES));
        for ((real, imaginary), (a, b)) in groups.zip(amplitudes) {
            for lane in 0..LANES {
                sums[lane] += a[lane] * real[lane] - b[lane] * imaginary[lane];
            }
        }
        *value = sums.iter().sum();
        advance(phasors);
    }
}

#[inline(always)]
fn analyse_body(phasors: &mut Phasors, series: &[f64], sums: &mut Lanes) {
    for &value in series {
        for (sum, real) in sums.real.iter_mut().zip(&phasors.real) {
            *sum += value * real;
        }
        for (sum, imaginary) in sums.imaginary.iter_mut().zip(&phasors.imaginary) {
            *sum -= value * imaginary;
        }
        advance(phasors);
    }
}

#[inline(always)]
fn advance(phasors: &mut Phasors) {
    let pairs = phasors.real.iter_mut().zip(&mut phasors.imaginary);
    for ((real, imaginary), (cosine, sine)) in pairs.zip(phasors.cosines.iter().zip(&phasors.sines)) {
        (*real, *imaginary) = (*real * cosine - *imaginary * sine, *real * sine + *imaginary * cosine);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sinusoid_has_its_mean_phase_and_period() {
        let wave = Sinusoid { rate: 3.0, frequency: 1.0, phase: 0.0 };
        assert_eq!(wave.at(0), 3.0);
        assert!((wave.at(50) - 6.0).abs() < 1e-12 && wave.at(150).abs() < 1e-12);
        assert!((wave.at(-50) - wave.at(150)).abs() < 1e-12 && (wave.at(7) - wave.at(207)).abs() < 1e-12);
        let mean = (0..200).map(|step| wave.at(step)).sum::<f64>() / 200.0;
        assert!((mean - 3.0).abs() < 1e-12);
        assert_eq!(Sinusoid { phase: 0.25, ..wave }.at(0), 6.0);
    }

    #[test]
    fn noise_has_unit_variance_repeats_and_is_analysed_back() {
        let mut stream = RandomStream::from_seed([8; 32]);
        let (steps, count) = (2000, 301);
        let noise = BandNoise::draw(20, count, steps, &mut stream);
        let signal = noise.signal(2 * steps);
        assert!((0..steps).all(|step| (signal[step] - signal[step + steps]).abs() < 1e-9));
        let power: f64 = noise.amplitudes.iter().map(|a| a.0 * a.0 + a.1 * a.1).sum::<f64>() / count as f64;
        let variance = signal[..steps].iter().map(|value| value * value).sum::<f64>() / steps as f64;
        assert!((variance - power).abs() < 1e-9, "{variance} {power}");
        assert!((power - 1.0).abs() < 4.0 / (count as f64).sqrt());
        let scale = (2.0 / count as f64).sqrt() * steps as f64 / 2.0;
        for (found, drawn) in noise.amplitudes_of(&signal[..steps]).iter().zip(&noise.amplitudes) {
            assert!((found.0 / scale - drawn.0).abs() < 1e-9 && (found.1 / scale - drawn.1).abs() < 1e-9);
        }
    }

    #[test]
    fn the_bits_do_not_depend_on_the_instruction_set() {
        let noise = BandNoise::draw(3, 45, 500, &mut RandomStream::from_seed([2; 32]));
        let bits = |instructions: InstructionSet| {
            let mut signal = vec![0.0; 700];
            synthesise(instructions, &mut noise.phasors(), &noise.padded_amplitudes(), &mut signal);
            let mut sums = Lanes::zeros(48);
            analyse(instructions, &mut noise.phasors(), &signal, &mut sums);
            signal.extend(sums.real);
            signal.extend(sums.imaginary);
            signal.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        };
        assert!(bits(InstructionSet::detect()) == bits(InstructionSet::baseline()));
    }
}
