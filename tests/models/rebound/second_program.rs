//! Numbers of a second program, in Python, which was written from the text of the experiment without sight of this
//! code. Its Purkinje cells fire in steps rather than at points in time, and its spikes before the pause are counted
//! from the start, so that tonic rates are compared within the precision of a count.

use microzone::models::rebound::{
    ConstantInhibition, Course, ReboundParameters, critical_inhibition, inhibition_variance, simulate,
};
use serde_json::Value;

use crate::rebound::{cell, mean_and_error, stream};

fn points() -> Vec<(ReboundParameters, Value)> {
    let all: Value = serde_json::from_str(include_str!("second_program.json")).unwrap();
    all.as_array().unwrap().iter().map(|point| (parameters(&point["parameters"]), point.clone())).collect()
}

fn parameters(given: &Value) -> ReboundParameters {
    let base = ReboundParameters::default();
    let number = |name: &str, default: f64| given[name].as_f64().unwrap_or(default);
    ReboundParameters {
        inhibition: number("inhibition", base.inhibition),
        applied_current: number("applied_current", base.applied_current),
        purkinje_cells: given["purkinje_cells"].as_u64().map_or(base.purkinje_cells, |count| count as usize),
        purkinje_rate: number("purkinje_rate", base.purkinje_rate),
        synchrony: number("synchrony", base.synchrony),
        pause: number("pause", base.pause),
        paused_share: number("paused_share", base.paused_share),
        ..base
    }
}

fn assert_close(name: &str, own: f64, other: f64, tolerance: f64, parameters: &ReboundParameters) {
    assert!((own - other).abs() <= tolerance, "{name}: {own} {other}, {parameters:?}");
}

#[test]
fn closed_forms_agree() {
    for (parameters, point) in points() {
        let (cell, theory) = (cell(parameters), &point["theory"]);
        assert_close("g*", critical_inhibition(&cell), theory["threshold"].as_f64().unwrap(), 1e-11, &parameters);
        if let Some(variance) = theory["conductance_variance"].as_f64() {
            assert_close("variance", inhibition_variance(&cell).unwrap(), variance, 1e-9 * variance, &parameters);
        }
        let Some(constant) = ConstantInhibition::of(&cell) else { continue };
        if let (Some(own), Some(other)) = (constant.latency, theory["latency"].as_f64()) {
            assert_close("latency", own, other, 1e-9, &parameters);
        }
        assert_close(
            "availability",
            constant.availability,
            theory["availability"].as_f64().unwrap(),
            1e-9,
            &parameters,
        );
        assert_close("rate", constant.tonic_rate.unwrap(), theory["tonic_rate"].as_f64().unwrap(), 1e-8, &parameters);
    }
}

#[test]
fn runs_with_constant_inhibition_agree() {
    let mut compared = 0;
    for (parameters, point) in points().into_iter().filter(|(parameters, _)| parameters.purkinje_cells == 0) {
        let (course, other) = (simulate(&cell(parameters), &stream(1)), &point["deterministic"]);
        let number = |name: &str| other[name].as_f64().unwrap();
        assert_eq!(course.burst_spikes as f64, number("burst_spikes"), "{parameters:?}");
        assert_eq!(course.burst_without_t_current as f64, number("burst_without_t_current"), "{parameters:?}");
        assert_close("availability", course.availability, number("availability"), 1e-11, &parameters);
        assert_close("tonic_rate", course.tonic_rate, number("tonic_rate"), 1.7, &parameters);
        // Its latency is the end of the step of the crossing.
        match (course.latency, other["latency"].as_f64()) {
            (Some(own), Some(other)) => assert_close("latency", own, other, 0.01001, &parameters),
            (own, other) => assert_eq!(own, other, "{parameters:?}"),
        }
        compared += 1;
    }
    assert!(compared >= 15, "{compared}");
}

#[test]
fn runs_with_purkinje_cells_agree() {
    let mut squares = Vec::new();
    for (number, (parameters, point)) in points().into_iter().filter(|(p, _)| p.purkinje_cells > 0).enumerate() {
        let cell = cell(parameters);
        let runs: Vec<Course> =
            (0..200).map(|run| simulate(&cell, &stream((1000 * (number + 100) + run) as u64))).collect();
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
        compare("burst_spikes", runs.iter().map(|run| run.burst_spikes as f64).collect());
        compare("burst_without_t_current", runs.iter().map(|run| run.burst_without_t_current as f64).collect());
        compare("availability", runs.iter().map(|run| run.availability).collect());
        compare("conductance_mean", runs.iter().map(|run| run.inhibition_mean).collect());
        let latencies: Vec<f64> = runs.iter().filter_map(|run| run.latency).collect();
        if latencies.len() > 20 {
            compare("latency", latencies);
        }
    }
    let mean_square = squares.iter().sum::<f64>() / squares.len() as f64;
    println!("{} comparisons, root mean square {:.2} errors", squares.len(), mean_square.sqrt());
    assert!(squares.len() > 40 && mean_square < 1.6, "{mean_square} of {}", squares.len());
}
