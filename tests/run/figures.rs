//! The sweeps of published figures: every one has a small twin, with which its findings are tested.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

use crate::launch::Launcher;
use crate::place::{Place, listed};
use crate::python;

const FOLDERS: [&str; 3] = ["clopath2012", "schweighofer2000", "textbook"];

pub(crate) fn folder(figures: &str) -> String {
    format!("{}/sweeps/{figures}", env!("CARGO_MANIFEST_DIR"))
}

/// What a twin computed.
pub(crate) struct Figure {
    out: String,
    /// Of the table of its first observable.
    pub(crate) rows: Vec<Value>,
    _place: Place,
}

impl Figure {
    pub(crate) fn computed(figures: &str, name: &str) -> Self {
        let place = Place::new();
        let out = place.computed(&format!("{}/small/{name}.toml", folder(figures)), "results", 0);
        let rows = rows(&Launcher::Alone.run(&["table", &out, "--format", "json"]).expect(0).output);
        Self { out, rows, _place: place }
    }

    /// The rows of the table of another observable.
    pub(crate) fn observable(&self, name: &str) -> Vec<Value> {
        rows(&Launcher::Alone.run(&["table", &self.out, "--format", "json", "--observable", name]).expect(0).output)
    }
}

fn rows(table: &str) -> Vec<Value> {
    let table: Value = serde_json::from_str(table).unwrap();
    table["rows"].as_array().unwrap().clone()
}

/// The rows at which these parameters have these values.
pub(crate) fn at<'a>(rows: &'a [Value], parameters: &'a [(&str, f64)]) -> impl Iterator<Item = &'a Value> {
    let has = |row: &Value, name: &str, value: f64| (row[name].as_f64().unwrap() - value).abs() < 1e-12;
    rows.iter().filter(move |row| parameters.iter().all(|&(name, value)| has(row, name, value)))
}

pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    assert!(!values.is_empty(), "no such row");
    values.iter().sum::<f64>() / values.len() as f64
}

/// Draws the figures of a page from the results of the small twins: those that the page shows, and no others.
pub(crate) fn drawn(page: &str, results: &str, place: &Place) {
    let program = env!("CARGO_BIN_EXE_microzone");
    let output = place.path("figures");
    std::fs::create_dir(&output).unwrap();
    let mut script: Command = python::python("docs/figures.py");
    python::run(script.args([page, program, results, "--suffix=-small", "--output", &output]));
    let document = std::fs::read_to_string(format!("{}/docs/{page}.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut shown: Vec<&str> = document
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| link.ends_with(".svg"))
        .collect();
    shown.sort_unstable();
    let names: Vec<String> = listed(&output).iter().map(|path| path.rsplit('/').next().unwrap().to_string()).collect();
    assert_eq!(names, shown);
    for name in names {
        let drawing = std::fs::read_to_string(format!("{output}/{name}")).unwrap();
        let committed = format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(&committed).unwrap();
        // The committed one is of the full size, and by the same hand.
        for text in [&drawing, &committed] {
            assert!(text.contains("<desc>") && text.contains("@font-face"), "{name}");
            assert!(text.contains("experiment "), "{name}");
        }
        assert!(drawing.contains("-small") && !committed.contains("-small"), "{name}");
    }
}

#[test]
fn each_sweep_has_a_small_twin_that_differs_in_size_only() {
    for folder in FOLDERS.map(folder) {
        let sweeps: Vec<String> = listed(&folder).into_iter().filter(|path| path.ends_with(".toml")).collect();
        assert!(sweeps.len() >= 5);
        assert_eq!(sweeps.len(), listed(&format!("{folder}/small")).len());
        for path in sweeps {
            let name = Path::new(&path).file_name().unwrap().to_str().unwrap();
            let read = |path: &str| -> Table { std::fs::read_to_string(path).unwrap().parse().unwrap() };
            let (full, small) = (read(&path), read(&format!("{folder}/small/{name}")));
            let title = full["sweep"]["name"].as_str().unwrap();
            assert_eq!(small["sweep"]["name"].as_str().unwrap(), format!("{title}-small"), "{name}");
            assert_eq!(without_size(full), without_size(small), "{name}");
            // The full one is a good sweep, too.
            let out = Place::new().path("nothing");
            Launcher::Alone.run(&["plan", &path, "--out", &out]).expect(0);
        }
    }
}

fn without_size(mut sweep: Table) -> Table {
    for (table, key) in [
        ("sweep", "name"),
        ("sweep", "replicates"),
        ("fixed", "inputs"),
        ("fixed", "granule_cells"),
        ("fixed", "mossy_fibres"),
        ("fixed", "trials"),
        ("fixed", "duration"),
        ("fixed", "warm_up"),
        ("fixed", "movements"),
        ("fixed", "learning_steps"),
        ("grid", "learning_steps"),
        ("grid", "inputs"),
        ("grid", "movements"),
        ("grid", "mossy_fibres"),
        ("precision", "relative_error"),
        ("precision", "max_replicates"),
    ] {
        if let Some(table) = sweep.get_mut(table).and_then(toml::Value::as_table_mut) {
            table.remove(key);
        }
    }
    // The axis of sizes.
    if let Some(joint) = sweep.get_mut("zip").and_then(toml::Value::as_array_mut) {
        let sizes = ["granule_cells", "mossy_fibres"];
        let is_size = |axis: &toml::Value| axis.as_table().unwrap().keys().all(|name| sizes.contains(&name.as_str()));
        joint.retain(|axis| !is_size(axis));
    }
    sweep
}
