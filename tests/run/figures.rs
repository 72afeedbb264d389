//! The sweeps of `sweeps/clopath2012`: every one has a small twin, and on the twins the paper's findings come out.
//!
//! The margins are wide: cells of 100 inputs, four samples each. `docs/clopath2012.md` has the numbers of the full size.

use std::path::Path;

use serde_json::Value;
use toml::Table;

use crate::launch::Launcher;
use crate::place::{Place, listed};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sweeps/clopath2012");

/// The rows of a twin's table.
struct Figure {
    rows: Vec<Value>,
}

impl Figure {
    fn computed(name: &str) -> Self {
        let place = Place::new();
        let out = place.computed(&format!("{FOLDER}/small/{name}.toml"), "results", 0);
        let table = Launcher::Alone.run(&["table", &out, "--format", "json"]).expect(0);
        let table: Value = serde_json::from_str(&table.output).unwrap();
        Self { rows: table["rows"].as_array().unwrap().clone() }
    }

    /// The rows at which these parameters have these values.
    fn at<'a>(&'a self, parameters: &'a [(&str, f64)]) -> impl Iterator<Item = &'a Value> {
        let has = |row: &Value, name: &str, value: f64| (row[name].as_f64().unwrap() - value).abs() < 1e-12;
        self.rows.iter().filter(move |row| parameters.iter().all(|&(name, value)| has(row, name, value)))
    }

    /// The mean capacity over the rows at which these parameters have these values.
    fn capacity(&self, parameters: &[(&str, f64)]) -> f64 {
        mean(self.at(parameters).map(|row| row["capacity_mean"].as_f64().unwrap()))
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    assert!(!values.is_empty(), "no such row");
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(row: &Value) -> f64 {
    row["deviation"].as_f64().unwrap()
}

#[test]
fn each_sweep_has_a_small_twin_that_differs_in_size_only() {
    let sweeps: Vec<String> = listed(FOLDER).into_iter().filter(|path| path.ends_with(".toml")).collect();
    assert!(sweeps.len() >= 9);
    assert_eq!(sweeps.len(), listed(&format!("{FOLDER}/small")).len());
    for path in sweeps {
        let name = Path::new(&path).file_name().unwrap().to_str().unwrap();
        let read = |path: &str| -> Table { std::fs::read_to_string(path).unwrap().parse().unwrap() };
        let (full, small) = (read(&path), read(&format!("{FOLDER}/small/{name}")));
        let title = full["sweep"]["name"].as_str().unwrap();
        assert_eq!(small["sweep"]["name"].as_str().unwrap(), format!("{title}-small"), "{name}");
        assert_eq!(without_size(full), without_size(small), "{name}");
        // The full one is a good sweep, too.
        let out = Place::new().path("nothing");
        Launcher::Alone.run(&["plan", &path, "--out", &out]).expect(0);
    }
}

fn without_size(mut sweep: Table) -> Table {
    for (table, key) in [
        ("sweep", "name"),
        ("sweep", "replicates"),
        ("fixed", "inputs"),
        ("grid", "inputs"),
        ("precision", "relative_error"),
        ("precision", "max_replicates"),
    ] {
        if let Some(table) = sweep.get_mut(table).and_then(toml::Value::as_table_mut) {
            table.remove(key);
        }
    }
    sweep
}

#[test]
fn capacity_follows_the_theory_over_both_correlations() {
    let grid = Figure::computed("fig2-grid");
    assert_eq!(grid.rows.len(), 36);
    // At 0.9 a hundred inputs are too few for any theory of large cells.
    let large_enough = |row: &&Value| row["input_correlation"].as_f64().unwrap() < 0.8;
    assert!(mean(grid.rows.iter().filter(large_enough).map(|row| deviation(row).abs())) < 0.12);
    assert!(mean(grid.rows.iter().filter(large_enough).map(deviation)).abs() < 0.06);
    assert!(grid.capacity(&[("input_correlation", 0.54), ("output_correlation", 0.9)]) > 1.3);
    assert!(grid.capacity(&[("input_correlation", 0.0)]) < 1.15);
}

#[test]
fn capacity_collapses_where_few_inputs_change() {
    let equal = Figure::computed("fig2-equal");
    assert!(equal.at(&[("input_correlation", 0.98)]).all(|row| deviation(row) < -0.5));
}

#[test]
fn robustness_costs_capacity_and_sparse_outputs_gain_it() {
    let robust = Figure::computed("fig3-robustness");
    let at = |robustness| robust.capacity(&[("robustness", robustness)]);
    assert!(at(0.0) > at(0.5) && at(0.5) > at(1.0) && at(1.0) > at(2.246));
    let coding = Figure::computed("fig3-coding");
    let at = |input, output| {
        coding.capacity(&[("input_coding", input), ("output_coding", output), ("input_correlation", 0.0)])
    };
    assert!(at(0.5, 0.1) > 1.2 * at(0.5, 0.2) && at(0.5, 0.2) > 1.2 * at(0.5, 0.5));
    assert!((at(0.2, 0.5) - at(0.5, 0.5)).abs() < 0.25);
}

#[test]
fn a_bistable_cell_gains_where_outputs_are_correlated() {
    let figure = Figure::computed("fig4-bistability");
    let at = |output, bistability| figure.capacity(&[("output_correlation", output), ("bistability", bistability)]);
    assert!(at(0.9, 1.5) > 1.6 * at(0.9, 0.0));
    assert!(at(0.0, 1.5) < 0.9 * at(0.0, 0.0));
    assert!(mean(figure.rows.iter().map(|row| deviation(row).abs())) < 0.12);
    let both = Figure::computed("fig5");
    let at = |input, output, bistability| {
        let pair = [("input_correlation", input), ("output_correlation", output), ("bistability", bistability)];
        both.capacity(&pair)
    };
    assert!(at(0.2, 0.9, 1.0) > 1.2 * at(0.2, 0.9, 0.0));
    assert!(at(0.5, 0.2, 1.5) < at(0.5, 0.2, 0.0));
}

#[test]
fn without_state_switching_the_rule_falls_short() {
    let figure = Figure::computed("fig4-rule");
    let deviations = |learner: &str| {
        mean(
            figure
                .rows
                .iter()
                .filter(|row| row["learner"] == learner && row["bistability"].as_f64().unwrap() >= 1.0)
                .map(deviation),
        )
    };
    assert!(deviations("perceptron").abs() < 0.12);
    assert!(deviations("perceptron-no-switching") < -0.2);
}

#[test]
fn sparse_outputs_gain_in_the_bistable_cell_too() {
    let figure = Figure::computed("fig4-coding");
    let at = |output| figure.capacity(&[("output_coding", output), ("input_coding", 0.5), ("bistability", 0.5)]);
    assert!(at(0.1) > at(0.5));
}

#[test]
fn cells_are_small_or_large_depending_on_correlation() {
    let figure = Figure::computed("finite-size");
    // Correlation 0.5 is mild enough for 20 to 80 inputs; 0.95 is not.
    assert!(figure.at(&[("input_correlation", 0.5), ("inputs", 80.0)]).all(|row| deviation(row).abs() < 0.15));
    assert!(figure.at(&[("input_correlation", 0.95)]).all(|row| deviation(row) < -0.3));
}
