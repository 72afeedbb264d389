//! The theory of a sweep as work: computed once, stopped, resumed, failed and counted apart from the tasks.

use serde_json::{Value, json};

use crate::launch::Launcher;
use crate::place::{Place, computed_last, runs, status};
use crate::products::Products;
use crate::running::{await_until, signal};

/// Sixteen cells of a few tenths of a second each, and 64 tasks of no time.
const SLOW: &str = r#"
[sweep]
name = "slow-theory"
experiment = "capacity"
seed = 3
replicates = 2

[grid]
output_correlation = { start = 0.1, stop = 0.85, steps = 16 }
inputs = [10, 12]

[fixed]
input_correlation = 0.5

[theory]
relative_error = 0.001
"#;

fn quick() -> String {
    SLOW.replace("0.001", "0.02")
}

fn theory_of(out: &str) -> Value {
    status(out).unwrap()["theory"].clone()
}

#[test]
fn theory_that_does_not_fit_the_time_limit_is_left_and_looks_compute_none_of_it() {
    let place = Place::new();
    // Six minutes a cell, as is expected.
    let text = SLOW.replace("0.001", "0.0001").replace("input_correlation = 0.5", "input_correlation = 0.95");
    let sweep = place.file("sweep.toml", &text);
    let out = place.path("results");
    Launcher::Alone.run(&["plan", &sweep, "--out", &out]).expect(0).says(&["theory      16 cells, 0 done, 16 left"]);
    let limited = ["run", &sweep, "--out", &out, "--time-limit", "10s", "--threads", "1"];
    let ended = Launcher::Alone.run(&limited).expect(75);
    ended.says(&["nothing more fits the time limit, 16 theory cells left", "the same command resumes"]);
    let after = status(&out).unwrap();
    assert_eq!(after["theory"], json!({"cells": 16, "done": 0, "failed": 0}), "{after:#}");
    assert_eq!((&after["done"], &after["left"]), (&json!(64), &json!(0)));
    assert!(after["explanation"].as_str().unwrap().contains("the same command resumes"), "{after:#}");
    let csv = Launcher::Alone.run(&["table", &out, "--format", "csv"]).expect(0);
    let csv = csv.says(&["16 of 16 cells without theory; `microzone run` computes 16 of them"]);
    let header: Vec<&str> = csv.output.lines().next().unwrap().split(',').collect();
    let column = header.iter().position(|name| *name == "capacity_theory").unwrap();
    assert!(csv.output.lines().skip(1).all(|line| line.split(',').nth(column) == Some("")), "{csv}");
    for verb in ["reduce", "plot"] {
        Launcher::Alone.run(&[verb, &out]).expect(0).says(&["16 of 16 cells without theory"]);
    }
    Launcher::Alone.run(&["verify", &out]).expect(0);
    assert_eq!(theory_of(&out)["done"], 0, "only `run` computes");
}

#[test]
fn theory_is_stopped_by_a_signal_and_by_a_kill_and_resumed_where_it_was() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let out = place.path("results");
    let reference = place.reference(&sweep, 0);
    for (launcher, name) in [(Launcher::Alone, "TERM"), (Launcher::Ranks(2), "KILL")] {
        let done = status(&out).map_or(0, |status| status["theory"]["done"].as_u64().unwrap());
        let running = launcher.start(&["run", &sweep, "--out", &out, "--threads", "1", "--grace", "50ms"]);
        await_until("one more cell", || status(&out).filter(|status| status["theory"]["done"].as_u64() > Some(done)));
        running.await_ranks(launcher.ranks()).iter().for_each(|(_, pid)| signal(*pid, name));
        let ended = running.wait();
        assert_ne!(ended.code, Some(0), "{ended}");
        assert!(theory_of(&out)["done"].as_u64().unwrap() < 16, "{ended}");
    }
    let before = theory_of(&out)["done"].as_u64().unwrap();
    assert!(before >= 2, "{before} cells");
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out]).expect(0);
    let last = runs(&out).pop().unwrap();
    assert_eq!(last["theory"], json!({"cells": 16, "done": 16, "failed": 0}));
    reference.assert_equal(&Products::read(&out), "stopped and killed in the theory");
    let verified = Launcher::Alone.run(&["verify", &out, "--recompute", "100"]).expect(0);
    verified.says(&["64 good, and 16 theory cells", "64 of 64 tasks with equal bits", "16 of 16 theory cells"]);
}

#[test]
fn bytes_do_not_depend_on_who_computes_the_theory() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &quick());
    let reference = place.reference(&sweep, 0);
    for (launcher, threads) in [(Launcher::Alone, "1"), (Launcher::Ranks(2), "1"), (Launcher::Ranks(3), "2")] {
        let out = place.path(&format!("results-{launcher:?}"));
        launcher.run(&["run", &sweep, "--out", &out, "--threads", threads]).expect(0);
        reference.assert_equal(&Products::read(&out), &format!("{launcher:?}"));
    }
}

#[test]
fn another_accuracy_computes_the_theory_again_and_no_task() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &quick());
    let out = place.path("results");
    let table = || Launcher::Alone.run(&["table", &out, "--format", "csv"]).expect(0).output;
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0);
    let rough = table();
    std::fs::write(&sweep, SLOW.replace("0.001", "0.005")).unwrap();
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0);
    assert_eq!(computed_last(&out), 0);
    assert_ne!(rough, table());
    // The cells of the first accuracy are still there.
    std::fs::write(&sweep, quick()).unwrap();
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0).says(&["nothing left to compute"]);
    assert_eq!(rough, table());
}

#[test]
fn a_cell_out_of_reach_fails_with_an_accuracy_that_can_be_reached() {
    let place = Place::new();
    let text = |error: &str| {
        format!(
            "[sweep]\nname = \"out-of-reach\"\nexperiment = \"capacity\"\n[grid]\noutput_correlation = [0.0, 0.999]\n\
             [fixed]\ninputs = 10\ninput_correlation = 0.8\nbistability = 1\nload_limit = 1000\n\
             [theory]\nrelative_error = {error}\n"
        )
    };
    let sweep = place.file("sweep.toml", &text("0.0008"));
    let out = place.path("results");
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--max-failures", "1"]).expect(3);
    let after = status(&out).unwrap();
    assert_eq!(after["theory"]["failed"], 1, "{after:#}");
    assert_eq!((&after["failed"], &after["left"]), (&json!(0), &json!(0)));
    assert_eq!(after["theory_failures"][0]["parameters"], "output_correlation = 0.999");
    let said = after["theory_failures"][0]["message"].as_str().unwrap();
    assert!(said.contains("a relative standard error of 0.0008 is out of reach here"), "{said}");
    Launcher::Alone.run(&["status", &out]).expect(0).says(&["failed theory cells", "out of reach", "would fail again"]);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(3).says(&["nothing left", "1 of 2 cells done"]);
    let reachable = said.split("here; ").nth(1).unwrap().split(' ').next().unwrap();
    std::fs::write(&sweep, text(reachable)).unwrap();
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0);
    assert_eq!(status(&out).unwrap()["state"], "complete");
    let flags = ["theory", "capacity", "--input-correlation", "0.8", "--output-correlation", "0.999"];
    let asked = [&flags[..], &["--bistability", "1", "--standard-error", "0.0008"]].concat();
    Launcher::Alone.run(&asked).expect(2).says(&["0.0008 is out of reach here", "can be reached"]);
}

#[test]
fn a_bad_table_is_refused_with_a_remedy() {
    let place = Place::new();
    let head = |experiment: &str| format!("[sweep]\nname = \"bad\"\nexperiment = \"{experiment}\"\n[theory]\n");
    for (experiment, line, said) in [
        ("capacity", "relative_error = 0.5", "0.5 is not a number between 1e-4 and 0.1"),
        ("capacity", "relative_error = \"0.01\"", "is a text"),
        ("capacity", "relative_eror = 0.01", "did you mean `relative_error`?"),
        ("capacity", "", "theory.relative_error: missing"),
        ("rebound", "relative_error = 1", "1 is not a number in (0, 1)"),
        ("reaching", "relative_error = 0.01", "the experiment \"reaching\" has no theory; remove the table"),
    ] {
        let sweep = place.file("sweep.toml", &(head(experiment) + line + "\n"));
        Launcher::Alone.run(&["plan", &sweep]).expect(2).says(&[said]);
    }
    let exact = place.file("exact.toml", &(head("rebound") + "relative_error = 0.01\n"));
    Launcher::Alone.run(&["plan", &exact]).expect(0).says(&["theory      1 cell"]);
}

#[test]
fn answers_with_one_key_have_one_sequence() {
    let answer = |correlation: &str, key: &[&str]| -> f64 {
        let flags = ["theory", "capacity", "--input-correlation", "0.8", "--output-correlation", correlation];
        let asked = [&flags[..], &["--standard-error", "0.02", "--format", "json"], key].concat();
        let json: Value = serde_json::from_str(&Launcher::Alone.run(&asked).expect(0).output).unwrap();
        json["capacity"].as_f64().unwrap()
    };
    // The two differ by far less than the errors of either, of 2 %, if they share their sequences.
    let [one, other] = ["0.8", "0.80001"].map(|correlation| answer(correlation, &["--key", "both"]));
    assert!((one / other - 1.0).abs() < 2e-3, "{one} {other}");
    let [one, other] = ["0.8", "0.80001"].map(|correlation| answer(correlation, &[]));
    assert!((one / other - 1.0).abs() > 1e-4, "{one} {other}");
}
