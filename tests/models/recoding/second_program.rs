//! Numbers of a second program, in Python, which was written from the text of the experiment without sight of this
//! code: closed forms to twelve digits, linear programs by HiGHS, simulations with its own random numbers.

use microzone::models::perceptron::{longest_storable_prefix, silent_fraction};
use microzone::models::recoding::{
    ClosedForms, GranuleLayer, Measurement, RecodedSequence, RecodingParameters, Wiring, wiring_capacity,
};
use serde_json::Value;

use crate::recoding::{circuit, mean_and_error, stream};

fn numbers(section: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("second_program.json")).unwrap();
    all[section].as_array().unwrap().clone()
}

fn parameters(given: &Value) -> RecodingParameters {
    let base = RecodingParameters::default();
    let count = |name: &str, default: usize| given[name].as_u64().map_or(default, |number| number as usize);
    let number = |name: &str, default: f64| given[name].as_f64().unwrap_or(default);
    RecodingParameters {
        granule_cells: count("granule_cells", 0),
        mossy_fibres: count("mossy_fibres", base.mossy_fibres),
        dendrites: count("dendrites", 0),
        granule_threshold: count("granule_threshold", 0),
        mossy_coding: number("mossy_coding", 0.0),
        mossy_correlation: number("mossy_correlation", 0.0),
        wiring: if given["wiring"] == "private" { Wiring::Private } else { Wiring::Shared },
        golgi_gain: number("golgi_gain", 0.0),
        interneuron_inhibition: number("interneuron_inhibition", 0.0),
        output_coding: number("output_coding", base.output_coding),
        output_correlation: number("output_correlation", 0.0),
        noise: number("noise", base.noise),
        load: number("load", base.load),
    }
}

fn pair(value: &Value) -> (f64, f64) {
    (value[0].as_f64().unwrap(), value[1].as_f64().unwrap())
}

#[test]
fn closed_forms_agree_to_eleven_digits() {
    let mut compared = 0;
    for set in numbers("closed") {
        let circuit = circuit(parameters(&set["parameters"]));
        let closed = ClosedForms::new(&circuit);
        let mut compare = |name: &str, own: f64, other: &Value| {
            let other = other.as_f64().unwrap();
            assert!((own - other).abs() <= 2e-11 * other.abs().max(1e-3), "{name}: {own} {other}, {set}");
            compared += 1;
        };
        let values = &set["values"];
        for (name, own) in [
            ("active_fraction", closed.active_fraction),
            ("active_cells", closed.active_cells),
            ("active_cells_deviation", closed.active_cells_deviation),
            ("shared_cells", closed.shared_cells),
            ("shared_cells_noisy", closed.shared_cells_noisy),
            ("granule_overlap", closed.granule_overlap),
            ("dimension", closed.dimension),
            ("mean_correlation", closed.mean_correlation),
            ("effective_correlation", closed.effective_correlation),
        ] {
            compare(name, own, &values[name]);
        }
        if let Some(error) = closed.one_trial_error {
            compare("one_trial_error", error, &values["one_trial_error"]);
        }
        for (share, other) in circuit.spectrum().shares().iter().zip(set["degree_spectrum"].as_array().unwrap()) {
            compare("degree_spectrum", *share, other);
        }
        for (lag, other) in set["granule_correlation"].as_object().unwrap() {
            compare("granule_correlation", closed.granule_correlation[lag.parse::<usize>().unwrap() - 1], other);
        }
        if let Some(capacity) = set.get("wiring_capacity") {
            let own = wiring_capacity(&circuit, 0.01, &stream(2)).unwrap().unwrap();
            compare("wiring_capacity", own.capacity, capacity);
            compare("silent_fraction", own.silent_fraction, &set["silent_fraction"]);
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn exact_capacities_are_those_of_linear_programs() {
    let mut squares = Vec::new();
    for set in numbers("capacity") {
        let parameters = parameters(&set["parameters"]);
        let circuit = circuit(parameters);
        let samples: Vec<(f64, f64)> = (0..24)
            .map(|sample| {
                let stream = stream(sample);
                let layer = GranuleLayer::draw(&circuit, &stream);
                let mut sequence = RecodedSequence::new(&circuit, layer, &stream).unwrap();
                let stored = longest_storable_prefix(&mut sequence, 50.0).unwrap();
                (stored.patterns as f64 / parameters.granule_cells as f64, silent_fraction(&stored.weights))
            })
            .collect();
        let mut compare = |name: &str, values: Vec<f64>, (other, other_error): (f64, f64)| {
            let (mean, error) = mean_and_error(&values);
            let errors = (mean - other) / error.hypot(other_error);
            println!("{name} {}: {mean:.4} ± {error:.4}, {other:.4} ± {other_error:.4}, {errors:+.1}", set["name"]);
            assert!(errors.abs() < 4.0, "{name} {}: {mean} ± {error}, {other} ± {other_error}", set["name"]);
            squares.push(errors * errors);
        };
        compare("capacity", samples.iter().map(|sample| sample.0).collect(), pair(&set["capacity"]));
        // Not where a pattern within another ends the sequence: the weights have a margin to choose from there.
        if set["silent_fraction"].is_array() {
            compare("silent_fraction", samples.iter().map(|sample| sample.1).collect(), pair(&set["silent_fraction"]));
        }
    }
    let mean_square = squares.iter().sum::<f64>() / squares.len() as f64;
    assert!(mean_square < 1.8, "{mean_square} of {}", squares.len());
}

#[test]
fn golgi_layers_do_what_those_of_the_second_program_do() {
    for set in numbers("simulated") {
        let circuit = circuit(parameters(&set["parameters"]));
        let samples: Vec<Measurement> = (0..60)
            .map(|sample| {
                let stream = stream(sample);
                Measurement::new(&circuit, &GranuleLayer::draw(&circuit, &stream), &stream)
            })
            .collect();
        let compare = |name: &str, value: fn(&Measurement) -> f64| {
            let (mean, error) = mean_and_error(&samples.iter().map(value).collect::<Vec<_>>());
            let (other, other_error) = pair(&set["values"][name]);
            let errors = (mean - other) / error.hypot(other_error).max(1e-12);
            println!("{name} {}: {mean:.4} ± {error:.4}, {other:.4} ± {other_error:.4}, {errors:+.1}", set["name"]);
            assert!(errors.abs() < 4.0, "{name} {}: {mean} ± {error}, {other} ± {other_error}", set["name"]);
        };
        compare("active_cells", |m| m.activity.active_cells);
        compare("active_cells_deviation", |m| m.activity.deviation);
        compare("shared_cells", |m| m.activity.shared_cells);
        compare("shared_cells_noisy", |m| m.noisy.shared_cells);
        compare("granule_overlap", |m| m.noisy.correlation);
        compare("dimension", |m| m.activity.dimension);
        compare("one_trial_error", |m| m.one_trial_error);
        compare("R1", |m| m.correlation[0]);
        compare("R2", |m| m.correlation[1]);
        compare("R4", |m| m.correlation[3]);
    }
}
