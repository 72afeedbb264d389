//! Learning of the forward model, against a plain program and against what is known of it.

use microzone::models::prediction::{Covariances, Learning, Prediction, PredictionParameters, STEP};
use microzone::random::{Normals, RandomStream};

/// The rule in plain loops, with whole histories.
fn plain(p: &PredictionParameters, stream: &RandomStream) -> Vec<f64> {
    let (delay, steps) = ((p.sensory_delay / STEP).round() as usize, 1000 + p.learning_steps);
    let retention = |time: f64| (-STEP / time).exp();
    let (alpha, rho) = (retention(p.plant_time_constant), retention(p.command_time_constant));
    let times = |fibre: usize| {
        let share = fibre as f64 / (p.parallel_fibres - 1) as f64;
        p.shortest_time_constant * (p.longest_time_constant / p.shortest_time_constant).powf(share)
    };
    let mut commands = Normals::new(stream.substream(1));
    let (mut senses, mut disturbance) = (Normals::new(stream.substream(2)), Normals::new(stream.substream(3)));
    let mut u = vec![commands.draw()];
    let (mut y, mut fibres) = (vec![0.0], vec![vec![0.0; p.parallel_fibres]]);
    let mut weights = vec![0.0; p.parallel_fibres];
    for t in 0..steps {
        let nothing = vec![0.0; p.parallel_fibres];
        let (before, then) = if t >= delay { (y[t - delay], &fibres[t - delay]) } else { (0.0, &nothing) };
        let predicted: f64 = weights.iter().zip(then).map(|(weight, fibre)| weight * fibre).sum();
        let error = before + p.sensory_noise * senses.draw() - predicted;
        if t >= 1000 {
            weights.iter_mut().zip(then).for_each(|(weight, fibre)| *weight += p.learning_rate * error * fibre);
        }
        u.push(rho * u[t] + (1.0 - rho * rho).sqrt() * commands.draw());
        y.push(alpha * y[t] + (1.0 - alpha) * u[t] + p.plant_noise * disturbance.draw());
        let next = |fibre: usize| {
            let a = retention(times(fibre));
            a * fibres[t][fibre] + (1.0 - a) * u[t]
        };
        fibres.push((0..p.parallel_fibres).map(next).collect());
    }
    weights
}

#[test]
fn weights_are_those_of_a_plain_program() {
    let base = PredictionParameters { learning_steps: 3000, ..Default::default() };
    for (number, parameters) in [
        base,
        PredictionParameters { sensory_delay: 0.0, plant_noise: 0.1, ..base },
        PredictionParameters { sensory_delay: 0.005, parallel_fibres: 3, learning_rate: 0.02, ..base },
        PredictionParameters { sensory_delay: 0.3, plant_time_constant: 0.05, ..base },
    ]
    .into_iter()
    .enumerate()
    {
        let stream = RandomStream::from_seed([number as u8 + 1; 32]);
        let learned = Learning::run(&Prediction::new(parameters).unwrap(), &stream).unwrap();
        for (own, other) in learned.weights.iter().zip(plain(&parameters, &stream)) {
            assert!((own - other).abs() < 1e-9 * other.abs().max(1e-3), "{own} {other}, {parameters:?}");
        }
    }
}

#[test]
fn errors_fall_towards_wieners_bound() {
    let parameters = PredictionParameters { learning_rate: 0.01, learning_steps: 100_000, ..Default::default() };
    let prediction = Prediction::new(parameters).unwrap();
    let least = Covariances::new(&prediction).least_error().unwrap();
    let learned = Learning::run(&prediction, &RandomStream::from_seed([3; 32])).unwrap();
    let last = *learned.curve.last().unwrap();
    assert!(learned.curve.iter().all(|error| *error > least));
    assert!(last < 1.08 * least && learned.curve[0] > 20.0 * least, "{last} {least}");
}

#[test]
fn too_fast_a_rule_has_no_result() {
    // The slower one has not overflowed after 200 steps, but its error is 1e200 times that of no prediction.
    for (learning_rate, learning_steps) in [(10.0, 20_000), (3.0, 300)] {
        let parameters = PredictionParameters { learning_rate, learning_steps, ..Default::default() };
        let prediction = Prediction::new(parameters).unwrap();
        assert_eq!(Learning::run(&prediction, &RandomStream::from_seed([3; 32])), None, "{learning_rate}");
    }
}

#[test]
fn fibres_that_are_too_alike_have_no_best_weights() {
    let at = |parallel_fibres| Prediction::new(PredictionParameters { parallel_fibres, ..Default::default() }).unwrap();
    assert!(at(8).best_model().is_some());
    assert!(at(40).best_model().is_none());
    let alike = PredictionParameters { longest_time_constant: 0.02, parallel_fibres: 2, ..Default::default() };
    assert!(Prediction::new(alike).unwrap().best_model().is_none());
}
