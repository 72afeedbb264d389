//! Tasks that fail are recorded, shown, counted, and computed again on request.

use std::process::Command;

use serde_json::Value;

use crate::launch::Launcher;
use crate::place::{Place, computed_last, runs, status};
use crate::products::Products;
use crate::python;

const SWEEP: &str = r#"
[sweep]
name = "failures"
experiment = "null"
seed = 8
replicates = 3

[grid]
outcome = ["value", "panic", "not-finite", "error"]
"#;

#[test]
fn every_kind_of_failure_is_recorded_with_parameters_and_message() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    let ended = Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "2"]).expect(3);
    ended.says(&["3 of 12 tasks done, 9 failed"]);

    let status = status(&out).unwrap();
    assert_eq!((&status["done"], &status["failed"], &status["left"]), (&3.into(), &9.into(), &0.into()));
    let failures = status["failures"].as_array().unwrap();
    for (outcome, message) in [
        ("panic", "this null task was told to panic"),
        ("not-finite", "value is NaN"),
        ("error", "this null task was told to fail"),
    ] {
        for replicate in 0..3 {
            let found = failures.iter().find(|failure| {
                failure["parameters"] == format!("outcome = {outcome}") && failure["replicate"] == replicate
            });
            let told = found.unwrap_or_else(|| panic!("no {outcome}, replicate {replicate} in {status:#}"));
            assert!(told["message"].as_str().unwrap().contains(message), "{told:#}");
        }
    }
    let shown = Launcher::Alone.run(&["status", &out, "--failures", "4"]).expect(0);
    shown.says(&["failed    9", "outcome = panic, replicate 0: ", "told to panic", "and 5 more"]);
}

#[test]
fn failed_tasks_are_flagged_in_the_results_and_have_no_values() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 3);
    let printed = python::run(python::python("read_points.py").arg(format!("{out}/results.h5")));
    let tasks: Vec<Value> = serde_json::from_str(&printed).unwrap();
    assert_eq!(tasks.len(), 12);
    for task in tasks {
        let works = task["parameters"]["outcome"] == "value";
        let bits = u64::from_str_radix(task["values"]["value"].as_str().unwrap(), 16).unwrap().swap_bytes();
        assert_eq!(task["status"], if works { 1 } else { 2 }, "{task}");
        assert_eq!(f64::from_bits(bits).is_nan(), !works, "{task}");
    }
    let table = std::fs::read_to_string(format!("{out}/tables/value.csv")).unwrap();
    assert!(table.contains("\npanic,,,0,3,0,0\n"), "{table}");
    let dump = python::run(Command::new("ncdump").args(["-v", "status", &format!("{out}/results.h5")]));
    assert!(dump.contains("1, 1, 1,\n  2, 2, 2,\n  2, 2, 2,\n  2, 2, 2 ;"), "{dump}");
}

#[test]
fn a_failure_has_a_class_in_the_record() {
    let place = Place::new();
    let text = SWEEP.replace("\"error\"]", "\"error\", \"censored-above\", \"censored-below\"]");
    let out = place.computed(&place.file("sweep.toml", &text), "results", 3);
    let status = status(&out).unwrap();
    let classes: Vec<(&str, &str)> = status["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| (failure["parameters"].as_str().unwrap(), failure["class"].as_str().unwrap()))
        .collect();
    for (outcome, class) in [
        ("panic", "panic"),
        ("not-finite", "model"),
        ("error", "model"),
        ("censored-above", "censored-above"),
        ("censored-below", "censored-below"),
    ] {
        let parameters = format!("outcome = {outcome}");
        assert_eq!(classes.iter().filter(|found| **found == (&parameters, class)).count(), 3, "{status:#}");
    }
    let shown = Launcher::Alone.run(&["status", &out]).expect(0);
    shown.says(&["outcome = censored-above, replicate 0: censored above: this null task was told to exceed its limit"]);
}

/// The load limit is not an opinion of the search: the capacity is known to exceed it.
#[test]
fn a_capacity_beyond_the_load_limit_is_censored() {
    let place = Place::new();
    let text = "[sweep]\nname = \"limit\"\nexperiment = \"capacity\"\n[grid]\nlearner = [\"exact\", \"perceptron\"]\n\
                [fixed]\ninputs = 100\nload_limit = 0.1\n";
    let out = place.computed(&place.file("sweep.toml", text), "results", 3);
    let failures = status(&out).unwrap()["failures"].clone();
    assert_eq!(failures.as_array().unwrap().len(), 2);
    for failure in failures.as_array().unwrap() {
        assert_eq!(failure["class"], "censored-above", "{failures:#}");
    }
}

#[test]
fn only_failed_tasks_are_computed_again_and_only_on_request() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 3);
    let before = Products::read(&out);
    let again = ["run", &sweep, "--out", &out, "--threads", "2"];
    Launcher::Alone.run(&again).expect(3).says(&["nothing left to compute"]);
    assert_eq!(runs(&out).len(), 1);
    let retried = [&again[..], &["--retry-failed"]].concat();
    Launcher::Ranks(2).run(&retried).expect(3);
    assert_eq!(computed_last(&out), 9);
    before.assert_equal(&Products::read(&out), "after --retry-failed");
}

/// Records of failures that are none any more: what a repaired machine or program computes again.
#[test]
fn a_retried_task_that_succeeds_counts_as_done() {
    use microzone::experiment::{Outcome, TaskFailure};
    use microzone::store::{Record, shard};
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SWEEP.replace(", \"panic\", \"not-finite\", \"error\"", ""));
    let out = place.computed(&sweep, "results", 0);
    let reference = Products::read(&out);
    for path in crate::place::listed(&format!("{out}/shards")) {
        let failed = |record: Record| Record { outcome: Outcome::Failed(TaskFailure::model("no memory")), ..record };
        let records: Vec<Record> = shard::read(path.as_ref()).unwrap().records.into_iter().map(failed).collect();
        shard::write(path.as_ref(), &records).unwrap();
    }
    // It has more done tasks than the records now, and would stay.
    std::fs::remove_file(format!("{out}/results.h5")).unwrap();
    assert_eq!(status(&out).unwrap()["failed"], 3);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(3);
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--retry-failed"]).expect(0);
    reference.assert_equal(&Products::read(&out), "after --retry-failed");
    Launcher::Alone.run(&["verify", &out, "--recompute", "3"]).expect(0);
}

#[test]
fn too_many_failures_stop_the_run_early() {
    let place = Place::new();
    let text = SWEEP.replace("replicates = 3", "replicates = 500") + "\n[fixed]\nduration = 0.01\nfailing = 0.5\n";
    let sweep = place.file("sweep.toml", &text);
    let out = place.path("results");
    for (launcher, round) in [(Launcher::Alone, 1), (Launcher::Ranks(2), 2)] {
        let arguments = ["run", &sweep, "--out", &out, "--threads", "2", "--max-failures", "5"];
        launcher.run(&arguments).expect(3).says(&["stopped after"]);
        let failed = status(&out).unwrap()["failed"].as_u64().unwrap();
        assert!((5 * round..5 * round + 60).contains(&failed), "{failed} failures after {round} runs");
        assert_eq!(runs(&out).last().unwrap()["state"], "too many failures");
    }
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "40"]).expect(3);
    place.reference(&sweep, 3).assert_equal(&Products::read(&out), "stopped twice by failures");
}
