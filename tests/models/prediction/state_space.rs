//! The loop as a matrix over everything that it remembers: stability by its spectral radius, errors by Lyapunov's
//! equation.

use microzone::models::prediction::{
    Controller, ForwardModel, Learning, Loop, Prediction, PredictionParameters, critical_feedback_gain, tracking_error,
};
use microzone::random::RandomStream;

type Matrix = Vec<Vec<f64>>;

fn zeros(size: usize) -> Matrix {
    vec![vec![0.0; size]; size]
}

fn product(left: &Matrix, right: &Matrix) -> Matrix {
    let size = left.len();
    let mut product = zeros(size);
    for row in 0..size {
        for (k, factor) in left[row].iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            product[row].iter_mut().zip(&right[k]).for_each(|(entry, right)| *entry += factor * right);
        }
    }
    product
}

fn transposed(matrix: &Matrix) -> Matrix {
    (0..matrix.len()).map(|row| matrix.iter().map(|other| other[row]).collect()).collect()
}

/// Everything that the loop remembers: r, y of the last D + 1 steps, the fibres, ŷ of the last D steps.
struct Remembered {
    step: Matrix,
    /// The covariance of what is new in each step.
    news: Matrix,
}

fn remembered(prediction: &Prediction, controller: Controller, model: &ForwardModel, gain: f64) -> Remembered {
    let p = prediction.parameters();
    let (delay, fibres) = (prediction.delay(), p.parallel_fibres);
    let (alpha, rho) = (prediction.retention_in_control(), prediction.reference_retention());
    let (plant, first, before) = (1, 2 + delay, 2 + delay + fibres);
    let size = before + delay;
    let mut step = zeros(size);
    // u = r + K (r - ỹ) as a row over the state.
    let mut command = vec![0.0; size];
    command[0] = 1.0 + gain;
    command[plant + delay] -= gain;
    let predicted = |row: &mut Vec<f64>, factor: f64| {
        (0..fibres).for_each(|fibre| row[first + fibre] += factor * model.weights[fibre]);
    };
    if controller == Controller::Prediction {
        predicted(&mut command, -gain);
        if delay > 0 {
            command[before + delay - 1] += gain;
        } else {
            predicted(&mut command, gain);
        }
    }
    step[0][0] = rho;
    step[plant] = command.iter().map(|entry| (1.0 - alpha) * entry).collect();
    step[plant][plant] += alpha;
    (1..=delay).for_each(|lag| step[plant + lag][plant + lag - 1] = 1.0);
    for fibre in 0..fibres {
        let retention = model.retentions[fibre];
        step[first + fibre] = command.iter().map(|entry| (1.0 - retention) * entry).collect();
        step[first + fibre][first + fibre] += retention;
    }
    if delay > 0 {
        predicted(&mut step[before], 1.0);
        (1..delay).for_each(|lag| step[before + lag][before + lag - 1] = 1.0);
    }
    let mut of_senses = vec![0.0; size];
    of_senses[plant] = -gain * (1.0 - alpha);
    (0..fibres).for_each(|fibre| of_senses[first + fibre] = -gain * (1.0 - model.retentions[fibre]));
    let mut news = zeros(size);
    for row in 0..size {
        for column in 0..size {
            news[row][column] = p.sensory_noise * p.sensory_noise * of_senses[row] * of_senses[column];
        }
    }
    news[0][0] += 1.0 - rho * rho;
    news[plant][plant] += p.plant_noise * p.plant_noise;
    Remembered { step, news }
}

/// By 40 squarings, each scaled.
fn spectral_radius(matrix: &Matrix) -> f64 {
    let (mut power, mut log, mut weight) = (matrix.clone(), 0.0, 1.0);
    for _ in 0..40 {
        let scale = power.iter().flatten().fold(0.0_f64, |most, entry| most.max(entry.abs()));
        log += weight * scale.ln();
        power.iter_mut().flatten().for_each(|entry| *entry /= scale);
        power = product(&power, &power);
        weight *= 0.5;
    }
    log.exp()
}

/// E (r - y)², Σ ← Σ + F Σ Fᵀ with F ← F².
fn lyapunov(remembered: &Remembered) -> f64 {
    let (mut covariance, mut power) = (remembered.news.clone(), remembered.step.clone());
    for _ in 0..20 {
        let added = product(&product(&power, &covariance), &transposed(&power));
        covariance.iter_mut().zip(added).for_each(|(row, added)| {
            row.iter_mut().zip(added).for_each(|(entry, added)| *entry += added);
        });
        power = product(&power, &power);
    }
    covariance[0][0] - 2.0 * covariance[0][1] + covariance[1][1]
}

/// Parameters, and seeds of the learning, that differ in everything.
fn loops() -> Vec<(PredictionParameters, u8)> {
    let base = PredictionParameters { plant_noise: 0.03, learning_steps: 5000, ..Default::default() };
    vec![
        (PredictionParameters { feedback_gain: 2.0, sensory_delay: 0.05, ..base }, 1),
        (PredictionParameters { feedback_gain: 2.5, ..base }, 2),
        (PredictionParameters { feedback_gain: 10.0, sensory_delay: 0.055, parallel_fibres: 4, ..base }, 3),
        (PredictionParameters { feedback_gain: 0.5, sensory_delay: 0.0, plant_change: 2.0, ..base }, 4),
        (PredictionParameters { feedback_gain: 5.0, sensory_delay: 0.005, plant_change: 0.5, ..base }, 5),
        (PredictionParameters { feedback_gain: 8.0, sensory_delay: 0.12, parallel_fibres: 1, ..base }, 6),
        (PredictionParameters { plant_time_constant: 0.4, reference_time_constant: 0.1, ..base }, 7),
    ]
}

#[test]
fn errors_are_those_of_lyapunovs_equation() {
    let mut stable = 0;
    for (parameters, seed) in loops() {
        let prediction = Prediction::new(parameters).unwrap();
        let weights = Learning::run(&prediction, &RandomStream::from_seed([seed; 32])).unwrap().weights;
        let model = ForwardModel::new(&prediction, weights);
        for controller in [Controller::Feedback, Controller::Prediction] {
            let spectral = Loop::new(&prediction, controller, &model.weights).tracking_error();
            let remembered = remembered(&prediction, controller, &model, parameters.feedback_gain);
            assert_eq!(spectral.is_some(), spectral_radius(&remembered.step) < 1.0, "{parameters:?}");
            if let Some(error) = spectral {
                let expected = lyapunov(&remembered);
                assert!((error / expected - 1.0).abs() < 1e-10, "{controller:?}: {error} {expected}, {parameters:?}");
                stable += 1;
            }
        }
    }
    assert!(stable >= 11, "{stable}");
}

#[test]
fn critical_gains_bring_the_spectral_radius_to_one() {
    for (parameters, seed) in loops() {
        let prediction = Prediction::new(parameters).unwrap();
        let weights = Learning::run(&prediction, &RandomStream::from_seed([seed; 32])).unwrap().weights;
        let model = ForwardModel::new(&prediction, weights);
        for controller in [Controller::Feedback, Controller::Prediction] {
            let critical = Loop::new(&prediction, controller, &model.weights).critical_gain();
            let radius = |gain| spectral_radius(&remembered(&prediction, controller, &model, gain).step);
            assert!((radius(critical) - 1.0).abs() < 1e-9, "{controller:?}: {critical}, {parameters:?}");
            // Nowhere below it is the loop unstable.
            for share in [0.1, 0.3, 0.5, 0.7, 0.9, 0.99] {
                assert!(radius(share * critical) < 1.0, "{controller:?}: {share} of {critical}, {parameters:?}");
            }
            assert!(radius(1.01 * critical) > 1.0, "{controller:?}: {critical}, {parameters:?}");
            if controller == Controller::Feedback {
                assert!((critical / critical_feedback_gain(&prediction) - 1.0).abs() < 1e-12, "{parameters:?}");
            }
        }
    }
}

#[test]
fn an_exact_model_takes_the_same_gain_at_every_delay() {
    for delay in [0.0, 0.005, 0.05, 0.105, 0.5] {
        let parameters = PredictionParameters { sensory_delay: delay, ..Default::default() };
        let prediction = Prediction::new(parameters).unwrap();
        let exact = ForwardModel { retentions: vec![prediction.retention()], weights: vec![1.0] };
        let alpha = prediction.retention();
        let critical = Loop::new(&prediction, Controller::Feedback, &[]).with_model(exact).critical_gain();
        assert!((critical / ((1.0 + alpha) / (1.0 - alpha)) - 1.0).abs() < 1e-12, "{delay}: {critical}");
    }
}

#[test]
fn simulated_errors_have_the_mean_of_a_stationary_loop() {
    for (parameters, seed) in loops() {
        let prediction = Prediction::new(parameters).unwrap();
        let weights = Learning::run(&prediction, &RandomStream::from_seed([seed; 32])).unwrap().weights;
        let model = ForwardModel::new(&prediction, weights);
        for controller in [Controller::Feedback, Controller::Prediction] {
            let Some(expected) = Loop::new(&prediction, controller, &model.weights).tracking_error() else { continue };
            let run = |seed| tracking_error(&prediction, controller, &model, &RandomStream::from_seed([seed; 32]));
            let errors: Vec<f64> = (100..140).map(run).collect();
            let mean = errors.iter().sum::<f64>() / 40.0;
            let spread = errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>() / 39.0;
            let error = (spread / 40.0).sqrt();
            assert!((mean - expected).abs() < 4.0 * error, "{controller:?}: {mean} ± {error}, {expected}");
        }
    }
}
