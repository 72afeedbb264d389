//! The results of sweeps as the programs see them that people open them with.

use std::process::Command;

use crate::launch::Launcher;
use crate::place::Place;
use crate::python;

const SWEEP: &str = r#"# µ: the text of the file is kept as it is
[sweep]
name = "dataset"
title = "Capacity of µ, 2012"
experiment = "capacity"
seed = 13
replicates = 3

[grid]
output_correlation = { start = 0.0, stop = 0.3, steps = 2 }
learner = ["exact", "perceptron", "perceptron-no-switching"]

[[zip]]
robustness = [0.0, 1.0]
bistability = [0.5, 0.0]

[fixed]
inputs = 24
epochs = 100
"#;

#[test]
fn xarray_and_ncdump_read_a_capacity_sweep() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let file = format!("{}/results.h5", place.computed(&sweep, "results", 0));

    // What every such file passes: both engines agree, every axis has its scale.
    python::run(python::python("open_results.py").arg(&file));
    python::run(python::python("check_capacity.py").args([&file, &sweep]));

    let dump = python::run_with_input(Command::new("ncdump").args(["-h", &file]), "");
    let lines: Vec<&str> = dump.lines().map(str::trim).collect();
    for line in [
        "output_correlation = 2 ;",
        "robustness_bistability = 2 ;",
        "replicate = 3 ;",
        "double output_correlation(output_correlation) ;",
        "output_correlation:long_name = \"output correlation\" ;",
        "output_correlation:description = \"c_out, correlation of successive targets\" ;",
        "capacity_mean:long_name = \"capacity (mean)\" ;",
        "capacity_theory_sem:long_name = \"capacity (theory, s.e.m.)\" ;",
        "string learner(learner) ;",
        "int64 robustness_bistability(robustness_bistability) ;",
        "double robustness(robustness_bistability) ;",
        "double capacity(output_correlation, learner, robustness_bistability, replicate) ;",
        "capacity:_FillValue = NaN ;",
        "double capacity_theory(output_correlation, learner, robustness_bistability) ;",
        "double weight_histogram_theory(output_correlation, learner, robustness_bistability, weight) ;",
        "double weight_histogram_theory_sem(output_correlation, learner, robustness_bistability, weight) ;",
        "ubyte status(output_correlation, learner, robustness_bistability, replicate) ;",
        "status:flag_meanings = \"missing done failed\" ;",
        ":Conventions = \"CF-1.11\" ;",
    ] {
        assert!(lines.contains(&line), "ncdump shows no {line:?} in {dump}");
    }
}

/// 18 parameters, whose joined names the netCDF library cannot read.
const MANY: [(&str, &str); 18] = [
    ("granule_cells", "100"),
    ("sharpness", "8"),
    ("shortest_time_constant", "0.03"),
    ("longest_time_constant", "1.5"),
    ("duration", "1.5"),
    ("interstimulus_interval", "0.25"),
    ("us_duration", "0.05"),
    ("us_rate", "20"),
    ("olive_baseline", "1"),
    ("equilibrium_rate", "1"),
    ("nucleo_olivary_inhibition", "0.5"),
    ("olive_delay", "0.02"),
    ("loop_delay", "0.1"),
    ("eligibility_delay", "0.1"),
    ("purkinje_rate", "80"),
    ("nuclear_rate", "50"),
    ("nuclear_gain", "1"),
    ("learning_rate", "0.01"),
];

#[test]
fn an_axis_of_many_parameters_is_read_by_its_name() {
    let place = Place::new();
    let columns: String = MANY.iter().map(|(name, value)| format!("{name} = [{value}]\n")).collect();
    let text = |name: &str| {
        format!(
            "[sweep]\nname = \"many\"\nexperiment = \"conditioning\"\nreplicates = 2\n[[zip]]\n{name}{columns}\
             [fixed]\nacquisition_trials = 2\nextinction_trials = 0\nreacquisition_trials = 0\n"
        )
    };
    let joined = Launcher::Alone.run(&["run", &place.file("joined.toml", &text("")), "--out", &place.path("joined")]);
    joined
        .expect(2)
        .says(&["zip[0]: its name, joined from 18 parameters, has 273 letters", "give it a name: name = \"sample\""]);
    let named = place.file("named.toml", &text("name = \"sample\"\n"));
    let file = format!("{}/results.h5", place.computed(&named, "results", 0));
    python::run(python::python("open_results.py").arg(&file));
    let dump = python::run_with_input(Command::new("ncdump").args(["-h", &file]), "");
    for line in ["sample = 1 ;", "int64 sample(sample) ;", "double learning_rate(sample) ;"] {
        assert!(dump.lines().any(|shown| shown.trim() == line), "ncdump shows no {line:?} in {dump}");
    }
}

const SNAPSHOTS: &str = r#"
[sweep]
name = "snapshots"
experiment = "movement"
replicates = 2

[grid]
diffusion = [0.0, 3300.0]
decay = [0.3, 3.0]
io_rate = [0.5, 1.0]

[fixed]
time = 0.05
"#;

#[test]
fn snapshots_have_the_axes_of_the_sweep_and_of_the_sheet() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SNAPSHOTS);
    let file = format!("{}/results.h5", place.computed(&sweep, "results", 0));
    python::run(python::python("open_results.py").arg(&file));
    let dump = python::run_with_input(Command::new("ncdump").args(["-h", &file]), "");
    let lines: Vec<&str> = dump.lines().map(str::trim).collect();
    for line in [
        "diffusion = 2 ;",
        "y = 108 ;",
        "x = 216 ;",
        "diffusion:units = \"µm²/s\" ;",
        "decay:units = \"1/s\" ;",
        "io_rate:units = \"1/s\" ;",
        "x:units = \"µm\" ;",
        "double concentration(diffusion, decay, io_rate, replicate, y, x) ;",
        "double concentration_mean(diffusion, decay, io_rate, y, x) ;",
        "double mean_concentration_theory(diffusion, decay, io_rate) ;",
    ] {
        assert!(lines.contains(&line), "ncdump shows no {line:?} in {dump}");
    }
}
