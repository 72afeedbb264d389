//! On the small twins of `sweeps/schweighofer2000` the findings come out, the paper's and those against it.
//!
//! The margins are wide: 24 trials, two replicates. `docs/schweighofer2000.md` has the numbers of the full size.

use std::process::Command;

use serde_json::Value;

use crate::figures::{Figure, at, drawn, folder, mean};
use crate::launch::Launcher;
use crate::place::{Place, listed};
use crate::python;

const WITHOUT: (&str, f64) = ("diffusion", 0.0);
const WITH: (&str, f64) = ("diffusion", 3300.0);

fn computed(name: &str) -> Figure {
    Figure::computed("schweighofer2000", name)
}

/// The mean of an observable at the row with these parameters.
fn value(rows: &[Value], name: &str, parameters: &[(&str, f64)]) -> f64 {
    mean(at(rows, parameters).map(|row| row[format!("{name}_mean")].as_f64().unwrap()))
}

#[test]
fn the_papers_estimate_has_the_papers_shape_and_is_bias() {
    let figure = computed("fig2a");
    let information = |diffusion, rate| value(&figure.rows, "information", &[diffusion, ("io_rate", rate)]);
    assert!(information(WITH, 0.1) > 2.0 * information(WITHOUT, 0.1));
    assert!(information(WITH, 8.0) < information(WITHOUT, 8.0));
    assert!(information(WITHOUT, 8.0) > 3.0 * information(WITHOUT, 0.1));
    for (row, shuffled) in figure.rows.iter().zip(figure.observable("information_shuffled")) {
        let (paper, shuffled) = (&row["information_mean"], &shuffled["information_shuffled_mean"]);
        let left = shuffled.as_f64().unwrap() / paper.as_f64().unwrap();
        assert!((0.97..1.03).contains(&left), "{row}");
    }
}

#[test]
fn without_bias_diffusion_helps_at_every_rate_and_less_at_high_frequencies() {
    let rates = computed("fig2a");
    let bound = rates.observable("information_rate_bound");
    let ratio = |rate| {
        let at = |diffusion| value(&bound, "information_rate_bound", &[diffusion, ("io_rate", rate)]);
        at(WITH) / at(WITHOUT)
    };
    assert!([3.0, 4.0, 8.0, 10.0].into_iter().all(|rate| ratio(rate) > 1.2));
    let deviations = || bound.iter().filter(|row| row["io_rate"].as_f64() >= Some(1.0));
    assert!(mean(deviations().map(|row| row["deviation"].as_f64().unwrap())).abs() < 0.3);
    let corrected = rates.observable("information_corrected");
    let corrected = |diffusion| value(&corrected, "information_corrected", &[diffusion, ("io_rate", 10.0)]);
    assert!(corrected(WITH) > 0.002 && corrected(WITH) > 3.0 * corrected(WITHOUT).abs());
    let cells = computed("fig2b").observable("effective_cells");
    let heard = |frequency| value(&cells, "effective_cells", &[WITH, ("input_frequency", frequency)]);
    assert!(heard(0.25) > 4.0 && heard(1.0) > 2.0 && heard(4.0) < 1.3 && heard(10.0) < 1.0);
}

#[test]
fn nitric_oxide_carries_most_information_a_quarter_of_a_period_later() {
    let figure = computed("lag");
    let corrected = figure.observable("information_corrected");
    let at = |lag| value(&corrected, "information_corrected", &[WITH, ("lag", lag)]);
    assert!(at(250.0) > 3.0 * at(20.0) && at(250.0) > 2.0 * at(500.0));
}

#[test]
fn other_microzones_make_a_best_diffusion() {
    let best = |name: &str| {
        let cells = computed(name).observable("effective_cells");
        let slow: Vec<&Value> = at(&cells, &[("input_frequency", 0.25)]).collect();
        let heard = |row: &&Value| row["effective_cells_mean"].as_f64().unwrap();
        let best = slow.iter().max_by(|one, other| heard(one).total_cmp(&heard(other))).unwrap();
        best["diffusion"].as_f64().unwrap()
    };
    assert_eq!(best("spread"), 200_000.0);
    let between = best("crosstalk");
    assert!((3300.0..=60_000.0).contains(&between), "{between}");
}

#[test]
fn diffusion_smooths_the_sheet_and_keeps_the_amount() {
    let figure = computed("fig1");
    let amount = |diffusion| value(&figure.rows, "mean_concentration", &[diffusion]);
    assert!((amount(WITH) / amount(WITHOUT) - 1.0).abs() < 1e-4);
    let variation = figure.observable("spatial_variation");
    let variation = |diffusion| value(&variation, "spatial_variation", &[diffusion]);
    assert!(variation(WITH) < 0.7 * variation(WITHOUT));
}

#[test]
#[ignore = "takes minutes, because it runs every small sweep of the page: make test-long"]
fn the_document_is_filled_from_results() {
    let place = Place::new();
    let results = place.path("results");
    for sweep in listed(&format!("{}/small", folder("schweighofer2000"))) {
        let name = std::path::Path::new(&sweep).file_stem().unwrap().to_str().unwrap();
        let out = format!("{results}/schweighofer2000-{name}-small");
        Launcher::Alone.run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
    }
    let filled = place.path("filled.md");
    let mut script: Command = python::python("docs/schweighofer2000.py");
    python::run(script.args([env!("CARGO_BIN_EXE_microzone"), &results, "--suffix=-small", "--output", &filled]));
    let text = std::fs::read_to_string(&filled).unwrap();
    let tables: Vec<&str> =
        text.split("<!-- table: ").skip(1).map(|rest| rest.split("<!-- end -->").next().unwrap()).collect();
    assert!(tables.len() >= 20);
    for table in tables {
        assert!(table.lines().count() >= 5 && !table.contains("nan"), "{table}");
    }
    drawn("schweighofer2000", &results, &place);

    // A task that is missing would pass for an arm that was lost.
    let letter = format!("{results}/schweighofer2000-letter-small/results.h5");
    python::run(python::python("forget_tasks.py").arg(letter));
    let refused = script.output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && message.contains("15 of 15 tasks are missing"), "{message}");
}
