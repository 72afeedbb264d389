//! Results as other programs see them: R, the scripts of `examples/`, and xarray's own figures.

use std::process::Command;

use serde_json::{Value, json};

use crate::launch::Launcher;
use crate::place::Place;
use crate::python;

const JOINT: &str = r#"
[sweep]
name = "readers"
title = "Nitric oxide, µm²/s"
experiment = "movement"
replicates = 2

[grid]
microzones = ["joined", "separated"]

[[zip]]
diffusion = [0.0, 3300.0]
decay = [0.3, 3.0]

[fixed]
time = 0.05
release = "soma"
"#;

const CAPACITY: &str = r#"
[sweep]
name = "bistable"
title = "Bistable cells, µ"
experiment = "capacity"
replicates = 3

[grid]
output_correlation = [0.0, 0.4, 0.8]
bistability = [0.0, 1.0]

[fixed]
inputs = 20
"#;

/// A command that runs this script of the project by an R that has ncdf4.
fn r(script: &str) -> Command {
    let usable = Command::new("Rscript").args(["-e", "library(ncdf4)"]).output();
    assert!(usable.is_ok_and(|output| output.status.success()), "no R with ncdf4: run `make packages`");
    let mut command = Command::new("Rscript");
    command.arg(format!("{}/{script}", env!("CARGO_MANIFEST_DIR")));
    command
}

#[test]
fn r_reads_texts_numbers_and_groups() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", JOINT), "results", 0);
    let printed = python::run(r("tests/r/read_results.R").arg(format!("{out}/results.h5")));
    let line = |name: &str| {
        let found = printed.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        found.unwrap_or_else(|| panic!("no {name} in {printed}"))
    };
    assert_eq!(line("title"), "Nitric oxide, µm²/s");
    assert_eq!(line("units"), "µm²/s");
    assert_eq!(line("microzones"), "joined | separated");
    assert_eq!(line("labels"), "diffusion = 0, decay = 0.3 | diffusion = 3300, decay = 3");
    assert_eq!(line("release"), "soma");
    assert_eq!(line("status"), "1 1 1 1 1 1 1 1");
    let parameters = "io_rate = 1, microzone_order = extensor-first, start = target, release = soma, time = 0.05, \
                      accuracy = 0.001";
    assert_eq!(line("parameters"), parameters);
    // Not as JSON, because serde_json may read a number as its neighbour.
    let table = Launcher::Alone.run(&["table", &out, "--format", "csv"]).expect(0).output;
    let mut rows = table.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let column = rows.next().unwrap().iter().position(|name| *name == "mean_concentration_mean").unwrap();
    let means: Vec<f64> = rows.map(|row| row[column].parse().unwrap()).collect();
    let read: Vec<f64> = line("mean").split(' ').map(|number| number.parse().unwrap()).collect();
    assert_eq!(read, means);
}

#[test]
fn the_scripts_of_examples_draw_a_sweep_in_its_own_words() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", CAPACITY), "results", 0);
    // Texts as letters rather than as outlines.
    place.file("matplotlibrc", "svg.fonttype: none\n");
    let (svg, pdf, png) = (place.path("figure.svg"), place.path("figure.pdf"), place.path("figure.png"));
    let printed = python::run(
        python::python("examples/figure.py").args([&out, &svg]).env("MATPLOTLIBRC", place.path("matplotlibrc")),
    );
    assert_eq!(printed.trim(), format!("{svg}: capacity over output_correlation, 2 lines of 3 points"));
    for file in [&pdf, &png] {
        let printed = python::run(r("examples/figure.R").args([&out, file]));
        assert_eq!(printed.trim(), format!("{file}: capacity over output_correlation, 2 lines of 3 points"));
    }
    let svg = std::fs::read_to_string(svg).unwrap();
    // R writes its texts in Latin 1.
    let pdf: String = std::fs::read(pdf).unwrap().into_iter().map(char::from).collect();
    let words = ["Bistable cells, µ", "output correlation", "capacity", "bistability = 0", "bistability = 1"];
    let note = "inputs = 20; bars: one standard error, 3 replicates; lines: theory";
    for word in words.into_iter().chain([note]) {
        assert!(svg.contains(&format!(">{word}<")), "Python draws no {word:?}");
        assert!(pdf.contains(&format!("({word}) Tj")), "R draws no {word:?}");
    }
    assert!(std::fs::read(png).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn the_scripts_of_examples_name_what_there_is_to_draw() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", CAPACITY), "results", 0);
    let refusal = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(!output.status.success(), "{command:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let figure = place.path("figure.png");
    let python = refusal(python::python("examples/figure.py").args([&out, &figure, "--observable", "nothing"]));
    let r = refusal(r("examples/figure.R").args([&out, &figure, "nothing"]));
    for said in [python, r] {
        assert!(said.contains("nothing") && said.contains("capacity, silent_fraction"), "{said}");
        assert!(!said.contains("weight_histogram"), "{said}");
    }
}

#[test]
fn figures_of_xarray_need_no_words_but_those_of_the_file() {
    let place = Place::new();
    let joint = place.computed(&place.file("joint.toml", JOINT), "joint", 0);
    let capacity = place.computed(&place.file("capacity.toml", CAPACITY), "capacity", 0);
    let (joint, capacity) = (format!("{joint}/results.h5"), format!("{capacity}/results.h5"));
    let panels = [
        [&capacity, "capacity_mean", r#"{"x": "output_correlation", "hue": "bistability"}"#],
        [&joint, "mean_concentration_mean", r#"{"x": "diffusion_decay_label", "hue": "microzones"}"#],
        [&joint, "mean_concentration_mean", "{}"],
    ];
    let expected = [
        json!({ "title": "inputs = 20", "x": "output correlation", "y": "capacity (mean)", "bar": [],
                "legend": ["bistability", "0.0", "1.0"] }),
        json!({ "title": "release = soma, time = 0.05 [s]", "x": "diffusion, decay",
                "y": "mean concentration (mean) [s]", "bar": [], "legend": ["microzones", "joined", "separated"],
                "ticks": ["diffusion = 0, decay = 0.3", "diffusion = 3300, decay = 3"] }),
        json!({ "title": "release = soma, time = 0.05 [s]", "x": "index of diffusion, decay", "y": "microzones",
                "bar": ["mean concentration (mean) [s]"], "legend": [] }),
    ];
    for engine in ["h5netcdf", "netcdf4"] {
        let mut command = python::python("plot_defaults.py");
        command.args([&place.path("picture.png"), "--engine", engine]);
        for panel in &panels {
            command.arg("--panel").args(panel);
        }
        let seen: Vec<Value> = serde_json::from_str(&python::run(&mut command)).unwrap();
        assert_eq!(seen.len(), expected.len());
        for (seen, expected) in seen.iter().zip(&expected) {
            for (part, words) in expected.as_object().unwrap() {
                assert_eq!(seen[part], *words, "{engine}: {part}");
            }
        }
    }
}
