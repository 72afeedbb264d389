//! What one cell's release within a step leaves at its end.

use super::modal::ModalSheet;

/// A part of the largest concentration below which a footprint ends.
const CUT: f64 = 1e-9;

/// Partial sums of an overlap.
const OVERLAP_LANES: usize = 8;

/// The concentrations after one step of release at unit rate into an empty sheet: ∫_0^h e^(-kτ) (heat kernel of τ) ∗
/// (release site) dτ, exact but for its rim, see [`CUT`].
#[derive(Clone, Debug)]
pub(super) struct Footprint {
    pub patch: usize,
    /// Where each row of it begins in the field.
    starts: Vec<usize>,
    width: usize,
    /// Row by row.
    values: Vec<f32>,
}

impl Footprint {
    /// The footprint of a cell in a field in which a column and a row are at `position`.
    pub(super) fn new(exact: &ModalSheet, cell: usize, position: impl Fn(usize, usize) -> usize) -> Self {
        let source = &exact.sources()[cell];
        let (across, along) = exact.lines();
        let (modes_across, modes_along) = exact.modes();
        let (decay, gain) = exact.decay_and_gain();
        // At the end of the step the first release has spread widest; decay plays no part in where that is.
        let mode_zero = |decay: &[f64]| decay.iter().map(|factor| factor / decay[0]).collect::<Vec<f64>>();
        let columns_decay = mode_zero(&decay[..across.domains]);
        let rows_decay = mode_zero(&decay.iter().step_by(across.domains).copied().collect::<Vec<f64>>());
        let columns = reach(&profile(&source.across, &columns_decay, modes_across, across.domains));
        let rows = reach(&profile(&source.along, &rows_decay, modes_along, along.domains));
        let (Some(&first), Some(&last)) = (columns.first(), columns.last()) else {
            return Self { patch: source.patch, starts: Vec::new(), width: 0, values: Vec::new() };
        };
        let mut values = Vec::with_capacity(rows.len() * (last + 1 - first));
        for &row in &rows {
            let mut parts = vec![0.0; across.domains];
            for (mode, gains) in gain.chunks_exact(across.domains).enumerate() {
                let along = modes_along[mode * along.domains + row] * source.along[mode];
                parts.iter_mut().zip(gains).for_each(|(part, gain)| *part += along * gain);
            }
            parts.iter_mut().zip(&source.across).for_each(|(part, across)| *part *= across);
            let mut sums = vec![0.0; last + 1 - first];
            for (part, mode) in parts.iter().zip(modes_across.chunks_exact(across.domains)) {
                sums.iter_mut().zip(&mode[first..=last]).for_each(|(sum, value)| *sum += part * value);
            }
            values.extend(sums.into_iter().map(|sum| sum as f32));
        }
        let starts = rows.iter().map(|&row| position(first, row)).collect();
        Self { patch: source.patch, starts, width: last + 1 - first, values }
    }

    /// Adds the footprint of release at this rate.
    pub(super) fn add(&self, rate: f32, field: &mut [f32]) {
        for (start, values) in self.rows() {
            field[start..][..values.len()].iter_mut().zip(values).for_each(|(field, value)| *field += rate * value);
        }
    }

    /// The sum over the field, each concentration times the footprint there.
    pub(super) fn overlap(&self, field: &[f32]) -> f64 {
        let mut sums = [0.0_f32; OVERLAP_LANES];
        for (start, values) in self.rows() {
            let (field, rest_of_field) = field[start..][..values.len()].as_chunks::<OVERLAP_LANES>();
            let (values, rest) = values.as_chunks::<OVERLAP_LANES>();
            for (field, values) in field.iter().zip(values) {
                for lane in 0..OVERLAP_LANES {
                    sums[lane] += field[lane] * values[lane];
                }
            }
            for ((sum, field), value) in sums.iter_mut().zip(rest_of_field).zip(rest) {
                *sum += field * value;
            }
        }
        sums.iter().map(|&sum| f64::from(sum)).sum()
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.starts.iter().copied().zip(self.values.chunks_exact(self.width.max(1)))
    }
}

/// A release site along one direction, spread for a whole step.
fn profile(source: &[f64], decay: &[f64], modes: &[f64], domains: usize) -> Vec<f64> {
    let mut profile = vec![0.0; domains];
    for ((part, decay), mode) in source.iter().zip(decay).zip(modes.chunks_exact(domains)) {
        profile.iter_mut().zip(mode).for_each(|(sum, value)| *sum += part * decay * value);
    }
    profile
}

/// The domains in which a profile is not negligible.
fn reach(profile: &[f64]) -> Vec<usize> {
    let largest = profile.iter().copied().fold(0.0, f64::max);
    (0..profile.len()).filter(|&domain| profile[domain] > CUT * largest).collect()
}
