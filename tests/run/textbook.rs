//! On the small twins of `sweeps/textbook` the chapter's findings come out, and the page is filled from results.
//!
//! The margins are wide: layers of a hundred cells, three samples each. `docs/textbook.md` has the numbers of the full
//! size.

use std::process::Command;

use serde_json::Value;

use crate::figures::{Figure, at, drawn, folder, mean};
use crate::launch::Launcher;
use crate::place::{Place, listed};
use crate::python;

fn computed(name: &str) -> Figure {
    Figure::computed("textbook", name)
}

/// The mean of an observable over the rows at which these parameters have these values.
fn mean_of(rows: &[Value], observable: &str, parameters: &[(&str, f64)]) -> f64 {
    let column = format!("{observable}_mean");
    mean(at(rows, parameters).map(|row| row[&column].as_f64().unwrap()))
}

#[test]
fn golgi_cells_give_back_what_shared_fibres_take() {
    let figure = computed("recoding-golgi");
    let capacity = |gain, fibres| mean_of(&figure.rows, "capacity", &[("golgi_gain", gain), ("mossy_fibres", fibres)]);
    assert!(capacity(0.0, 12.0) < 0.6 * capacity(0.0, 80.0));
    for fibres in [24.0, 80.0] {
        assert!(capacity(0.0, fibres) < capacity(0.75, fibres) && capacity(0.75, fibres) < capacity(1.0, fibres));
        assert!(capacity(1.0, fibres) > 1.6);
    }
    let silent = figure.observable("silent_fraction");
    assert!(mean_of(&silent, "silent_fraction", &[("golgi_gain", 1.0)]) < 0.1);
    assert!(mean_of(&silent, "silent_fraction", &[("golgi_gain", 0.0)]) > 0.5);
}

#[test]
fn basket_and_stellate_cells_raise_the_capacity() {
    let figure = computed("recoding-interneurons");
    let capacity = |inhibition| mean_of(&figure.rows, "capacity", &[("interneuron_inhibition", inhibition)]);
    assert!(capacity(0.0) < capacity(1.0) && capacity(1.0) < capacity(10.0));
}

#[test]
fn expansion_gains_most_with_constant_activity() {
    let rows = computed("recoding-expansion").observable("capacity_per_mossy_fibre");
    let capacity = |fibres, threshold, gain| {
        let place = [("mossy_fibres", fibres), ("granule_threshold", threshold), ("golgi_gain", gain)];
        mean_of(&rows, "capacity_per_mossy_fibre", &place)
    };
    assert!(capacity(15.0, 3.0, 1.0) > 2.0 * capacity(15.0, 3.0, 0.0));
    assert!(capacity(15.0, 3.0, 1.0) > capacity(120.0, 3.0, 1.0));
}

#[test]
fn more_patterns_are_learned_worse_in_one_trial() {
    let rows = computed("recoding-trial").observable("one_trial_error");
    let error = |load| mean_of(&rows, "one_trial_error", &[("load", load)]);
    assert!(error(0.05) < error(0.1) && error(0.1) < error(0.4));
}

#[test]
#[ignore = "takes minutes, because it runs every small sweep of the page: make test-long"]
fn the_document_is_filled_from_results() {
    let place = Place::new();
    let results = place.path("results");
    for sweep in listed(&format!("{}/small", folder("textbook"))) {
        let name = std::path::Path::new(&sweep).file_stem().unwrap().to_str().unwrap();
        Launcher::Alone.run(&["run", &sweep, "--out", &format!("{results}/textbook-{name}-small")]).expect(0);
    }
    let filled = place.path("filled.md");
    let mut script: Command = python::python("docs/textbook.py");
    python::run(script.args([env!("CARGO_BIN_EXE_microzone"), &results, "--suffix=-small", "--output", &filled]));
    let text = std::fs::read_to_string(&filled).unwrap();
    let tables: Vec<&str> =
        text.split("<!-- table: ").skip(1).map(|rest| rest.split("<!-- end -->").next().unwrap()).collect();
    assert!(tables.len() >= 15);
    for table in tables {
        assert!(table.lines().count() >= 5, "{table}");
    }
    drawn("textbook", &results, &place);
    // An observable with two dimensions is drawn over the last one, at the first place along the other.
    let responses = std::fs::read_to_string(place.path("figures/textbook-responses.svg")).unwrap();
    assert!(responses.contains("share of the duration; phase 0"), "{responses}");
}
