//! Learning of the forward model.

use super::forward_model::advance;
use super::signals::{Autoregressive, Delay, Noise};
use super::{Covariances, Prediction, WARM_UP, substream};
use crate::random::RandomStream;

/// Points of a learning curve.
pub const CURVE_POINTS: usize = 31;

/// An error that exceeds that of no prediction by this factor means that the weights grow without bound.
const LARGEST_GROWTH: f64 = 1e6;

/// What was learned, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Learning {
    /// w at the end.
    pub weights: Vec<f64>,
    /// The expected squared error of the prediction on new commands with the weights after round(i L/30) of L steps; it
    /// is not normalised, and includes σ_v².
    pub curve: Vec<f64>,
}

impl Learning {
    /// Learns for the given number of steps after a warm-up; none where the weights grow without bound.
    ///
    /// In each step ε = y(t - D) + σ_v ξ - w·p(t - D) and w ← w + η ε p(t - D), with the present w. That is the rule of
    /// Widrow & Hoff (1960), with the error in the climbing fibre.
    pub fn run(prediction: &Prediction, stream: &RandomStream) -> Option<Self> {
        let parameters = prediction.parameters();
        let covariances = Covariances::new(prediction);
        let steps = parameters.learning_steps;
        let mut learner = Learner::new(prediction, stream);
        let mut curve = Vec::with_capacity(CURVE_POINTS);
        (0..WARM_UP).for_each(|_| learner.step(0.0));
        for step in 0..=steps {
            while curve.len() < CURVE_POINTS && curve_step(curve.len(), steps) == step {
                curve.push(covariances.error(&learner.weights));
            }
            if step < steps {
                learner.step(parameters.learning_rate);
            }
        }
        let is_bounded = curve.iter().all(|error| *error <= LARGEST_GROWTH * curve[0]);
        is_bounded.then_some(Self { weights: learner.weights, curve })
    }
}

/// How many steps come before point i of a learning curve: round(i L / 30).
fn curve_step(point: usize, steps: usize) -> usize {
    let intervals = CURVE_POINTS - 1;
    (2 * point * steps + intervals) / (2 * intervals)
}

struct Learner {
    retention: f64,
    retentions: Vec<f64>,
    commands: Autoregressive,
    senses: Noise,
    disturbance: Noise,
    plant: f64,
    fibres: Vec<f64>,
    plant_before: Delay,
    /// The fibres of the last D + 1 steps; those of D steps ago are at `place` after the present ones are written.
    fibres_before: Vec<Vec<f64>>,
    place: usize,
    weights: Vec<f64>,
}

impl Learner {
    fn new(prediction: &Prediction, stream: &RandomStream) -> Self {
        let parameters = prediction.parameters();
        let (fibres, delay) = (parameters.parallel_fibres, prediction.delay());
        let commands = Autoregressive::new(prediction.command_retention(), stream.substream(substream::COMMANDS));
        let senses = stream.substream(substream::SENSES_IN_LEARNING);
        Self {
            retention: prediction.retention(),
            retentions: prediction.fibre_retentions(),
            commands,
            senses: Noise::new(parameters.sensory_noise, senses),
            disturbance: Noise::new(parameters.plant_noise, stream.substream(substream::PLANT_IN_LEARNING)),
            plant: 0.0,
            fibres: vec![0.0; fibres],
            plant_before: Delay::new(delay),
            fibres_before: vec![vec![0.0; fibres]; delay + 1],
            place: 0,
            weights: vec![0.0; fibres],
        }
    }

    /// One step: what the senses report is compared with what the fibres of that time predict now, the weights learn,
    /// and the plant and the fibres follow the command.
    fn step(&mut self, learning_rate: f64) {
        let senses = self.plant_before.pass(self.plant) + self.senses.draw();
        self.fibres_before[self.place].copy_from_slice(&self.fibres);
        self.place = (self.place + 1) % self.fibres_before.len();
        let before = &self.fibres_before[self.place];
        let predicted: f64 = self.weights.iter().zip(before).map(|(weight, fibre)| weight * fibre).sum();
        let error = senses - predicted;
        for (weight, fibre) in self.weights.iter_mut().zip(before) {
            *weight += learning_rate * error * fibre;
        }
        let command = self.commands.take();
        self.plant = self.retention * self.plant + (1.0 - self.retention) * command + self.disturbance.draw();
        advance(&mut self.fibres, &self.retentions, command);
    }
}
