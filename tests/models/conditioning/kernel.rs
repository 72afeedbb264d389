//! The kernel of timing against sums over cells.

use microzone::models::conditioning::{Conditioning, ConditioningParameters, Course, STEP, TimingKernel, middle};

fn at_step(time: f64) -> usize {
    (time / STEP) as usize
}

fn product(conditioning: &Conditioning, step: usize, other: usize) -> f64 {
    let (left, right) = (conditioning.granule_cells_at(step), conditioning.granule_cells_at(other));
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[test]
fn the_sum_over_cells_is_a_hyperbolic_secant() {
    // The accuracy is that of an integral over ln τ cut at both time constants.
    for (sharpness, time, other, accuracy) in [
        (8.0, 0.1, 0.1, 1e-8),
        (8.0, 0.2, 0.25, 1e-7),
        (8.0, 0.5, 0.5, 1e-3),
        (16.0, 0.2, 0.2, 1e-11),
        (16.0, 0.2, 0.3, 1e-11),
        (4.0, 0.2, 0.15, 1e-3),
    ] {
        let parameters = ConditioningParameters { sharpness, ..Default::default() };
        let conditioning = Conditioning::new(parameters).unwrap();
        let kernel = TimingKernel::new(&parameters).unwrap();
        let (step, next) = (at_step(time), at_step(other));
        let sum = product(&conditioning, step, next);
        let closed = kernel.at(sharpness, middle(step), middle(next));
        assert!((sum / closed - 1.0).abs() < accuracy, "{sharpness}, {time}, {other}: {sum} {closed}");
    }
}

#[test]
fn its_area_grows_with_time() {
    let parameters = ConditioningParameters { duration: 6.0, longest_time_constant: 10.0, ..Default::default() };
    let conditioning = Conditioning::new(parameters).unwrap();
    let kernel = TimingKernel::new(&parameters).unwrap();
    for time in [0.15, 0.3, 0.6] {
        let step = at_step(time);
        let sum: f64 = (0..conditioning.steps()).map(|other| product(&conditioning, step, other) * STEP).sum();
        let closed = kernel.scale * middle(step) * kernel.relative_area.unwrap();
        assert!((sum / closed - 1.0).abs() < 1e-3, "{time}: {sum} {closed}");
    }
    assert!((kernel.relative_area.unwrap() - 1.4549).abs() < 1e-4);
}

#[test]
fn responses_follow_webers_law() {
    let kernel = TimingKernel::new(&ConditioningParameters::default()).unwrap();
    assert!((kernel.relative_width - 1.2566).abs() < 1e-4);
    // A short unconditioned stimulus: its own width adds to that of the kernel.
    for interval in [0.2, 0.3, 0.4, 0.5] {
        let parameters =
            ConditioningParameters { interstimulus_interval: interval, us_duration: 0.005, ..Default::default() };
        let conditioning = Conditioning::new(parameters).unwrap();
        let response = conditioning.respond(&Course::first_trial(&conditioning));
        let peak = response.peak(conditioning.steps()).unwrap();
        let expected_time = interval + 0.02 + 0.0025 - 0.1;
        assert!((peak.time - expected_time).abs() <= STEP, "{interval}: {peak:?}");
        let width = response.width(peak).unwrap() / expected_time;
        assert!((width / kernel.relative_width - 1.0).abs() < 0.01, "{interval}: {width}");
        assert!((peak.rate / kernel.first_trial_peak(&parameters).unwrap() - 1.0).abs() < 0.02, "{interval}: {peak:?}");
    }
}
