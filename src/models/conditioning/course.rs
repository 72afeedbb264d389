//! A course of acquisition, extinction and reacquisition.

use super::spikes::firing;
use super::{ClimbingFibreCode, Conditioning, Response, STEP, substream};
use crate::random::RandomStream;

/// Points of a learning curve.
pub const CURVE_POINTS: usize = 31;

/// How many trials come before point i of a learning curve of A trials: round(i A / 30).
pub fn curve_trial(point: usize, trials: usize) -> usize {
    let intervals = CURVE_POINTS - 1;
    (2 * point * trials + intervals) / (2 * intervals)
}

/// What one course of learning left, and when the response came.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Weights after acquisition.
    pub acquired: Vec<f64>,
    /// Weights after extinction.
    pub extinguished: Vec<f64>,
    /// Weights after reacquisition.
    pub reacquired: Vec<f64>,
    /// The least number of acquisition trials after which the largest r before the unconditioned stimulus reaches the
    /// criterion; none if it never does.
    pub trials_to_criterion: Option<usize>,
    /// The same for reacquisition.
    pub reacquisition_trials_to_criterion: Option<usize>,
    /// r in the step of [`Conditioning::fastest_step`] after [`curve_trial`] trials of acquisition, in s⁻¹.
    pub learning_curve: Vec<f64>,
}

impl Course {
    /// Runs all trials, from weights of 1; climbing fibres fire in the random stream of a task.
    ///
    /// After each trial Δw_i = -η Σ_j E_i(t_j) (s_j - c_eq step), and w_i ≥ 0. s_j is the mean number of spikes of the
    /// climbing fibres in step j, or c step, times the resources that their synapses have left.
    pub fn run(conditioning: &Conditioning, stream: &RandomStream) -> Self {
        let p = conditioning.parameters();
        let fibres = stream.substream(substream::CLIMBING_FIBRES);
        let mut learner = Learner::new(conditioning, p.climbing_fibre_code, fibres);
        let step = conditioning.fastest_step();
        let mut learning_curve = Vec::with_capacity(CURVE_POINTS);
        let mut note = |trials: usize, response: &Response| {
            while learning_curve.len() < CURVE_POINTS
                && curve_trial(learning_curve.len(), p.acquisition_trials) == trials
            {
                learning_curve.push(response.nucleus[step]);
            }
        };
        let trials_to_criterion = learner.train(p.acquisition_trials, true, &mut note);
        let acquired = learner.weights.clone();
        learner.train(p.extinction_trials, false, &mut |_, _| {});
        let extinguished = learner.weights.clone();
        let reacquisition_trials_to_criterion = learner.train(p.reacquisition_trials, true, &mut |_, _| {});
        Self {
            acquired,
            extinguished,
            reacquired: learner.weights,
            trials_to_criterion,
            reacquisition_trials_to_criterion,
            learning_curve,
        }
    }

    /// Weights after a single paired trial in which the climbing fibres signal the rate itself.
    pub fn first_trial(conditioning: &Conditioning) -> Vec<f64> {
        let nothing_is_drawn = RandomStream::from_seed([0; 32]);
        let mut learner = Learner::new(conditioning, ClimbingFibreCode::Rate, nothing_is_drawn);
        learner.train(1, true, &mut |_, _| {});
        learner.weights
    }

    /// The share of trials that relearning saves: 1 - reacquisition / acquisition, in trials to criterion. None where
    /// either never reaches the criterion, or acquisition begins with it.
    pub fn savings(&self) -> Option<f64> {
        let acquisition = self.trials_to_criterion.filter(|trials| *trials > 0)?;
        self.reacquisition_trials_to_criterion.map(|trials| 1.0 - trials as f64 / acquisition as f64)
    }
}

struct Learner<'a> {
    conditioning: &'a Conditioning,
    code: ClimbingFibreCode,
    fibres: RandomStream,
    weights: Vec<f64>,
    /// step Σ_j E_i(t_j) c_eq, by which the parallel fibres alone would raise a weight at a learning rate of 1.
    potentiation: Vec<f64>,
    response: Response,
    olive: Vec<f64>,
    resources: Vec<f64>,
    change: Vec<f64>,
}

impl<'a> Learner<'a> {
    fn new(conditioning: &'a Conditioning, code: ClimbingFibreCode, fibres: RandomStream) -> Self {
        let p = conditioning.parameters();
        let steps = conditioning.steps();
        let mut potentiation = vec![0.0; p.granule_cells];
        conditioning.eligible(&vec![p.equilibrium_rate * STEP; steps], &mut potentiation);
        Self {
            conditioning,
            code,
            fibres,
            weights: vec![1.0; p.granule_cells],
            potentiation,
            response: Response { purkinje: vec![0.0; steps], nucleus: vec![0.0; steps] },
            olive: vec![0.0; steps],
            resources: vec![1.0; steps],
            change: vec![0.0; p.granule_cells],
        }
    }

    /// Trains for this many trials, calls `note` with the response before each and after the last, and returns the
    /// number of trials after which the criterion is first reached.
    fn train(&mut self, trials: usize, with_us: bool, note: &mut dyn FnMut(usize, &Response)) -> Option<usize> {
        let p = self.conditioning.parameters();
        let before_us = self.conditioning.steps_before_us();
        let mut reached = None;
        for trial in 0..=trials {
            self.conditioning.respond_into(&self.weights, &mut self.response);
            note(trial, &self.response);
            if reached.is_none() && self.response.nucleus[..before_us].iter().any(|rate| *rate >= p.criterion) {
                reached = Some(trial);
            }
            if trial < trials {
                self.learn(with_us);
            }
        }
        reached
    }

    fn learn(&mut self, with_us: bool) {
        let p = self.conditioning.parameters();
        self.conditioning.olive_into(&self.response, with_us, &mut self.olive);
        if p.climbing_fibre_plasticity.depresses() {
            p.climbing_fibre_plasticity.resources(p.olive_baseline, &self.olive, &mut self.resources);
        }
        let count = p.climbing_fibres;
        for (signal, resources) in self.olive.iter_mut().zip(&self.resources) {
            let mean = match self.code {
                ClimbingFibreCode::Rate => *signal * STEP,
                ClimbingFibreCode::Spikes => firing(&mut self.fibres, count, *signal * STEP) as f64 / count as f64,
            };
            *signal = mean * resources;
        }
        self.conditioning.eligible(&self.olive, &mut self.change);
        for ((weight, depression), potentiation) in self.weights.iter_mut().zip(&self.change).zip(&self.potentiation) {
            *weight = (*weight - p.learning_rate * (depression - potentiation)).max(0.0);
        }
    }
}
