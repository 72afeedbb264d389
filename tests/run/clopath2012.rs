//! On the small twins of `sweeps/clopath2012` the paper's findings come out.
//!
//! The margins are wide: cells of 100 inputs, four samples each. `docs/clopath2012.md` has the numbers of the full
//! size.

use serde_json::Value;

use crate::figures::{Figure, at, drawn, folder, mean};
use crate::launch::Launcher;
use crate::place::{Place, listed};
use crate::python;

fn computed(name: &str) -> Figure {
    Figure::computed("clopath2012", name)
}

/// The mean capacity over the rows at which these parameters have these values.
fn capacity(figure: &Figure, parameters: &[(&str, f64)]) -> f64 {
    mean(at(&figure.rows, parameters).map(|row| row["capacity_mean"].as_f64().unwrap()))
}

fn deviation(row: &Value) -> f64 {
    row["deviation"].as_f64().unwrap()
}

#[test]
fn capacity_follows_the_theory_over_both_correlations() {
    let grid = computed("fig2-grid");
    assert_eq!(grid.rows.len(), 36);
    // At 0.9 a hundred inputs are too few for any theory of large cells.
    let large_enough = |row: &&Value| row["input_correlation"].as_f64().unwrap() < 0.8;
    assert!(mean(grid.rows.iter().filter(large_enough).map(|row| deviation(row).abs())) < 0.12);
    assert!(mean(grid.rows.iter().filter(large_enough).map(deviation)).abs() < 0.06);
    assert!(capacity(&grid, &[("input_correlation", 0.54), ("output_correlation", 0.9)]) > 1.3);
    assert!(capacity(&grid, &[("input_correlation", 0.0)]) < 1.15);
}

#[test]
fn capacity_collapses_where_few_inputs_change() {
    let equal = computed("fig2-equal");
    assert!(at(&equal.rows, &[("input_correlation", 0.98)]).all(|row| deviation(row) < -0.5));
}

#[test]
fn robustness_costs_capacity_and_sparse_outputs_gain_it() {
    let robust = computed("fig3-robustness");
    let at = |robustness| capacity(&robust, &[("robustness", robustness)]);
    assert!(at(0.0) > at(0.5) && at(0.5) > at(1.0) && at(1.0) > at(2.246));
    let coding = computed("fig3-coding");
    let at = |input, output| {
        capacity(&coding, &[("input_coding", input), ("output_coding", output), ("input_correlation", 0.0)])
    };
    assert!(at(0.5, 0.1) > 1.2 * at(0.5, 0.2) && at(0.5, 0.2) > 1.2 * at(0.5, 0.5));
    assert!((at(0.2, 0.5) - at(0.5, 0.5)).abs() < 0.25);
}

#[test]
fn a_bistable_cell_gains_where_outputs_are_correlated() {
    let figure = computed("fig4-bistability");
    let at = |output, bistability| capacity(&figure, &[("output_correlation", output), ("bistability", bistability)]);
    assert!(at(0.9, 1.5) > 1.6 * at(0.9, 0.0));
    assert!(at(0.0, 1.5) < 0.9 * at(0.0, 0.0));
    assert!(mean(figure.rows.iter().map(|row| deviation(row).abs())) < 0.12);
    let both = computed("fig5");
    let at = |input, output, bistability| {
        let pair = [("input_correlation", input), ("output_correlation", output), ("bistability", bistability)];
        capacity(&both, &pair)
    };
    assert!(at(0.2, 0.9, 1.0) > 1.2 * at(0.2, 0.9, 0.0));
    assert!(at(0.5, 0.2, 1.5) < at(0.5, 0.2, 0.0));
}

#[test]
fn without_state_switching_the_rule_falls_short() {
    let figure = computed("fig4-rule");
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
    let figure = computed("fig4-coding");
    let at = |output| capacity(&figure, &[("output_coding", output), ("input_coding", 0.5), ("bistability", 0.5)]);
    assert!(at(0.1) > at(0.5));
}

#[test]
fn cells_are_small_or_large_depending_on_correlation() {
    let figure = computed("finite-size");
    // Correlation 0.5 is mild enough for 20 to 80 inputs; 0.95 is not.
    assert!(at(&figure.rows, &[("input_correlation", 0.5), ("inputs", 80.0)]).all(|row| deviation(row).abs() < 0.15));
    assert!(at(&figure.rows, &[("input_correlation", 0.95)]).all(|row| deviation(row) < -0.3));
}

#[test]
fn the_figures_of_the_page_are_drawn_from_results() {
    let place = Place::new();
    let results = place.path("results");
    for name in ["fig2-grid", "fig2-equal", "fig3-coding", "fig4-bistability"] {
        let sweep = format!("{}/small/{name}.toml", folder("clopath2012"));
        let out = format!("{results}/clopath2012-{name}-small");
        Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0);
    }
    drawn("clopath2012", &results, &place);
}

#[test]
#[ignore = "a minute of sweeps and another of theory"]
fn the_page_is_filled_from_results() {
    let place = Place::new();
    let results = place.path("results");
    for sweep in listed(&format!("{}/small", folder("clopath2012"))) {
        let name = std::path::Path::new(&sweep).file_stem().unwrap().to_str().unwrap();
        Launcher::Alone.run(&["run", &sweep, "--out", &format!("{results}/clopath2012-{name}-small")]).expect(0);
    }
    let filled = place.path("filled.md");
    let mut script = python::python("docs/clopath2012.py");
    python::run(script.args([env!("CARGO_BIN_EXE_microzone"), &results, "--suffix=-small", "--output", &filled]));
    let text = std::fs::read_to_string(&filled).unwrap();
    let tables: Vec<&str> =
        text.split("<!-- table: ").skip(1).map(|rest| rest.split("<!-- end -->").next().unwrap()).collect();
    assert!(tables.len() >= 30);
    for table in tables {
        assert!(table.lines().count() >= 5 && !table.contains("nan"), "{table}");
    }
}

#[test]
fn weights_without_a_bound_are_refused_where_they_mean_nothing() {
    let place = Place::new();
    let text = "[sweep]\nname = \"unbound\"\nexperiment = \"capacity\"\n\n[fixed]\nweight_bound = \"none\"\n";
    for (line, said) in [
        ("learner = \"perceptron-no-switching\"", "keeps weights at or above 0"),
        ("bistability = 0.5", "makes bistability = 0.5 meaningless"),
        ("robustness = 0.5", "makes robustness = 0.5 meaningless"),
    ] {
        let sweep = place.file("sweep.toml", &format!("{text}{line}\n"));
        Launcher::Alone.run(&["run", &sweep]).expect(2).says(&[said, "or", "set "]);
    }
    let theory = ["theory", "capacity", "--weight-bound", "none", "--optimal-bistability"];
    Launcher::Alone.run(&theory).expect(2).says(&["without a best value", "weight_bound = \"non-negative\""]);
}

/// The value of an observable at the rows with this weight bound.
fn by_bound(rows: &[Value], bound: &str, name: &str) -> f64 {
    mean(
        rows.iter().filter(|row| row["weight_bound"] == bound).map(|row| row[format!("{name}_mean")].as_f64().unwrap()),
    )
}

#[test]
fn free_weights_store_twice_as_much_and_are_gaussian() {
    let figure = computed("free-weights");
    let (bounded, free) =
        (by_bound(&figure.rows, "non-negative", "capacity"), by_bound(&figure.rows, "none", "capacity"));
    assert!((free / bounded - 2.0).abs() < 0.25, "{free} {bounded}");
    let shape = figure.observable("weight_skewness");
    assert!(by_bound(&shape, "none", "weight_skewness").abs() < 0.3);
    assert!(by_bound(&shape, "non-negative", "weight_skewness") > 1.2);
    let variance = figure.observable("weight_variance");
    assert!(variance.iter().all(|row| row["weight_variance_mean"].is_null() == (row["weight_bound"] == "none")));
}

#[test]
fn capacity_grows_without_limit_for_sparse_outputs() {
    let figure = computed("fig3-sparse");
    let at = |coding| capacity(&figure, &[("output_coding", coding), ("input_correlation", 0.0)]);
    assert!(at(0.01) > 1.4 * at(0.02) && at(0.02) > 1.4 * at(0.05) && at(0.05) > 1.2 * at(0.1));
}

/// In θ/√N the same range is narrower, in natural units, for sparse inputs.
#[test]
fn the_coding_of_inputs_matters_at_a_range_in_units_without_it() {
    let figure = computed("fig4-coding-range");
    let at = |coding, bistability| capacity(&figure, &[("input_coding", coding), ("bistability", bistability)]);
    assert!(at(0.1, 1.5) > 1.4 * at(0.5, 4.5));
    assert!(at(0.5, 1.5) > 1.15 * at(0.1, 0.5));
}

#[test]
fn the_proof_of_convergence_asks_for_small_rates() {
    let figure = computed("convergence");
    let rates = figure.observable("rate_bound");
    assert_eq!(rates.len(), 6);
    let rate = |inputs| mean(at(&rates, &[("inputs", inputs)]).map(|row| row["rate_bound_mean"].as_f64().unwrap()));
    assert!(
        rate(100.0) > 0.0 && rate(100.0) < 0.01 && rate(25.0) > 2.0 * rate(100.0),
        "{} {}",
        rate(25.0),
        rate(100.0)
    );
    let updates = figure.observable("log_update_bound");
    assert!(updates.iter().all(|row| row["log_update_bound_mean"].as_f64().unwrap() > 3.0));
}

#[test]
fn at_a_correlation_of_four_fifths_a_hundred_inputs_are_near_the_limit() {
    let figure = computed("finite-size-08");
    assert!(at(&figure.rows, &[("inputs", 100.0)]).all(|row| deviation(row).abs() < 0.15));
    assert!(at(&figure.rows, &[("inputs", 25.0)]).all(|row| deviation(row) < -0.15));
}
