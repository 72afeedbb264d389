//! The linear course as explicit matrices over the granule cells, and the covariance that spikes add.

use microzone::models::conditioning::{
    ClimbingFibreCode, Conditioning, ConditioningParameters, Course, LinearCourse, STEP, middle,
};
use microzone::random::RandomStream;

type Matrix = Vec<Vec<f64>>;

/// A = step Σ_j E(t_j) g(t_j - δ_n)ᵀ and B = step Σ_j E(t_j) (c_0 - c_eq + u US(t_j)).
fn matrices(conditioning: &Conditioning) -> (Matrix, Vec<f64>) {
    let p = conditioning.parameters();
    let cells = p.granule_cells;
    let (mut a, mut b) = (vec![vec![0.0; cells]; cells], vec![0.0; cells]);
    for step in conditioning.eligibility_delay()..conditioning.steps() {
        let eligible = conditioning.granule_cells_at(step - conditioning.eligibility_delay());
        let onset = p.interstimulus_interval + p.olive_delay;
        let is_on = middle(step) >= onset && middle(step) < onset + p.us_duration;
        let drive = p.olive_baseline - p.equilibrium_rate + if is_on { p.us_rate } else { 0.0 };
        (0..cells).for_each(|cell| b[cell] += STEP * eligible[cell] * drive);
        if step >= conditioning.loop_delay() {
            let heard = conditioning.granule_cells_at(step - conditioning.loop_delay());
            for (row, eligible) in a.iter_mut().zip(eligible) {
                row.iter_mut().zip(heard).for_each(|(entry, heard)| *entry += STEP * eligible * heard);
            }
        }
    }
    (a, b)
}

fn product(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn gain(p: &ConditioningParameters) -> f64 {
    p.nuclear_gain * p.cortical_gain / p.granule_cells as f64
}

/// Where nothing is rectified for many trials.
fn gentle() -> ConditioningParameters {
    ConditioningParameters {
        granule_cells: 30,
        sharpness: 4.0,
        olive_baseline: 5.0,
        equilibrium_rate: 5.0,
        nucleo_olivary_inhibition: 0.2,
        acquisition_trials: 40,
        ..Default::default()
    }
}

#[test]
fn the_course_is_that_of_the_matrices() {
    let others = [
        gentle(),
        ConditioningParameters { feed_forward_inhibition: 0.98, olive_baseline: 6.0, ..gentle() },
        ConditioningParameters { loop_delay: 0.0, eligibility_delay: 0.03, learning_rate: 0.02, ..gentle() },
        ConditioningParameters { nuclear_gain: 0.5, us_duration: 0.1, acquisition_trials: 10, ..gentle() },
    ];
    for parameters in others {
        let conditioning = Conditioning::new(parameters).unwrap();
        let course = LinearCourse::new(&conditioning, parameters.acquisition_trials).unwrap();
        assert_eq!(course.rates.len(), parameters.acquisition_trials + 1, "{parameters:?}");
        let (a, b) = matrices(&conditioning);
        let mut x = vec![1.0 - parameters.feed_forward_inhibition; parameters.granule_cells];
        let read = conditioning.granule_cells_at(conditioning.fastest_step());
        for rate in &course.rates {
            let expected = -gain(&parameters) * product(&x, read);
            assert!((rate - expected).abs() < 1e-11 * expected.abs().max(1.0), "{rate} {expected}");
            let feedback = parameters.nucleo_olivary_inhibition * gain(&parameters);
            let change = |row: &Vec<f64>, b: &f64| parameters.learning_rate * (feedback * product(row, &x) + b);
            let change: Vec<f64> = a.iter().zip(&b).map(|(row, b)| change(row, b)).collect();
            x.iter_mut().zip(change).for_each(|(x, change)| *x -= change);
        }
        let rate = ConditioningParameters { climbing_fibre_code: ClimbingFibreCode::Rate, ..parameters };
        let measured = Course::run(&Conditioning::new(rate).unwrap(), &RandomStream::from_seed([1; 32]));
        let last = *measured.learning_curve.last().unwrap();
        let expected = *course.rates.last().unwrap();
        assert!((last - expected).abs() < 1e-11 * expected, "{last} {expected}");
    }
}

#[test]
fn the_first_trial_is_a_sum_over_the_kernel() {
    let conditioning = Conditioning::new(ConditioningParameters::default()).unwrap();
    let p = conditioning.parameters();
    let first = LinearCourse::new(&conditioning, 1).unwrap().first.unwrap();
    for (step, rate) in first.nucleus.iter().enumerate() {
        let onset = p.interstimulus_interval + p.olive_delay;
        let on = |other: &usize| middle(*other) >= onset && middle(*other) < onset + p.us_duration;
        let kernel = |other: usize| {
            let eligible = conditioning.granule_cells_at(other - conditioning.eligibility_delay());
            product(conditioning.granule_cells_at(step), eligible)
        };
        let sum: f64 = (0..conditioning.steps()).filter(on).map(|other| kernel(other) * p.us_rate).sum();
        let expected = p.learning_rate * gain(p) * STEP * sum;
        assert!((rate - expected).abs() < 1e-13, "{step}: {rate} {expected}");
    }
    let peak = first.peak(conditioning.steps()).unwrap();
    assert!((peak.rate - 0.3153).abs() < 1e-4, "{peak:?}");
}

/// The covariance of x follows Σ ← M Σ Mᵀ + η² Σ_j E_j E_jᵀ c step (1 - c step)/F with M = 1 - η k γ A.
#[test]
fn spikes_spread_the_course_by_their_covariance() {
    let parameters = ConditioningParameters {
        climbing_fibres: 2,
        acquisition_trials: 20,
        extinction_trials: 0,
        reacquisition_trials: 0,
        ..gentle()
    };
    let conditioning = Conditioning::new(parameters).unwrap();
    let course = LinearCourse::new(&conditioning, 20).unwrap();
    let cells = parameters.granule_cells;
    let (a, b) = matrices(&conditioning);
    let (eta, feedback) = (parameters.learning_rate, parameters.nucleo_olivary_inhibition * gain(&parameters));
    let unit = |row: usize, column: usize| f64::from(u8::from(row == column));
    let m: Matrix = (0..cells)
        .map(|row| (0..cells).map(|column| unit(row, column) - eta * feedback * a[row][column]).collect())
        .collect();
    let times = |left: &Matrix, right: &Matrix| -> Matrix {
        let entry = |row: usize, column: usize| (0..cells).map(|k| left[row][k] * right[k][column]).sum();
        (0..cells).map(|row| (0..cells).map(|column| entry(row, column)).collect()).collect()
    };
    let transposed: Matrix = (0..cells).map(|row| (0..cells).map(|column| m[column][row]).collect()).collect();
    let mut covariance = vec![vec![0.0; cells]; cells];
    let mut x = vec![0.0; cells];
    for _ in 0..20 {
        covariance = times(&times(&m, &covariance), &transposed);
        let weights: Vec<f64> = x.iter().map(|x| x + 1.0).collect();
        let olive = conditioning.olive(&conditioning.respond(&weights), true);
        for (step, rate) in olive.iter().enumerate().skip(conditioning.eligibility_delay()) {
            let eligible = conditioning.granule_cells_at(step - conditioning.eligibility_delay());
            let p = rate * STEP;
            let variance = eta * eta * p * (1.0 - p) / parameters.climbing_fibres as f64;
            for (row, left) in covariance.iter_mut().zip(eligible) {
                row.iter_mut().zip(eligible).for_each(|(entry, right)| *entry += variance * left * right);
            }
        }
        let change = |row: &Vec<f64>, b: &f64| eta * (feedback * product(row, &x) + b);
        let change: Vec<f64> = a.iter().zip(&b).map(|(row, b)| change(row, b)).collect();
        x.iter_mut().zip(change).for_each(|(x, change)| *x -= change);
    }
    let read = conditioning.granule_cells_at(conditioning.fastest_step());
    let variance: f64 = read.iter().zip(&covariance).map(|(left, row)| left * product(row, read)).sum();
    let expected = gain(&parameters) * variance.sqrt();
    let runs = 1500;
    let last = |run: u32| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&run.to_le_bytes());
        *Course::run(&conditioning, &RandomStream::from_seed(seed)).learning_curve.last().unwrap()
    };
    let values: Vec<f64> = (0..runs).map(last).collect();
    let mean = values.iter().sum::<f64>() / f64::from(runs);
    let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(runs - 1)).sqrt();
    assert!((mean - course.rates[20]).abs() < 4.0 * expected / f64::from(runs).sqrt(), "{mean} {}", course.rates[20]);
    assert!((deviation / expected - 1.0).abs() < 4.0 / (2.0 * f64::from(runs)).sqrt(), "{deviation} {expected}");
}

#[test]
fn the_course_ends_where_the_olive_falls_silent() {
    let conditioning = Conditioning::new(ConditioningParameters::default()).unwrap();
    // The weights after eight trials are exact; with them the olive falls silent.
    assert_eq!(LinearCourse::new(&conditioning, 300).unwrap().rates.len(), 9);
    assert_eq!(LinearCourse::new(&conditioning, 5).unwrap().rates.len(), 6);
}

#[test]
fn the_course_ends_where_a_fibre_would_fire_twice_in_a_step() {
    let base = ConditioningParameters {
        us_rate: 600.0,
        learning_rate: 1e-4,
        nucleo_olivary_inhibition: 0.0,
        acquisition_trials: 20,
        ..Default::default()
    };
    let rates = |code| {
        let parameters = ConditioningParameters { climbing_fibre_code: code, ..base };
        LinearCourse::new(&Conditioning::new(parameters).unwrap(), 20).unwrap()
    };
    let (spikes, rate) = (rates(ClimbingFibreCode::Spikes), rates(ClimbingFibreCode::Rate));
    assert_eq!((spikes.rates.len(), rate.rates.len()), (1, 21));
    // The first trial is one of rates, whatever the code is.
    assert!(spikes.first.is_some() && spikes.first == rate.first);
}

#[test]
fn times_between_steps_are_rounded_and_not_left_to_chance() {
    let first_peak = |interstimulus_interval: f64, olive_delay: f64, us_duration: f64| {
        let parameters =
            ConditioningParameters { interstimulus_interval, olive_delay, us_duration, ..Default::default() };
        let conditioning = Conditioning::new(parameters).unwrap();
        let response = LinearCourse::new(&conditioning, 1).unwrap().first.unwrap();
        response.peak(conditioning.steps()).unwrap().rate
    };
    for interval in [0.2, 0.255, 0.26, 0.265, 0.27, 0.275, 0.3] {
        // Ten steps of the unconditioned stimulus, and two or three of a short one.
        let rounded = first_peak(interval, 0.025, 0.05);
        assert!((first_peak(interval, 0.0225, 0.05) - rounded).abs() < 1e-12, "{interval}");
        assert!((rounded - 0.3153).abs() < 3e-3, "{interval}: {rounded}");
        let short = first_peak(interval, 0.02, 0.0125);
        assert!((short / first_peak(0.25, 0.02, 0.0125) - 1.0).abs() < 0.02, "{interval}: {short}");
    }
}
