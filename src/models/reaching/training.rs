//! One run: a test, then movements that train, with tests in between.

use super::cortex::fibre_release::FibreRelease;
use super::cortex::granule_layer::GranuleLayer;
use super::cortex::microzones::{ErrorSignal, OliveInput};
use super::cortex::mossy_fibres::MossyFibres;
use super::cortex::noise::{Inputs, NoisyFibres};
use super::cortex::parallel_fibres::FibreTable;
use super::cortex::{Anatomy, Cerebellum};
use super::parameters::{ReachingError, ReachingParameters};
use super::plant::actuator::Actuator;
use super::plant::desired_path::{DesiredPath, MOVEMENTS_PER_CYCLE, STEPS_PER_MOVEMENT, TARGETS};
use super::sparseness::Sparseness;
use super::spectrum::share_below;
use super::trial::{Plant, Test};
use crate::models::nitric_oxide::{MICROZONES, STEP};
use crate::random::RandomStream;

/// When tests are, in eighths of the movements.
const TEST_EIGHTHS: [usize; TESTS] = [0, 1, 2, 4, 6, 8];
/// Tests per run, the one before learning included.
pub const TESTS: usize = 6;

/// A discharge of an olive cell lasts 10 ms.
const DISCHARGE: f64 = 2.0 * STEP;

/// Substreams after those of the microzones' olive cells.
const MOSSY_STREAM: u64 = 4;
const GRANULE_STREAM: u64 = 5;
const NOISE_STREAM: u64 = 6;
const RELEASE_STREAM: u64 = 7;

/// Steps between the states whose patterns of activity are compared.
const STEPS_PER_PATTERN: usize = 35;

/// What a run showed. Nothing is known of what comes after the arm was lost.
#[derive(Clone, Debug)]
pub struct Course {
    /// The test before learning.
    pub initial: Test,
    /// Mean squared errors of all tests, in cm².
    pub learning_curve: [Option<f64>; TESTS],
    /// Movements until the arm was lost, or all.
    pub movements: usize,
    /// What is known at the end, unless the arm was lost.
    pub end: Option<End>,
    /// The largest rate of olive cells in the test before learning, in spikes/s.
    pub peak_rate: f64,
    /// The shares of the variance of the olive's input in the test before learning at or below 2 and 5 Hz.
    pub shares_below: [f64; 2],
    /// Cmax over the synapses.
    pub largest_concentrations: Spread,
    /// How sparse the activity of mossy fibres is.
    pub mossy: Sparseness,
    /// How sparse the activity of granule cells is.
    pub granule: Sparseness,
}

/// What is known after the last movement.
#[derive(Clone, Debug)]
pub struct End {
    /// The last test.
    pub test: Test,
    /// Of olive cells while learning, in spikes/s.
    pub mean_rate: f64,
    /// The weights after training.
    pub weights: Spread,
}

/// How values are spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Their mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// The share of zeros.
    pub zeros: f64,
}

impl Spread {
    fn of(values: &[f32]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
        let squares: f64 = values.iter().map(|&value| (f64::from(value) - mean) * (f64::from(value) - mean)).sum();
        let zeros = values.iter().filter(|&&value| value == 0.0).count() as f64;
        Self { mean, deviation: (squares / count).sqrt(), zeros: zeros / count }
    }
}

/// A run that can be computed for any stream.
#[derive(Clone, Debug)]
pub struct Reaching {
    parameters: ReachingParameters,
    plant: Plant,
    initial: Test,
}

impl Reaching {
    /// # Errors
    /// The first parameter that makes no sense, or the arm is lost before anything is learned.
    pub fn new(parameters: ReachingParameters) -> Result<Self, ReachingError> {
        parameters.check()?;
        let path = DesiredPath::new(parameters.target_distance, parameters.start)?;
        let actuator = Actuator::new(parameters.actuation, &path);
        let plant = Plant { path, controller: parameters.controller, actuator };
        // With all weights 1 the cerebellum is silent.
        let initial = Test::run(&plant, |_| [0.0; 2]).ok_or(ReachingError::LostBeforeLearning)?;
        Ok(Self { parameters, plant, initial })
    }

    /// The test before learning; it does not depend on chance.
    pub fn initial(&self) -> &Test {
        &self.initial
    }

    /// One run.
    ///
    /// # Errors
    /// The first parameter of the sheet that is out of its range.
    pub fn run(&self, stream: &RandomStream) -> Result<Course, ReachingError> {
        let parameters = &self.parameters;
        let path = &self.plant.path;
        let mossy = MossyFibres::new(path, parameters.mossy_order, stream.substream(MOSSY_STREAM));
        let granule = GranuleLayer::new(stream.substream(GRANULE_STREAM));
        let table = FibreTable::new(path, &mossy, &granule);
        let rates = self.rates_before_learning();
        let inputs = Inputs { path, mossy: &mossy, granule: &granule, table: &table };
        let fibres = NoisyFibres::new(inputs, parameters.mossy_fibre_noise, stream.substream(NOISE_STREAM));
        let rate = parameters.parallel_fibre_release * parameters.io_rate * DISCHARGE;
        let release = FibreRelease::new(&table, parameters.release_course, rate, stream.substream(RELEASE_STREAM));
        let mut cerebellum = Cerebellum::new(self.anatomy(fibres, release), stream)?;
        for (step, &feedback) in self.initial.feedback.iter().enumerate() {
            cerebellum.notice(self.place(step), feedback);
        }
        let largest_concentrations = Spread::of(&cerebellum.synapses().largest());
        cerebellum.begin_learning(parameters.normalised_by_own_maximum);
        let mut learning_curve = [None; TESTS];
        learning_curve[0] = Some(self.initial.mean_squared_error());
        let (movements, end) = self.train(&mut cerebellum, &mut learning_curve);
        let patterns = |activity: &dyn Fn(usize) -> Vec<f32>| {
            let places = (0..path.states().len()).step_by(STEPS_PER_PATTERN);
            Sparseness::of(&places.map(activity).collect::<Vec<_>>())
        };
        Ok(Course {
            initial: self.initial.clone(),
            learning_curve,
            movements,
            end,
            peak_rate: rates.iter().flatten().copied().fold(0.0, f64::max),
            shares_below: [2.0, 5.0].map(|frequency| share_below(&rates, STEP, frequency)),
            largest_concentrations,
            mossy: patterns(&|place| mossy.activities(&path.states()[place]).to_vec()),
            granule: patterns(&|place| table.at(place).to_vec()),
        })
    }

    /// The movements and the tests between them: how many movements there were, and what is known at their end.
    fn train(&self, cerebellum: &mut Cerebellum, curve: &mut [Option<f64>; TESTS]) -> (usize, Option<End>) {
        let movements = self.parameters.movements;
        let mut state = self.plant.start();
        let mut tests = TEST_EIGHTHS.iter().map(|eighths| movements * eighths / 8).zip(curve).skip(1).peekable();
        let mut last = None;
        for movement in 0..movements {
            for step in 0..STEPS_PER_MOVEMENT {
                let place = DesiredPath::place(movement % MOVEMENTS_PER_CYCLE, step);
                let feedback = self.plant.feedback(place, &state);
                let cerebellar = cerebellum.learn(place, feedback);
                match self.plant.step(place, &state, feedback, cerebellar) {
                    Some(next) => state = next,
                    None => return (movement, None),
                }
            }
            while let Some((_, found)) = tests.next_if(|(when, _)| *when <= movement + 1) {
                let Some(test) = Test::run(&self.plant, cerebellum.recall()) else { return (movement + 1, None) };
                *found = Some(test.mean_squared_error());
                last = Some(test);
            }
        }
        let weights: Vec<f32> = cerebellum.synapses().weights().map(|weight| weight as f32).collect();
        let weights = Spread::of(&weights);
        (movements, last.map(|test| End { test, mean_rate: cerebellum.mean_rate(), weights }))
    }

    fn anatomy<'a>(&self, fibres: NoisyFibres<'a>, fibre_release: FibreRelease<'a>) -> Anatomy<'a> {
        let parameters = &self.parameters;
        Anatomy {
            roles: parameters.microzone_order.roles(),
            fibres,
            memory_trace: parameters.memory_trace,
            error_delay: parameters.error_delay,
            input: self.olive_input(),
            sheet: parameters.sheet,
            fibre_release,
            rule: parameters.learning,
            gain: parameters.cerebellar_gain,
        }
    }

    /// The place along the path in a step of the cycle.
    fn place(&self, step: usize) -> usize {
        DesiredPath::place(step / STEPS_PER_MOVEMENT % MOVEMENTS_PER_CYCLE, step % STEPS_PER_MOVEMENT)
    }

    /// The error signals in the test before learning, step by step.
    fn signals(&self) -> Vec<[f64; MICROZONES]> {
        let mut signal = ErrorSignal::new(self.parameters.microzone_order.roles(), 0);
        self.initial.feedback.iter().map(|&feedback| signal.step(feedback)).collect()
    }

    fn olive_input(&self) -> OliveInput {
        let parameters = &self.parameters;
        OliveInput::new(
            &parameters.microzone_order.roles(),
            &self.signals(),
            parameters.io_rate,
            parameters.olive_scale,
            parameters.olive_baseline,
            parameters.nucleo_olivary_inhibition,
        )
    }

    /// The rates of the olive cells in the test before learning, in spikes/s, by microzone.
    fn rates_before_learning(&self) -> Vec<Vec<f64>> {
        let (input, signals) = (self.olive_input(), self.signals());
        let rates = |microzone: usize| {
            signals.iter().map(|signal| input.rates(signal, &[0.0; MICROZONES])[microzone]).collect()
        };
        (0..MICROZONES).map(rates).collect()
    }
}

/// The share of the movements after which each test is.
pub fn share_of_training(test: usize) -> f64 {
    TEST_EIGHTHS.get(test).map_or(f64::NAN, |&eighths| eighths as f64 / 8.0)
}

/// The direction of a target from the middle of the circle, in degrees; 0 is to the right.
pub fn direction(target: usize) -> f64 {
    (90.0 + 45.0 * target as f64) % (45.0 * TARGETS as f64)
}
