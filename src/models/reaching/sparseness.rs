//! How sparse activity patterns are, and how much they overlap: before and after the granule layer.

/// Statistics over some patterns of activity, all of one length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sparseness {
    /// The share of cells that are active, mean over patterns.
    pub active: f64,
    /// ⟨r⟩² / ⟨r²⟩ over cells (Treves & Rolls 1991), mean over patterns with any activity.
    pub sparseness: f64,
    /// The cosine between two different patterns, mean over pairs.
    pub overlap: f64,
}

impl Sparseness {
    /// 0 where there are too few patterns.
    pub fn of(patterns: &[Vec<f32>]) -> Self {
        let count = patterns.len() as f64;
        let (mut active, mut sparseness, mut overlap, mut pairs) = (0.0, 0.0, 0.0, 0.0);
        let norms: Vec<f64> = patterns.iter().map(|pattern| dot(pattern, pattern)).collect();
        for (index, pattern) in patterns.iter().enumerate() {
            let cells = pattern.len() as f64;
            active += pattern.iter().filter(|&&activity| activity > 0.0).count() as f64 / cells;
            let sum: f64 = pattern.iter().map(|&activity| f64::from(activity)).sum();
            if norms[index] > 0.0 {
                sparseness += sum * sum / (cells * norms[index]);
            }
            for other in 0..index {
                let norm = norms[index] * norms[other];
                overlap += if norm > 0.0 { dot(pattern, &patterns[other]) / norm.sqrt() } else { 0.0 };
                pairs += 1.0;
            }
        }
        let mean = |sum: f64, count: f64| if count > 0.0 { sum / count } else { 0.0 };
        Self { active: mean(active, count), sparseness: mean(sparseness, count), overlap: mean(overlap, pairs) }
    }
}

fn dot(one: &[f32], other: &[f32]) -> f64 {
    one.iter().zip(other).map(|(one, other)| f64::from(*one) * f64::from(*other)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_patterns() {
        let patterns = vec![vec![1.0, 0.0, 0.0, 0.0], vec![1.0, 1.0, 0.0, 0.0], vec![0.0, 0.0, 2.0, 0.0]];
        let found = Sparseness::of(&patterns);
        assert!((found.active - 1.0 / 3.0).abs() < 1e-12);
        assert!((found.sparseness - (0.25 + 0.5 + 0.25) / 3.0).abs() < 1e-12);
        assert!((found.overlap - 0.5f64.sqrt() / 3.0).abs() < 1e-12);
    }
}
