//! The loops as plain sums over a matrix, with the whole past kept: no ring, no groups, no deviations.

use microzone::models::micromodules::{ClimbingFibreCode, Course, MicromoduleParameters};
use microzone::random::RandomStream;

const STEP: f64 = 0.005;

/// The number of the substream, as the documentation of the streams has it.
const CLIMBING_FIBRES: u64 = 0;

/// All rates of a run, by step and module.
pub(crate) struct Plain {
    parameters: MicromoduleParameters,
    /// One more than the steps.
    pub(crate) nuclear: Vec<Vec<f64>>,
    olive: Vec<Vec<f64>>,
    pub(crate) reached_floor: bool,
}

pub(crate) fn run(parameters: MicromoduleParameters, stream: &RandomStream) -> Plain {
    let MicromoduleParameters { modules, crosstalk, .. } = parameters;
    let (delay, steps) =
        ((parameters.loop_delay / STEP).round() as usize, (parameters.duration / STEP).round() as usize);
    let mut draws = stream.substream(CLIMBING_FIBRES);
    let matrix = |to: usize, from: usize| {
        let own = if to == from { 1.0 - crosstalk } else { 0.0 };
        own + crosstalk / modules as f64
    };
    let mut plain = Plain {
        parameters,
        nuclear: vec![vec![parameters.initial_rate; modules]],
        olive: Vec::new(),
        reached_floor: false,
    };
    for step in 0..steps {
        let (mut olive, mut next) = (Vec::new(), Vec::new());
        for to in 0..modules {
            let delayed = |from: usize| if step >= delay { plain.nuclear[step - delay][from] } else { 0.0 };
            let inhibition: f64 = (0..modules).map(|from| matrix(to, from) * delayed(from)).sum();
            let error = if to == 0 { parameters.error_rate } else { 0.0 };
            let rate = parameters.olive_baseline + error - parameters.nucleo_olivary_inhibition * inhibition;
            plain.reached_floor |= rate < 0.0;
            let rate = if rate > 0.0 { rate } else { 0.0 };
            let heard = match parameters.climbing_fibre_code {
                ClimbingFibreCode::Rate => rate * STEP,
                ClimbingFibreCode::Spikes if draws.uniform() < rate * STEP => 1.0,
                ClimbingFibreCode::Spikes => 0.0,
            };
            olive.push(rate);
            next.push(plain.nuclear[step][to] + parameters.nuclear_step * (heard - parameters.equilibrium_rate * STEP));
        }
        plain.olive.push(olive);
        plain.nuclear.push(next);
    }
    plain
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

impl Plain {
    /// What each module tends to.
    pub(crate) fn equilibrium(&self) -> Option<Vec<f64>> {
        let p = &self.parameters;
        let error = p.error_rate / p.modules as f64;
        let (k, own) = (p.nucleo_olivary_inhibition, 1.0 - p.crosstalk);
        let of_module = |module: usize| {
            let difference = if module == 0 { p.error_rate - error } else { -error };
            let apart = if difference == 0.0 { 0.0 } else { difference / (k * own) };
            (p.olive_baseline + error - p.equilibrium_rate) / k + apart
        };
        let all: Vec<f64> = (0..p.modules).map(of_module).collect();
        all.iter().all(|rate| rate.is_finite()).then_some(all)
    }

    pub(crate) fn course(&self) -> Course {
        let steps = self.olive.len();
        let half = steps / 2;
        let over_time = |of: &dyn Fn(usize) -> f64| mean(&(half..steps).map(of).collect::<Vec<_>>());
        let end = &self.nuclear[steps];
        let mean_equilibrium = {
            let p = &self.parameters;
            let error = p.error_rate / p.modules as f64;
            (p.nucleo_olivary_inhibition > 0.0)
                .then(|| (p.olive_baseline + error - p.equilibrium_rate) / p.nucleo_olivary_inhibition)
        };
        let difference_variance = self.equilibrium().filter(|_| end.len() > 1).map(|equilibrium| {
            let deviations: Vec<f64> = end.iter().zip(&equilibrium).map(|(now, goal)| now - goal).collect();
            let middle = mean(&deviations);
            deviations.iter().map(|one| (one - middle).powi(2)).sum::<f64>() / (end.len() - 1) as f64
        });
        Course {
            olive_rate: over_time(&|step| mean(&self.olive[step])),
            nuclear_rate: over_time(&|step| mean(&self.nuclear[step])),
            nuclear_variance: mean_equilibrium.map(|goal| (mean(end) - goal).powi(2)),
            difference_variance,
            response_target: over_time(&|step| self.nuclear[step][0]),
            response_others: (end.len() > 1).then(|| over_time(&|step| mean(&self.nuclear[step][1..]))),
        }
    }

    /// When all modules stay within 5 % of the largest first deviation, those before the start included.
    pub(crate) fn settling_time(&self) -> Option<f64> {
        let goal = self.equilibrium()?;
        let largest = |rates: &[f64]| rates.iter().zip(&goal).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let first = largest(&self.nuclear[0]).max(largest(&vec![0.0; goal.len()]));
        let outside = self.nuclear.iter().rposition(|rates| largest(rates) > 0.05 * first);
        match outside {
            None => Some(0.0),
            Some(step) if step + 1 == self.nuclear.len() => None,
            Some(step) => Some((step + 1) as f64 * STEP),
        }
    }
}
