//! The random stream of a task, and the few samplers that decide results.
//!
//! The samplers are ours because `rand` and `rand_distr` may change the values they draw between minor
//! versions; golden tests pin every one of them.

mod normals;

pub use normals::Normals;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A ChaCha12 key stream: its values depend on the 32-byte seed and on the substream alone.
#[derive(Clone, Debug)]
pub struct RandomStream {
    generator: ChaCha12Rng,
}

impl RandomStream {
    /// The stream of `seed`, at its first value.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self { generator: ChaCha12Rng::from_seed(seed) }
    }

    /// Substream `number` of the same seed, at its first value, however far `self` has been read.
    ///
    /// A model gives each independent process a separate substream, so that drawing more from one does not shift
    /// another (common random numbers). Substreams of a substream are its own: equal numbers below two substreams give
    /// two streams, and neither is a substream of the seed. (Substream 0 is the stream of the seed itself.)
    pub fn substream(&self, number: u64) -> Self {
        let seed = self.generator.get_seed();
        let mut generator = ChaCha12Rng::from_seed(match self.generator.get_stream() {
            0 => seed,
            own => seed_of_substream(seed, own),
        });
        generator.set_stream(number);
        Self { generator }
    }

    /// 64 uniform bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Uniform on [0, 1): a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// True with the given probability; always takes one value from the stream.
    pub fn bernoulli(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }
}

/// The seed of what lies below a substream.
fn seed_of_substream(seed: [u8; 32], number: u64) -> [u8; 32] {
    *blake3::Hasher::new_keyed(&seed).update(b"substream ").update(&number.to_le_bytes()).finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: ChaCha12 written out independently (64-bit counter, 64-bit stream number, little-endian words).
    /// Where a model draws something from a substream that draws from substreams itself.
    #[test]
    fn substreams_of_substreams_are_streams_of_their_own() {
        let root = RandomStream::from_seed([3; 32]);
        let mut streams: Vec<RandomStream> = (0..4).map(|number| root.substream(number)).collect();
        for outer in 1..4 {
            streams.extend((0..4).map(|inner| root.substream(outer).substream(inner)));
        }
        let mut first: Vec<u64> = streams.iter_mut().map(RandomStream::bits).collect();
        let all = first.len();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), all);
        // However far the outer one has been read.
        let mut read = root.substream(2);
        read.bits();
        assert_eq!(read.substream(1).bits(), root.substream(2).substream(1).bits());
    }

    #[test]
    fn values_are_pinned() {
        let mut stream = RandomStream::from_seed([7; 32]);
        let first: Vec<u64> = (0..3).map(|_| stream.bits()).collect();
        assert_eq!(first, vec![2363194108971422454, 13552751203817743523, 9883557846297347894]);
        assert_eq!(stream.substream(1).bits(), 6306438559307962806);
        assert_eq!(stream.substream(0).bits(), first[0]);
        assert_eq!(stream.uniform(), (4716654690718822409_u64 >> 11) as f64 / 9007199254740992.0);
    }

    #[test]
    fn uniform_has_the_mean_and_variance_of_the_unit_interval() {
        let mut stream = RandomStream::from_seed([1; 32]);
        let n = 100_000;
        let values: Vec<f64> = (0..n).map(|_| stream.uniform()).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / n as f64;
        assert!((mean - 0.5).abs() < 4.0 / (12.0 * n as f64).sqrt());
        assert!((variance - 1.0 / 12.0).abs() < 2e-3);
    }
}
