//! Counts of bits: the hot kernel of the learning rule.

use crate::instruction_set::InstructionSet;

/// Which instructions count bits. Counts are whole numbers, so they do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BitCount {
    /// AVX-512 with VPOPCNTDQ: eight words an instruction.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX2: four words at a time, by tables of four bits.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What every processor has.
    Portable,
}

impl BitCount {
    /// The fastest that this processor can do.
    pub(super) fn fastest() -> Self {
        Self::available().first().copied().unwrap_or(Self::Portable)
    }

    /// All that this processor can do, the fastest first.
    pub(super) fn available() -> Vec<Self> {
        let mut available = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vpopcntdq") {
                available.push(Self::Avx512);
            }
            if is_x86_feature_detected!("avx2") {
                available.push(Self::Avx2);
            }
        }
        available.push(Self::Portable);
        available
    }

    /// Which instructions go with it for other work.
    pub(super) fn instructions(self) -> InstructionSet {
        if self == Self::Portable { InstructionSet::baseline() } else { InstructionSet::detect() }
    }

    /// Σ_b 2^b |x ∧ plane_b| for eight patterns x at once; `patterns` has word j of all eight in place j, and `planes`
    /// as many words per plane, plane 0 first.
    pub(super) fn weighted(self, patterns: &[[u64; 8]], planes: &[u64]) -> [u64; 8] {
        match self {
            // SAFETY: values but `Portable` come from `available` alone, where the processor was seen to be able.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { x86_64::weighted_by_avx512(patterns, planes) },
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86_64::weighted_by_avx2(patterns, planes) },
            Self::Portable => weighted(patterns, planes),
        }
    }
}

fn weighted(patterns: &[[u64; 8]], planes: &[u64]) -> [u64; 8] {
    let mut sums = [0; 8];
    for plane in planes.chunks_exact(patterns.len()).rev() {
        sums = sums.map(|sum| 2 * sum);
        for (words, bits) in patterns.iter().zip(plane) {
            for (sum, word) in sums.iter_mut().zip(words) {
                *sum += u64::from((word & bits).count_ones());
            }
        }
    }
    sums
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use std::arch::x86_64::*;

    /// Planes that are counted in one pass over the patterns.
    const PLANES: usize = 4;

    #[target_feature(enable = "avx512f,avx512vpopcntdq")]
    pub(super) fn weighted_by_avx512(patterns: &[[u64; 8]], planes: &[u64]) -> [u64; 8] {
        let (one, group) = (patterns.len(), PLANES * patterns.len());
        let (grouped, highest) = planes.split_at(planes.len() / group * group);
        let mut sums = _mm512_setzero_si512();
        for plane in highest.chunks_exact(one).rev() {
            sums = add_planes::<1>(sums, patterns, plane);
        }
        for planes in grouped.chunks_exact(group).rev() {
            sums = add_planes::<PLANES>(sums, patterns, planes);
        }
        let mut counts = [0; 8];
        // SAFETY: eight words are there to be written.
        unsafe { _mm512_storeu_si512(counts.as_mut_ptr().cast(), sums) };
        counts
    }

    /// 2^COUNT sums + Σ_b 2^b |x ∧ plane_b| over the planes b < COUNT.
    #[target_feature(enable = "avx512f,avx512vpopcntdq")]
    fn add_planes<const COUNT: usize>(sums: __m512i, patterns: &[[u64; 8]], planes: &[u64]) -> __m512i {
        let mut counts = [_mm512_setzero_si512(); COUNT];
        for (place, words) in patterns.iter().enumerate() {
            // SAFETY: eight words are there to be read.
            let words = unsafe { _mm512_loadu_si512(words.as_ptr().cast()) };
            for (plane, count) in counts.iter_mut().enumerate() {
                let bits = planes[plane * patterns.len() + place];
                let active = _mm512_and_si512(words, _mm512_set1_epi64(bits.cast_signed()));
                *count = _mm512_add_epi64(*count, _mm512_popcnt_epi64(active));
            }
        }
        counts.iter().rev().fold(sums, |sums, &count| _mm512_add_epi64(_mm512_add_epi64(sums, sums), count))
    }

    /// Counts of bytes stay below 256 for this many words.
    const WORDS: usize = 31;

    #[target_feature(enable = "avx2")]
    pub(super) fn weighted_by_avx2(patterns: &[[u64; 8]], planes: &[u64]) -> [u64; 8] {
        let mut sums = [_mm256_setzero_si256(); 2];
        for plane in planes.chunks_exact(patterns.len()).rev() {
            sums = sums.map(|sum| _mm256_add_epi64(sum, sum));
            for (patterns, plane) in patterns.chunks(WORDS).zip(plane.chunks(WORDS)) {
                let mut bytes = [_mm256_setzero_si256(); 2];
                for (words, &bits) in patterns.iter().zip(plane) {
                    let bits = _mm256_set1_epi64x(bits.cast_signed());
                    for half in 0..2 {
                        // SAFETY: four words are there to be read.
                        let words = unsafe { _mm256_loadu_si256(words[4 * half..].as_ptr().cast()) };
                        bytes[half] = _mm256_add_epi8(bytes[half], ones_of_bytes(_mm256_and_si256(words, bits)));
                    }
                }
                for half in 0..2 {
                    sums[half] = _mm256_add_epi64(sums[half], _mm256_sad_epu8(bytes[half], _mm256_setzero_si256()));
                }
            }
        }
        let mut counts = [0; 8];
        for (half, sum) in sums.into_iter().enumerate() {
            // SAFETY: four words are there to be written.
            unsafe { _mm256_storeu_si256(counts[4 * half..].as_mut_ptr().cast(), sum) };
        }
        counts
    }

    /// How many bits of each byte are set, by a table of four bits (Muła, Kurz & Lemire 2018, Computer Journal 61:111).
    #[target_feature(enable = "avx2")]
    fn ones_of_bytes(words: __m256i) -> __m256i {
        let ones = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        let low = _mm256_set1_epi8(15);
        let lower = _mm256_shuffle_epi8(ones, _mm256_and_si256(words, low));
        let upper = _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16::<4>(words), low));
        _mm256_add_epi8(lower, upper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomStream;

    #[test]
    fn counts_are_those_of_single_bits() {
        let mut stream = RandomStream::from_seed([1; 32]);
        for (words, planes) in [(1, 0), (1, 1), (3, 5), (16, 9), (70, 12)] {
            let patterns: Vec<[u64; 8]> = (0..words).map(|_| std::array::from_fn(|_| stream.bits())).collect();
            let bits: Vec<u64> = (0..words * planes).map(|_| stream.bits()).collect();
            let mut expected = [0; 8];
            for (place, bits) in bits.iter().enumerate() {
                for bit in 0..64 {
                    for (sum, word) in expected.iter_mut().zip(patterns[place % words]) {
                        *sum += (word & bits) >> bit << (place / words) & 1 << (place / words);
                    }
                }
            }
            for bit_count in BitCount::available() {
                assert_eq!(bit_count.weighted(&patterns, &bits), expected, "{bit_count:?}");
            }
        }
    }

    #[test]
    fn counts_of_many_words_with_all_bits_set_do_not_overflow() {
        for bit_count in BitCount::available() {
            assert_eq!(bit_count.weighted(&[[u64::MAX; 8]; 1024], &[u64::MAX; 1024]), [65_536; 8]);
        }
    }
}
