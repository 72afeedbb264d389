//! Short-term facilitation and depression.

use super::STEP;

/// A synapse that facilitates and is depressed (Tsodyks, Pawelzik & Markram 1998, Neural Comput 10:821).
///
/// A spike first raises the utilization, u⁺ = u⁻ + U (1 - u⁻), and then releases u⁺ x of the resources x. In between u⁻
/// decays to 0 with the time constant τ_f and x recovers to 1 with τ_r. A time constant of 0 switches its part off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShortTermPlasticity {
    /// U, utilization at the first spike.
    pub utilization: f64,
    /// τ_r, in s.
    pub recovery: f64,
    /// τ_f, in s.
    pub facilitation: f64,
}

/// u⁻ and x.
#[derive(Clone, Copy, Debug)]
struct State {
    facilitated: f64,
    resources: f64,
}

impl ShortTermPlasticity {
    /// Whether it depresses at all.
    pub(super) fn depresses(&self) -> bool {
        self.utilization > 0.0 && self.recovery > 0.0
    }

    /// What spikes at a regular interval (in s) release, relative to the first of them: u⁺ x / U.
    pub fn releases(&self, interval: f64, spikes: usize) -> Vec<f64> {
        let mut state = State { facilitated: 0.0, resources: 1.0 };
        let mut release = || {
            let utilization = self.utilization_at_spike(state.facilitated);
            let released = utilization * state.resources;
            let recovered = 1.0 - (1.0 - (state.resources - released)) * decay(interval, self.recovery);
            state = State { facilitated: utilization * decay(interval, self.facilitation), resources: recovered };
            released / self.utilization
        };
        (0..spikes).map(|_| release()).collect()
    }

    /// The second of two releases over the first: (1 + (1 - U) e^(-T/τ_f)) (1 - U e^(-T/τ_r)), for spikes T apart.
    pub fn paired_pulse_ratio(&self, interval: f64) -> f64 {
        let facilitated = 1.0 + (1.0 - self.utilization) * decay(interval, self.facilitation);
        facilitated * (1.0 - self.utilization * decay(interval, self.recovery))
    }

    /// The utilization after many spikes T apart: u = U / (1 - (1 - U) e^(-T/τ_f)).
    pub fn steady_utilization(&self, interval: f64) -> f64 {
        self.utilization / (1.0 - (1.0 - self.utilization) * decay(interval, self.facilitation))
    }

    /// The resources before a spike after many spikes T apart: x = (1 - e^(-T/τ_r)) / (1 - (1 - u) e^(-T/τ_r)).
    pub fn steady_resources(&self, interval: f64) -> f64 {
        let kept = decay(interval, self.recovery);
        (1.0 - kept) / (1.0 - (1.0 - self.steady_utilization(interval)) * kept)
    }

    /// u⁺ x / U in the middle of each step of a trial, in the mean over Poisson spikes of the given rates (in s⁻¹) as
    /// far as u and x are independent: u' = -u/τ_f + U (1 - u) ν, x' = (1 - x)/τ_r - u⁺ x ν, from rest.
    pub(super) fn factors(&self, rates: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut state = State { facilitated: 0.0, resources: 1.0 };
        let mut factor = |rate: f64| {
            state = self.advance(state, rate, 0.5 * STEP);
            let factor = self.utilization_at_spike(state.facilitated) * state.resources / self.utilization;
            state = self.advance(state, rate, 0.5 * STEP);
            factor
        };
        rates.map(&mut factor).collect()
    }

    /// The resources of a synapse that does not facilitate, in the middle of each step, from those at a constant rate.
    pub(super) fn resources(&self, before: f64, rates: &[f64], resources: &mut [f64]) {
        let at_rest = 1.0 / (1.0 + self.utilization * before * self.recovery);
        let mut state = State { facilitated: 0.0, resources: at_rest };
        for (resources, rate) in resources.iter_mut().zip(rates) {
            state = self.advance(state, *rate, 0.5 * STEP);
            *resources = state.resources;
            state = self.advance(state, *rate, 0.5 * STEP);
        }
    }

    fn utilization_at_spike(&self, facilitated: f64) -> f64 {
        facilitated + self.utilization * (1.0 - facilitated)
    }

    /// The exact solution at a constant rate for u⁻, and for x with the mean of u⁺ at both ends.
    fn advance(&self, state: State, rate: f64, time: f64) -> State {
        let facilitated = if self.facilitation > 0.0 {
            relax(state.facilitated, 1.0 / self.facilitation, self.utilization * rate, time)
        } else {
            0.0
        };
        let resources = if self.recovery > 0.0 {
            let used = self.utilization_at_spike(0.5 * (state.facilitated + facilitated)) * rate;
            1.0 - relax(1.0 - state.resources, 1.0 / self.recovery, used, time)
        } else {
            1.0
        };
        State { facilitated, resources }
    }
}

/// y at the end of a time in which y' = -decay y + gain (1 - y).
fn relax(start: f64, decay: f64, gain: f64, time: f64) -> f64 {
    let end = gain / (decay + gain);
    end + (start - end) * libm::exp(-(decay + gain) * time)
}

fn decay(interval: f64, time_constant: f64) -> f64 {
    if time_constant > 0.0 { libm::exp(-interval / time_constant) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_spikes_reach_the_steady_state() {
        for utilization in [0.05, 0.3, 1.0] {
            for (recovery, facilitation) in [(0.1, 0.05), (0.8, 0.0), (0.0, 0.4), (0.2, 1.0)] {
                let synapse = ShortTermPlasticity { utilization, recovery, facilitation };
                for interval in [0.005, 0.02, 0.1, 0.5] {
                    let releases = synapse.releases(interval, 5000);
                    assert_eq!(releases[0], 1.0);
                    assert!((releases[1] - synapse.paired_pulse_ratio(interval)).abs() < 1e-14);
                    let steady = synapse.steady_utilization(interval) * synapse.steady_resources(interval);
                    assert!((releases[4999] - steady / utilization).abs() < 1e-12, "{synapse:?}, {interval}");
                }
            }
        }
    }

    #[test]
    fn the_mean_over_poisson_spikes_is_that_of_the_rates() {
        use crate::random::RandomStream;
        let synapse = ShortTermPlasticity { utilization: 0.2, recovery: 0.1, facilitation: 0.3 };
        let (rate, trains, interval) = (20.0, 4000, 1e-3);
        let factors = synapse.factors((0..100).map(|_| rate));
        let mut stream = RandomStream::from_seed([3; 32]);
        let mut sums = (0.0, 0.0);
        for _ in 0..trains {
            let mut state = State { facilitated: 0.0, resources: 1.0 };
            for _ in 0..497 {
                state.facilitated *= decay(interval, synapse.facilitation);
                state.resources = 1.0 - (1.0 - state.resources) * decay(interval, synapse.recovery);
                if stream.bernoulli(rate * interval) {
                    state.facilitated = synapse.utilization_at_spike(state.facilitated);
                    state.resources -= state.facilitated * state.resources;
                }
            }
            let factor = synapse.utilization_at_spike(state.facilitated) * state.resources / synapse.utilization;
            sums = (sums.0 + factor, sums.1 + factor * factor);
        }
        let mean = sums.0 / f64::from(trains);
        let error = ((sums.1 / f64::from(trains) - mean * mean) / f64::from(trains)).sqrt();
        // u and x are correlated, by a few per cent of their product.
        assert!((mean - factors[99]).abs() < 4.0 * error + 0.04 * mean, "{mean} ± {error}, {}", factors[99]);
    }

    #[test]
    fn steps_of_a_trial_are_fine_enough() {
        let (fine, steps) = (200, 100);
        for (utilization, recovery, facilitation) in [(0.3, 0.1, 0.1), (0.05, 0.05, 0.5), (0.6, 0.3, 0.01)] {
            let synapse = ShortTermPlasticity { utilization, recovery, facilitation };
            let rate = |time: f64| 100.0 * libm::exp(-(time - 0.2) * (time - 0.2) / 0.01);
            let factors = synapse.factors((0..steps).map(|step| rate((f64::from(step) + 0.5) * STEP)));
            let mut state = State { facilitated: 0.0, resources: 1.0 };
            for place in 0..fine * steps {
                let time = f64::from(place) * STEP / f64::from(fine);
                if place % fine == fine / 2 {
                    let expected = synapse.utilization_at_spike(state.facilitated) * state.resources / utilization;
                    let factor = factors[(place / fine) as usize];
                    assert!((factor / expected - 1.0).abs() < 0.01, "{synapse:?}, {time}: {factor} {expected}");
                }
                let used = synapse.utilization_at_spike(state.facilitated) * state.resources * rate(time);
                let gained = utilization * (1.0 - state.facilitated) * rate(time);
                state.resources += STEP / f64::from(fine) * ((1.0 - state.resources) / recovery - used);
                state.facilitated += STEP / f64::from(fine) * (gained - state.facilitated / facilitation);
            }
        }
    }

    #[test]
    fn a_synapse_without_facilitation_follows_its_rate_from_rest() {
        let synapse = ShortTermPlasticity { utilization: 0.4, recovery: 0.5, facilitation: 0.0 };
        let (fine, steps) = (100, 200);
        let rate = |step: usize| if (40..60).contains(&step) { 20.0 } else { 1.0 };
        let rates: Vec<f64> = (0..steps).map(rate).collect();
        let mut resources = vec![0.0; steps];
        synapse.resources(1.0, &rates, &mut resources);
        // At rest (1 - x)/τ = U c x.
        let mut x = 1.0 / (1.0 + 0.4 * 0.5);
        assert!(resources[..40].iter().all(|resources| (resources - x).abs() < 1e-14));
        for place in 0..fine * steps {
            if place % fine == fine / 2 {
                assert!((resources[place / fine] - x).abs() < 1e-3, "{place}: {} {x}", resources[place / fine]);
            }
            x += STEP / fine as f64 * ((1.0 - x) / 0.5 - 0.4 * x * rates[place / fine]);
        }
        assert!(resources[60] < 0.6 && resources[199] > resources[60]);
    }

    #[test]
    fn rates_that_do_not_last_leave_no_trace() {
        let synapse = ShortTermPlasticity { utilization: 0.2, recovery: 0.05, facilitation: 0.05 };
        assert!(synapse.factors((0..10).map(|_| 0.0)).iter().all(|factor| *factor == 1.0));
        let factors = synapse.factors((0..1000).map(|step| if step < 20 { 100.0 } else { 0.0 }));
        assert!((factors[20] - 1.0).abs() > 0.05 && (factors[999] - 1.0).abs() < 1e-12);
    }
}
