//! Closed forms against sums, recursions and noisy runs.

use microzone::models::micromodules::{
    ClimbingFibreCode, Course, LoopGain, MicromoduleParameters, Stationary, critical_gain,
    critical_gain_without_overshoot, perturb, simulate,
};

use crate::micromodules::{mean_and_error, modules, stream};

const DELAYS: [usize; 8] = [0, 1, 2, 5, 20, 40, 100, 200];

/// Modules of this gain.
fn of_gain(gain: f64, delay_steps: usize) -> MicromoduleParameters {
    let nuclear_step = (gain / 0.005).min(50.0);
    MicromoduleParameters {
        nuclear_step,
        nucleo_olivary_inhibition: gain / 0.005 / nuclear_step,
        loop_delay: 0.005 * delay_steps as f64,
        ..Default::default()
    }
}

/// Values of x(t + 1) = x(t) - a x(t - D) from a single 1.
fn course(gain: f64, delay_steps: usize, steps: usize) -> Vec<f64> {
    let mut course = vec![1.0];
    for step in 0..steps {
        let delayed = if step >= delay_steps { course[step - delay_steps] } else { 0.0 };
        course.push(course[step] - gain * delayed);
    }
    course
}

#[test]
fn growth_and_period_are_those_of_the_largest_root() {
    let (mut compared, mut periods, mut worst) = (0, 0, 0.0f64);
    for delay in DELAYS {
        let (critical, smooth) = (critical_gain(delay), critical_gain_without_overshoot(delay));
        for gain in [0.01, 0.1, 0.5, 0.9, 1.1, 1.5, 2.0].map(|share| share * smooth).into_iter().chain([
            0.7 * critical,
            0.99 * critical,
            1.01 * critical,
            1.5 * critical,
        ]) {
            let modules = modules(of_gain(gain, delay));
            let (theory, measured) = (LoopGain::of(&modules), perturb(&modules));
            let error = (measured.growth / theory.growth() - 1.0).abs();
            worst = worst.max(error);
            assert!(error < 1e-6, "D {delay}, a {gain}: {} {}", measured.growth, theory.growth());
            match (measured.period, theory.period()) {
                (Some(measured), Some(theory)) => {
                    assert!((measured / theory - 1.0).abs() < 1e-5, "D {delay}, a {gain}: {measured} {theory}");
                    periods += 1;
                }
                (measured, theory) => assert_eq!(measured, theory, "D {delay}, a {gain}"),
            }
            compared += 1;
        }
    }
    println!("growth: {compared} points, largest relative error {worst:.1e}; {periods} periods");
    assert!(compared >= 80 && periods >= 40, "{compared} {periods}");
}

#[test]
fn at_the_critical_gain_a_deviation_stays() {
    for delay in DELAYS {
        let gain = LoopGain { value: critical_gain(delay), delay_steps: delay };
        assert!((gain.growth() - 1.0).abs() < 1e-12, "{delay}: {}", gain.growth());
        let period = 0.005 * 2.0 * (2 * delay + 1) as f64;
        assert!((gain.period().unwrap() / period - 1.0).abs() < 1e-10, "{delay}: {:?}", gain.period());
    }
}

#[test]
fn up_to_the_lower_gain_nothing_overshoots() {
    for delay in [0, 1, 2, 5, 20] {
        let limit = critical_gain_without_overshoot(delay);
        let overshoots = |gain: f64| course(gain, delay, 200 * (delay + 1)).iter().any(|value| *value < 0.0);
        assert!(!overshoots(0.999 * limit), "{delay}");
        // Without delay the same gain of 1 is the limit of both signs.
        assert!(overshoots(1.01 * limit), "{delay}");
    }
}

#[test]
fn the_variance_is_the_sum_of_the_squared_response() {
    let mut compared = 0;
    for delay in DELAYS {
        for share in [0.02, 0.2, 0.5, 0.8, 0.95] {
            let gain = LoopGain { value: share * critical_gain(delay), delay_steps: delay };
            let steps = (40.0 / -gain.growth().ln()) as usize + 10 * delay + 40;
            let sum: f64 = course(gain.value, delay, steps).iter().map(|value| value * value).sum();
            let closed = gain.unit_variance().unwrap();
            assert!((closed / sum - 1.0).abs() < 1e-9, "D {delay}, a {}: {closed} {sum}", gain.value);
            compared += 1;
        }
        let unstable = LoopGain { value: critical_gain(delay), delay_steps: delay };
        assert_eq!(unstable.unit_variance(), None);
    }
    assert_eq!(compared, 40);
}

/// Settings in which olive cells do not fall silent.
fn settings() -> Vec<MicromoduleParameters> {
    let base = MicromoduleParameters { duration: 40.0, nuclear_step: 0.4, modules: 4, ..Default::default() };
    let fast = MicromoduleParameters { olive_baseline: 20.0, equilibrium_rate: 20.0, duration: 20.0, ..base };
    let mut settings = Vec::new();
    for crosstalk in [0.0, 0.15, 0.3, 0.6, 1.0] {
        settings.push(MicromoduleParameters { crosstalk, ..base });
        settings.push(MicromoduleParameters { crosstalk, nuclear_step: 2.0, nucleo_olivary_inhibition: 1.0, ..fast });
        let error = MicromoduleParameters { crosstalk, error_rate: 8.0, ..fast };
        settings.push(MicromoduleParameters { nuclear_step: 4.0, ..error });
        settings.push(MicromoduleParameters { nuclear_step: 3.0, loop_delay: 0.3, initial_rate: 2.0, ..error });
        settings.push(MicromoduleParameters { nuclear_step: 1.5, olive_baseline: 15.0, modules: 8, ..error });
        settings.push(MicromoduleParameters { nuclear_step: 2.0, loop_delay: 0.0, modules: 1, ..error });
    }
    settings
}

#[test]
fn noisy_runs_have_the_means_and_variances_of_the_theory() {
    type Named = (&'static str, fn(&Course) -> Option<f64>, fn(&Stationary) -> Option<f64>);
    let named: [Named; 6] = [
        ("olive_rate", |run| Some(run.olive_rate), |theory| theory.olive_rate),
        ("nuclear_rate", |run| Some(run.nuclear_rate), |theory| theory.nuclear_rate),
        ("nuclear_variance", |run| run.nuclear_variance, |theory| theory.nuclear_variance),
        ("difference_variance", |run| run.difference_variance, |theory| theory.difference_variance),
        ("response_target", |run| Some(run.response_target), |theory| theory.response_target),
        ("response_others", |run| run.response_others, |theory| theory.response_others),
    ];
    let mut deviations = vec![Vec::new(); named.len()];
    for (number, parameters) in settings().into_iter().enumerate() {
        let modules = modules(parameters);
        let theory = Stationary::of(&modules);
        let runs: Vec<Course> = (0..300).map(|run| simulate(&modules, &stream((1000 * number + run) as u64))).collect();
        for ((name, measured, expected), deviations) in named.iter().zip(&mut deviations) {
            let Some(expected) = expected(&theory) else { continue };
            let values: Vec<f64> = runs.iter().map(|run| measured(run).unwrap()).collect();
            let (mean, error) = mean_and_error(&values);
            let errors = (mean - expected) / error;
            println!("{name}, {number}: {mean:.5} ± {error:.5}, theory {expected:.5}, {errors:+.2}");
            assert!(errors.abs() < 4.5, "{name}: {mean} ± {error}, theory {expected}, {parameters:?}");
            deviations.push(errors);
        }
    }
    for ((name, ..), deviations) in named.iter().zip(&deviations) {
        let count = deviations.len() as f64;
        let mean_square = deviations.iter().map(|errors| errors * errors).sum::<f64>() / count;
        let mean = deviations.iter().sum::<f64>() / count;
        println!("{name}: {count} points, root mean square {:.2}, mean {mean:+.2} errors", mean_square.sqrt());
        assert!(count >= 20.0 && mean_square < 2.0 && mean.abs() < 4.0 / count.sqrt(), "{name}: {mean_square} {mean}");
    }
}

#[test]
fn a_theory_is_silent_where_it_does_not_hold() {
    let base = MicromoduleParameters::default();
    let theory = |parameters| Stationary::of(&modules(parameters));
    let nothing = Stationary::default();
    // Unstable; too noisy for the olive's floor; too short.
    assert_eq!(theory(MicromoduleParameters { nuclear_step: 31.0, ..base }), nothing);
    let only_olive = Stationary { olive_rate: Some(1.0), ..nothing };
    assert_eq!(theory(MicromoduleParameters { nuclear_step: 2.0, ..base }), only_olive);
    let noisy = theory(MicromoduleParameters { nuclear_step: 0.5, ..base });
    assert_eq!((noisy.nuclear_rate, noisy.nuclear_variance), (Some(0.0), None));
    let short = theory(MicromoduleParameters { error_rate: 1.0, duration: 10.0, ..base });
    assert_eq!((short.nuclear_rate, short.response_target, short.nuclear_variance), (None, None, None));
    // Without crosstalk to correct it, the difference stays and grows.
    let apart = theory(MicromoduleParameters { crosstalk: 1.0, error_rate: 0.5, ..base });
    assert!(apart.response_target.is_none() && apart.difference_variance.is_none() && apart.nuclear_rate.is_some());
    // Rates have no noise, so no variance, and no floor to fear.
    let rate = MicromoduleParameters { climbing_fibre_code: ClimbingFibreCode::Rate, nuclear_step: 2.0, ..base };
    assert_eq!(theory(rate).nuclear_variance, None);
    assert_eq!(theory(rate).olive_rate, Some(1.0));
    let open = theory(MicromoduleParameters { nucleo_olivary_inhibition: 0.0, error_rate: 4.0, ..base });
    assert_eq!(open, Stationary { olive_rate: Some(1.5), ..nothing });
}

#[test]
fn differences_that_nothing_corrects_diffuse() {
    let base = MicromoduleParameters {
        crosstalk: 1.0,
        nuclear_step: 0.02,
        nucleo_olivary_inhibition: 10.0,
        ..Default::default()
    };
    let theory = Stationary::of(&modules(base)).difference_variance.unwrap();
    assert!((theory / (0.02 * 0.02 * 0.005 * 0.995 * 12_000.0) - 1.0).abs() < 1e-4, "{theory}");
    let twice = Stationary::of(&modules(MicromoduleParameters { duration: 120.0, ..base })).difference_variance;
    assert!((twice.unwrap() / theory - 2.0).abs() < 1e-5);
}

#[test]
fn a_beginning_that_silences_the_olive_or_fires_it_twice_in_a_step_has_no_theory() {
    let base = MicromoduleParameters::default();
    for parameters in [
        MicromoduleParameters { initial_rate: 1000.0, ..base },
        MicromoduleParameters { initial_rate: 100.0, duration: 240.0, ..base },
        MicromoduleParameters { modules: 2, crosstalk: 0.9, error_rate: 100.0, nuclear_step: 0.1, ..base },
        MicromoduleParameters { initial_rate: -1000.0, ..base },
        // Noise by which the rate exceeds one spike per step.
        MicromoduleParameters {
            olive_baseline: 100.0,
            equilibrium_rate: 100.0,
            nucleo_olivary_inhibition: 50.0,
            nuclear_step: 2.0,
            loop_delay: 0.005,
            ..base
        },
    ] {
        assert_eq!(Stationary::of(&modules(parameters)), Stationary::default(), "{parameters:?}");
    }
    assert!(Stationary::of(&modules(base)).nuclear_variance.is_some());
}
