//! Learning to reach as users meet it: axes, units, runs that are lost, paths of the hand.

use std::process::Command;

use crate::launch::Launcher;
use crate::place::Place;
use crate::python;

const SWEEP: &str = r#"
[sweep]
name = "reaching"
experiment = "reaching"
seed = 3
replicates = 2
streams = "paired"

[grid]
diffusion = [0, 3300]
decay = [0.3, 1.0]
io_rate = [0.5]
cerebellar_gain = [2, 3000]

[fixed]
movements = 8
"#;

#[test]
fn the_table_of_errors_has_diffusion_decay_and_rate_as_labelled_axes() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let file = format!("{out}/results.h5");
    python::run(python::python("open_results.py").arg(&file));
    let dump = python::run_with_input(Command::new("ncdump").args(["-h", &file]), "");
    let lines: Vec<&str> = dump.lines().map(str::trim).collect();
    for line in [
        "double diffusion(diffusion) ;",
        "diffusion:units = \"µm²/s\" ;",
        "decay:units = \"1/s\" ;",
        "io_rate:units = \"1/s\" ;",
        "double mse(diffusion, decay, io_rate, cerebellar_gain, replicate) ;",
        "mse:units = \"cm²\" ;",
        "double mse_mean(diffusion, decay, io_rate, cerebellar_gain) ;",
        "double learning_curve(diffusion, decay, io_rate, cerebellar_gain, replicate, share_of_training) ;",
        "double mse_by_target_sem(diffusion, decay, io_rate, cerebellar_gain, target) ;",
        "double hand_paths(diffusion, decay, io_rate, cerebellar_gain, learned, movement, time, side) ;",
    ] {
        assert!(lines.contains(&line), "ncdump shows no {line:?} in {dump}");
    }
    let csv = Launcher::Alone.run(&["table", &out, "--format", "csv"]).expect(0).output;
    let header = "diffusion,decay,io_rate,cerebellar_gain,mse_mean,mse_sem,n,diverged,failed,censored,missing";
    assert_eq!(csv.lines().next(), Some(header));
}

#[test]
fn lost_arms_are_reported_and_enter_no_mean() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let shown = Launcher::Alone.run(&["table", &out]).expect(0);
    shown.says(&["diverged in 8 of 8 replicates at 4 of 8 points; means are over the others"]);
    // Before learning all is known, and all alike.
    let initial =
        Launcher::Alone.run(&["table", &out, "--observable", "mse_initial", "--format", "csv"]).expect(0).output;
    let column = |line: &str| line.split(',').nth(4).unwrap().to_string();
    let errors: Vec<String> = initial.lines().skip(1).map(column).collect();
    assert!(errors.len() == 8 && errors.iter().all(|error| *error == errors[0]), "{initial}");
    Launcher::Alone.run(&["verify", &out, "--recompute", "4"]).expect(0).says(&["4 of 4 tasks with equal bits"]);
}

#[test]
fn values_at_odds_are_refused_with_a_remedy() {
    let place = Place::new();
    let refused = |line: &str, said: &[&str]| {
        let sweep = place
            .file("wrong.toml", &format!("[sweep]\nname = \"wrong\"\nexperiment = \"reaching\"\n[fixed]\n{line}\n"));
        Launcher::Alone.run(&["plan", &sweep]).expect(2).says(said);
    };
    refused("error_delay = 0.012", &["error_delay = 0.012 s is not a multiple of the step of 0.005 s; try 0.01"]);
    refused("accuracy = 0", &["accuracy", "[0.0001, 0.1]"]);
    refused("target_distance = 0.3", &["target_distance", "(0, 0.24]"]);
    refused("learning_rat = 0.1", &["learning_rate"]);
    // A problem that only moving the arm can show is a failed task.
    let lost = "[sweep]\nname = \"lost\"\nexperiment = \"reaching\"\nreplicates = 1\n[fixed]\nvelocity_gain = 300\n";
    let out = place.computed(&place.file("lost.toml", lost), "lost", 3);
    let shown = Launcher::Alone.run(&["status", &out]).expect(0);
    shown.says(&["\n  replicate 0: the arm is lost without a cerebellum; try a position_gain"]);
}
