//! What the circuit does in one trial with given weights.

use super::{STEP, middle};

/// Rates over the steps of a trial, in s⁻¹.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// P, of the Purkinje cell.
    pub purkinje: Vec<f64>,
    /// r, of the nucleus above its own rate.
    pub nucleus: Vec<f64>,
}

/// The largest rate of the nucleus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Above its own rate, in s⁻¹.
    pub rate: f64,
    /// The step.
    pub step: usize,
    /// The middle of that step, in s.
    pub time: f64,
}

impl Response {
    /// The largest rate of the nucleus in the first steps, and the first time at which it is reached; none where no
    /// rate is above 0.
    pub fn peak(&self, steps: usize) -> Option<Peak> {
        let rates = &self.nucleus[..steps.min(self.nucleus.len())];
        let before = Peak { rate: 0.0, step: 0, time: 0.0 };
        let higher = |best: Peak, (step, rate): (usize, &f64)| {
            if *rate > best.rate { Peak { rate: *rate, step, time: middle(step) } } else { best }
        };
        let peak = rates.iter().enumerate().fold(before, higher);
        (peak.rate > 0.0).then_some(peak)
    }

    /// The full width of the response at half of a peak, linear between steps, in s; none where it stays above half to
    /// an end of the trial.
    pub fn width(&self, peak: Peak) -> Option<f64> {
        let half = 0.5 * peak.rate;
        let crossing = |below: usize, above: usize| {
            let (low, high) = (self.nucleus[below], self.nucleus[above]);
            middle(below) + (middle(above) - middle(below)) * (half - low) / (high - low)
        };
        let before = (0..peak.step).rev().find(|step| self.nucleus[*step] < half)?;
        let after = (peak.step..self.nucleus.len()).find(|step| self.nucleus[*step] < half)?;
        Some(crossing(after, after - 1) - crossing(before, before + 1))
    }

    /// By how much the Purkinje cell slows down at most: P_0 less the least P, in s⁻¹.
    pub fn pause_depth(&self, purkinje_rate: f64) -> f64 {
        purkinje_rate - self.purkinje.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The rate of the nucleus at a time, linear between the middles of steps and constant beyond the outer ones.
    pub fn nucleus_at(&self, time: f64) -> f64 {
        let last = self.nucleus.len() - 1;
        let place = (time / STEP - 0.5).clamp(0.0, last as f64);
        let step = (place as usize).min(last.saturating_sub(1));
        let next = (step + 1).min(last);
        self.nucleus[step] + (place - step as f64) * (self.nucleus[next] - self.nucleus[step])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(nucleus: &[f64]) -> Response {
        Response { purkinje: nucleus.iter().map(|rate| 80.0 - rate).collect(), nucleus: nucleus.to_vec() }
    }

    #[test]
    fn a_triangle_is_half_as_wide_at_half_its_height() {
        let triangle = response(&[0.0, 2.0, 4.0, 6.0, 8.0, 6.0, 4.0, 2.0, 0.0]);
        let peak = triangle.peak(9).unwrap();
        assert_eq!((peak.rate, peak.step), (8.0, 4));
        assert!((triangle.width(peak).unwrap() - 4.0 * STEP).abs() < 1e-12);
        assert_eq!(triangle.pause_depth(80.0), 8.0);
        // A peak that is cut off by the onset of the unconditioned stimulus has the width at half of what it reached.
        let early = triangle.peak(3).unwrap();
        assert_eq!((early.rate, early.step), (4.0, 2));
        assert!((triangle.width(early).unwrap() - 6.0 * STEP).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_happen_has_no_peak_or_width() {
        assert_eq!(response(&[0.0, -1.0, 0.0]).peak(3), None);
        assert_eq!(response(&[0.0, 1.0]).peak(1), None);
        let rising = response(&[0.0, 1.0, 2.0]);
        assert_eq!(rising.width(rising.peak(3).unwrap()), None);
        let falling = response(&[2.0, 1.0, 0.0]);
        assert_eq!(falling.width(falling.peak(3).unwrap()), None);
    }

    #[test]
    fn rates_between_steps_are_linear() {
        let steps = response(&[1.0, 3.0, 7.0]);
        assert_eq!([0.0, 0.0025, 0.005, 0.0125, 0.1].map(|time| steps.nucleus_at(time)), [1.0, 1.0, 2.0, 7.0, 7.0]);
        assert_eq!(response(&[4.0]).nucleus_at(0.01), 4.0);
    }
}
