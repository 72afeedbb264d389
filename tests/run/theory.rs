//! The verb `theory`: values at once, and refusals in the words of a sweep file.

use serde_json::Value;

use crate::launch::Launcher;

fn theory(flags: &[&str]) -> Value {
    let arguments = [&["theory", "capacity", "--format", "json"], flags].concat();
    serde_json::from_str(&Launcher::Alone.run(&arguments).expect(0).output).unwrap()
}

fn close(theory: &Value, name: &str, expected: f64, tolerance: f64) {
    let value = theory[name].as_f64().unwrap();
    assert!((value - expected).abs() <= tolerance, "{name}: {theory:#}");
}

#[test]
fn known_values_are_printed() {
    let standard = theory(&[]);
    close(&standard, "capacity", 1.0, 1e-12);
    close(&standard, "capacity_standard_error", 0.0, 0.0);
    close(&standard, "silent_fraction", 0.5, 0.0);
    assert_eq!(standard["gain"], Value::Null);
    let robust = theory(&["--robustness", "1", "--input-coding", "0.1"]);
    close(&robust, "capacity", 0.479, 5e-4);
    // Exact without any correlation of the outputs, sampled with the least.
    let exact = theory(&["--input-correlation", "0.6"]);
    assert_eq!((&exact["capacity"], &exact["capacity_standard_error"]), (&1.0.into(), &0.0.into()));
    let flags = ["--input-correlation", "0.6", "--output-correlation", "1e-9", "--standard-error", "0.01"];
    let correlated = theory(&flags);
    let error = correlated["capacity_standard_error"].as_f64().unwrap();
    assert!(error > 0.0 && error <= 0.0101, "{correlated:#}");
    close(&correlated, "capacity", 1.0, 4.0 * error);
    assert_eq!(correlated, theory(&flags));
}

#[test]
fn the_best_bistability_is_found() {
    let best = theory(&["--output-correlation", "0.8", "--optimal-bistability"]);
    let gamma = best["bistability"].as_f64().unwrap();
    let there = theory(&["--output-correlation", "0.8", "--bistability", &gamma.to_string()]);
    close(&there, "capacity", best["capacity"].as_f64().unwrap(), 1e-9);
    close(&best, "gain", best["capacity"].as_f64().unwrap() - 1.0, 1e-9);
    let arguments = ["theory", "capacity", "--output-correlation", "0.8", "--optimal-bistability"];
    Launcher::Alone.run(&arguments).expect(0).says(&[
        "capacity  ",
        "silent fraction  ",
        "best bistability  ",
        "gain  ",
    ]);
}

#[test]
fn every_experiment_with_a_theory_has_the_verb() {
    let of = |experiment: &str, flags: &[&str]| -> Value {
        let arguments = [&["theory", experiment, "--format", "json"], flags].concat();
        serde_json::from_str(&Launcher::Alone.run(&arguments).expect(0).output).unwrap()
    };
    // From docs/schweighofer2000.md: 1 spike/s, 1 Hz, without diffusion and with it.
    close(&of("information", &["--diffusion", "0"]), "information_rate_bound", 0.077, 5e-4);
    let bound = of("information", &["--diffusion", "3300", "--io_rate", "1"]);
    close(&bound, "information_rate_bound", 0.157, 5e-4);
    close(&bound, "information_rate_bound_standard_error", 0.0, 0.0);
    // Without decay the mean grows with what has been released.
    let at = |time| of("movement", &["--decay", "0", "--time", time])["mean_concentration"].as_f64().unwrap();
    assert!(at("0.7") > 1.5 * at("0.35") && at("0.35") > 0.0);
    let histogram = &theory(&[])["weight_histogram"];
    assert_eq!(histogram.as_array().unwrap().len(), 50, "arrays are lists");
    // Half of the weights are zero; the bins hold the others up to 5 means, Φ(5 / √(2π)) - 1/2 of all.
    let density: f64 = histogram.as_array().unwrap().iter().map(|bin| bin.as_f64().unwrap()).sum();
    assert!((density * 0.1 - 0.476_963).abs() < 1e-5, "{histogram}");
    Launcher::Alone.run(&["theory", "--help"]).expect(0).says(&["capacity", "information", "movement"]);
    Launcher::Alone
        .run(&["theory", "reaching"])
        .expect(2)
        .says(&["`reaching` has no theory; these have one: capacity"]);
}

#[test]
fn a_bad_value_is_refused_as_in_a_sweep_file() {
    for (flags, said) in [
        (["--input-correlation", "1.5"], "1.5 is not a number in [0, 1)"),
        (["--robustness", "-1"], "-1 is not a number in [0, inf)"),
        (["--output-coding", "half"], "\"half\" is not a number in (0, 1)"),
        (["--standard-error", "0"], "between 1e-4 and 0.1"),
        (["--bistability", "1e6"], "thresholds"),
        (["--input-corelation", "0.5"], "--input-correlation"),
    ] {
        Launcher::Alone
            .run(&[&["theory", "capacity"][..], &flags].concat())
            .expect(2)
            .says(&[said, flags[0].trim_start_matches('-')]);
    }
    Launcher::Alone.run(&["theory", "capacity", "--bistability", "1", "--optimal-bistability"]).expect(2);
    Launcher::Alone.run(&["theory", "null"]).expect(2).says(&["null"]);
}
