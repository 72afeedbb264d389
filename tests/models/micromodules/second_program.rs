//! Numbers of a second program, in Python, which was written from the text of the experiment without sight of this
//! code: roots of polynomials, and 600 runs per point with its own random numbers.

use microzone::models::micromodules::{Course, LoopGain, MicromoduleParameters, Stationary, perturb, relax, simulate};
use serde_json::Value;

use crate::micromodules::{mean_and_error, modules, stream};

fn points() -> Vec<(MicromoduleParameters, Value)> {
    let all: Value = serde_json::from_str(include_str!("second_program.json")).unwrap();
    all.as_array().unwrap().iter().map(|point| (parameters(&point["parameters"]), point.clone())).collect()
}

fn parameters(given: &Value) -> MicromoduleParameters {
    let base = MicromoduleParameters::default();
    let number = |name: &str, default: f64| given[name].as_f64().unwrap_or(default);
    MicromoduleParameters {
        modules: given["modules"].as_u64().map_or(base.modules, |count| count as usize),
        crosstalk: number("crosstalk", base.crosstalk),
        nuclear_step: number("nuclear_step", base.nuclear_step),
        nucleo_olivary_inhibition: number("nucleo_olivary_inhibition", base.nucleo_olivary_inhibition),
        loop_delay: number("loop_delay", base.loop_delay),
        olive_baseline: number("olive_baseline", base.olive_baseline),
        equilibrium_rate: number("equilibrium_rate", base.equilibrium_rate),
        error_rate: number("error_rate", base.error_rate),
        duration: number("duration", base.duration),
        initial_rate: number("initial_rate", base.initial_rate),
        climbing_fibre_code: base.climbing_fibre_code,
    }
}

fn assert_close(name: &str, own: f64, other: f64, tolerance: f64, parameters: &MicromoduleParameters) {
    assert!((own - other).abs() <= tolerance * other.abs().max(1e-3), "{name}: {own} {other}, {parameters:?}");
}

#[test]
fn closed_forms_agree() {
    let mut compared = 0;
    for (parameters, point) in points() {
        let modules = modules(parameters);
        let (gain, stationary, theory) = (LoopGain::of(&modules), Stationary::of(&modules), &point["theory"]);
        let rate = gain.value / parameters.nuclear_step;
        let mut compare = |name: &str, own: Option<f64>| {
            if let (Some(own), Some(other)) = (own, theory[name].as_f64()) {
                assert_close(name, own, other, 1e-9, &parameters);
                compared += 1;
            }
        };
        compare("growth", Some(gain.growth()));
        compare("period", gain.period());
        compare("critical_nuclear_step", Some(gain.critical() / rate));
        compare("no_overshoot_nuclear_step", Some(gain.critical_without_overshoot() / rate));
        compare("olive_rate", stationary.olive_rate);
        compare("nuclear_rate", stationary.nuclear_rate);
        compare("response_target", stationary.response_target);
        compare("response_others", stationary.response_others);
        // With crosstalk that program takes the noise of modules without it.
        let variance = stationary.nuclear_variance.zip(theory["nuclear_variance"].as_f64());
        if let Some((own, other)) = variance {
            let tolerance = if parameters.crosstalk > 0.0 { 1e-3 } else { 1e-9 };
            assert_close("nuclear_variance", own, other, tolerance, &parameters);
        }
    }
    assert!(compared > 120, "{compared}");
}

/// That program calls a run diverged whose olive falls silent without noise, be its loop stable or not, and lets a run
/// that begins at equilibrium settle at once.
#[test]
fn runs_without_noise_agree() {
    let (mut growths, mut floors, mut settled) = (0, 0, 0);
    for (parameters, point) in points() {
        let modules = modules(parameters);
        let (other, own, relaxation) = (&point["deterministic"], perturb(&modules), relax(&modules));
        assert_close("growth", own.growth, other["growth"].as_f64().unwrap(), 1e-6, &parameters);
        growths += 1;
        let begins_away = parameters.initial_rate != 0.0 || modules.equilibrium_mean() != Some(0.0);
        if begins_away {
            let other_floor = other["diverged"].as_f64().unwrap() == 1.0;
            assert_eq!(relaxation.reached_floor, other_floor, "{parameters:?}");
            floors += 1;
        }
        match (relaxation.settling_time, other["settling_time"].as_f64()) {
            (Some(own), Some(other)) if begins_away => {
                assert!((own - other).abs() < 0.0051, "{own} {other}, {parameters:?}");
                settled += 1;
            }
            (own, other) => {
                assert!(!begins_away || own.is_some() == other.is_some(), "{own:?} {other:?}, {parameters:?}")
            }
        }
    }
    assert!(growths >= 25 && floors >= 10 && settled >= 6, "{growths} {floors} {settled}");
}

/// That program takes nuclear rates at the end where this one has means over the second half: the same once a run has
/// settled.
#[test]
fn noisy_runs_agree() {
    let mut squares = Vec::new();
    for (number, (parameters, point)) in points().into_iter().enumerate() {
        let modules = modules(parameters);
        let runs: Vec<Course> =
            (0..200).map(|run| simulate(&modules, &stream((5000 + 1000 * number + run) as u64))).collect();
        let mut compare = |name: &str, values: Vec<f64>| {
            let Some(other) = point["mean"][name].as_array() else { return };
            let [other, other_error] = [0, 1].map(|index| other[index].as_f64().unwrap());
            let (mean, error) = mean_and_error(&values);
            let both = error.hypot(other_error);
            println!("{name}, {number}: {mean:.4} ± {error:.4}, {other:.4} ± {other_error:.4}");
            // Where all runs are the same there is no error to compare with.
            assert!((mean - other).abs() <= 4.5 * both + 1e-9, "{name}: {mean} ± {error}, {other}, {parameters:?}");
            if both > 1e-9 {
                squares.push(((mean - other) / both).powi(2));
            }
        };
        compare("olive_rate", runs.iter().map(|run| run.olive_rate).collect());
        compare("nuclear_variance", runs.iter().map(|run| run.nuclear_variance.unwrap()).collect());
        if Stationary::of(&modules).response_target.is_some() {
            compare("nuclear_rate", runs.iter().map(|run| run.nuclear_rate).collect());
            compare("response_target", runs.iter().map(|run| run.response_target).collect());
            if parameters.modules > 1 {
                compare("response_others", runs.iter().map(|run| run.response_others.unwrap()).collect());
            }
        }
    }
    let mean_square = squares.iter().sum::<f64>() / squares.len() as f64;
    println!("{} comparisons, root mean square {:.2} errors", squares.len(), mean_square.sqrt());
    assert!(squares.len() > 70 && mean_square < 1.6, "{mean_square} of {}", squares.len());
}
