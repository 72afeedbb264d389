//! One run of the loops, with the noise of climbing fibres.

use super::parameters::{ClimbingFibreCode, Micromodules, STEP};
use crate::random::RandomStream;

/// The substream of the climbing fibres, drawn step by step, module by module.
const CLIMBING_FIBRES: u64 = 0;

/// What one run showed. Rates are in 1/s; means are over the second half of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// Mean over the modules of the rate c of their olive cells.
    pub olive_rate: f64,
    /// Mean over the modules of n.
    pub nuclear_rate: f64,
    /// (mean over the modules of n at the end - its equilibrium)², in 1/s²; `None` without an equilibrium.
    ///
    /// A run gives one sample, whose mean over runs is a variance.
    pub nuclear_variance: Option<f64>,
    /// Σ_j (x_j - x̄)²/(M - 1) at the end, in 1/s², x_j being n_j less its equilibrium; `None` for one module and where
    /// there is no equilibrium.
    pub difference_variance: Option<f64>,
    /// n of the first module, which has the error.
    pub response_target: f64,
    /// Mean over the other modules of n; `None` for one module.
    pub response_others: Option<f64>,
}

/// Sums over the second half of a run, in the units of rates times steps.
#[derive(Default)]
struct Sums {
    /// Over modules too.
    olive: f64,
    nuclear: f64,
    target: f64,
}

/// One run.
pub fn simulate(modules: &Micromodules, stream: &RandomStream) -> Course {
    let p = modules.parameters();
    let mut climbing_fibres = stream.substream(CLIMBING_FIBRES);
    let (own, shared) = (1.0 - p.crosstalk, p.crosstalk / p.modules as f64);
    let fall = p.equilibrium_rate * STEP;
    let slots = modules.delay_steps() + 1;
    // A slot is read as the rates of D steps ago, and written as those of the next step.
    let mut history = vec![0.0; slots * p.modules];
    let mut now = vec![p.initial_rate; p.modules];
    history[..p.modules].copy_from_slice(&now);
    let mut sums = Sums::default();
    for step in 0..modules.steps() {
        let is_averaged = step >= modules.first_averaged_step();
        if is_averaged {
            sums.nuclear += now.iter().sum::<f64>();
            sums.target += now[0];
        }
        let slot = (step + 1) % slots * p.modules;
        let slot = &mut history[slot..slot + p.modules];
        let of_all = shared * slot.iter().sum::<f64>();
        for (module, (now, delayed)) in now.iter_mut().zip(slot).enumerate() {
            let error = if module == 0 { p.error_rate } else { 0.0 };
            let inhibition = p.nucleo_olivary_inhibition * (own * *delayed + of_all);
            let olive = (p.olive_baseline + error - inhibition).max(0.0);
            if is_averaged {
                sums.olive += olive;
            }
            let heard = match p.climbing_fibre_code {
                ClimbingFibreCode::Spikes => f64::from(u8::from(climbing_fibres.bernoulli(olive * STEP))),
                ClimbingFibreCode::Rate => olive * STEP,
            };
            *now += p.nuclear_step * (heard - fall);
            *delayed = *now;
        }
    }
    course(modules, &sums, &now)
}

fn course(modules: &Micromodules, sums: &Sums, end: &[f64]) -> Course {
    let count = end.len() as f64;
    let averaged = (modules.steps() - modules.first_averaged_step()) as f64;
    let mean = modules.equilibrium_mean();
    let square = |value: f64| value * value;
    let end_mean = end.iter().sum::<f64>() / count;
    let differences = modules.equilibrium_differences().filter(|_| mean.is_some() && end.len() > 1);
    let difference_variance = differences.map(|[target, others]| {
        let expected = |module| if module == 0 { target } else { others };
        let squares = end.iter().enumerate().map(|(module, rate)| square(rate - end_mean - expected(module)));
        squares.sum::<f64>() / (count - 1.0)
    });
    Course {
        olive_rate: sums.olive / (averaged * count),
        nuclear_rate: sums.nuclear / (averaged * count),
        nuclear_variance: mean.map(|mean| square(end_mean - mean)),
        difference_variance,
        response_target: sums.target / averaged,
        response_others: (end.len() > 1).then(|| (sums.nuclear - sums.target) / (averaged * (count - 1.0))),
    }
}
