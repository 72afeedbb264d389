//! Sweeps that ask for a precision: how many replicates there are depends on the results alone.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::launch::Launcher;
use crate::matrix::Matrix;
use crate::place::{Place, computed_last, status};
use crate::products::{Products, tree};
use crate::python;

const SWEEP: &str = r#"
[sweep]
name = "precision"
experiment = "null"
seed = 30
replicates = 6

[grid]
index = { start = 1, stop = 12, steps = 12 }

[fixed]
outcome = "error"
failing = 0.05
duration = 0.002

[precision]
observable = "value"
relative_error = 0.1
max_replicates = 40
"#;

/// Status and value of each replicate, by point.
fn points(out: &str) -> BTreeMap<i64, Vec<(i64, f64)>> {
    let printed = python::run(python::python("read_points.py").arg(format!("{out}/results.h5")));
    let tasks: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let mut points: BTreeMap<i64, Vec<(i64, f64)>> = BTreeMap::new();
    for task in tasks {
        let bits = u64::from_str_radix(task["values"]["value"].as_str().unwrap(), 16).unwrap().swap_bytes();
        let index = task["parameters"]["index"].as_i64().unwrap();
        points.entry(index).or_default().push((task["status"].as_i64().unwrap(), f64::from_bits(bits)));
    }
    points
}

/// Relative standard error of those of the first `n` replicates that have a value.
fn relative_error(replicates: &[(i64, f64)], n: usize) -> f64 {
    let done: Vec<f64> = replicates[..n].iter().map(|(_, value)| *value).filter(|value| !value.is_nan()).collect();
    let count = done.len() as f64;
    let mean = done.iter().sum::<f64>() / count;
    let variance = done.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (variance / count).sqrt() / mean
}

/// The rule once more, in another form: the number of replicates, and whether they are enough.
fn expected(replicates: &[(i64, f64)], first: usize, wanted: f64, most: usize) -> (usize, bool) {
    let mut n = first;
    while relative_error(replicates, n) > wanted && n < most {
        let would_do = |more: &usize| *more as f64 >= n as f64 * (relative_error(replicates, n) / wanted).powi(2);
        n = (n + 1..2 * n).find(would_do).unwrap_or(2 * n).min(most);
    }
    (n, relative_error(replicates, n) <= wanted)
}

#[test]
fn the_bytes_do_not_depend_on_how_it_was_computed() {
    let launchers = &[Launcher::WithoutMpi, Launcher::Alone, Launcher::Ranks(2), Launcher::Ranks(3)];
    Matrix { launchers, threads: &[1, 2], kills: &[0] }.check(SWEEP, 3);
}

#[test]
fn kills_leave_no_trace() {
    let launchers = &[Launcher::WithoutMpi, Launcher::Ranks(2), Launcher::Ranks(3)];
    Matrix { launchers, threads: &[2], kills: &[2] }.check(&SWEEP.replace("0.002", "0.01"), 3);
}

#[test]
fn every_point_has_the_replicates_that_its_own_results_ask_for() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    let ended = Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "2"]).expect(3);
    let (mut counts, mut not_met) = (Vec::new(), 0);
    for (index, replicates) in points(&out) {
        assert_eq!(replicates.len(), 40);
        let (n, met) = expected(&replicates, 6, 0.1, 40);
        let (needed, others) = replicates.split_at(n);
        assert!(needed.iter().all(|(status, _)| [1, 2].contains(status)), "index {index}, {n} wanted: {needed:?}");
        assert!(others.iter().all(|(status, value)| *status == 3 && value.is_nan()), "index {index}, {n} wanted");
        counts.push(n as u64);
        not_met += usize::from(!met);
    }
    let total: u64 = counts.iter().sum();
    counts.sort_unstable();
    counts.dedup();
    // The seed gives some of everything.
    assert!(counts.len() > 3 && (1..12).contains(&not_met), "{counts:?}, {not_met} not met");

    assert_eq!(computed_last(&out), total, "other tasks were computed than are needed");
    ended.says(&[&format!("of {total} tasks done"), &format!("precision not met at {not_met} of 12 points")]);
    let status = status(&out).unwrap();
    assert_eq!((&status["tasks"], &status["left"]), (&total.into(), &0.into()), "{status:#}");
    assert_eq!(status["precision"], serde_json::json!({ "met": 12 - not_met, "not_met": not_met, "open": 0 }));
    let table = |format| Launcher::Alone.run(&["table", &out, "--format", format]).expect(0).output;
    assert!(table("text").contains(&format!("precision not met at {not_met} of 12 points")), "{}", table("text"));
    let mut csv = csv::Reader::from_reader(std::fs::File::open(format!("{out}/tables/value.csv")).unwrap());
    let column = csv.headers().unwrap().iter().position(|name| name == "precision_met").unwrap();
    assert_eq!(csv.records().filter(|row| &row.as_ref().unwrap()[column] == "0").count(), not_met);
    Launcher::Alone.run(&["plan", &sweep, "--out", &out]).expect(0).says(&["left        0\n", &format!(" {total} (")]);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(3).says(&["nothing left to compute"]);
    let dump = python::run(std::process::Command::new("ncdump").args(["-h", &format!("{out}/results.h5")]));
    assert!(dump.contains("status:flag_meanings = \"missing done failed not_needed\""), "{dump}");
    assert!(dump.contains("precision:flag_meanings = \"open met not_met\""), "{dump}");
}

/// The sweep with runs that diverge too.
fn diverging() -> String {
    SWEEP.replace("\"null\"", "\"probe\"").replace("outcome = \"error\"", "diverging = 0.2")
}

#[test]
fn diverged_replicates_count_as_tried_and_have_no_value() {
    let place = Place::new();
    let out = place.path("results");
    let sweep = place.file("sweep.toml", &diverging());
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "2"]).expect(3);
    let (mut total, mut diverged, mut counts) = (0, 0, Vec::new());
    for (index, replicates) in points(&out) {
        let (n, _) = expected(&replicates, 6, 0.1, 40);
        let needed = replicates.iter().filter(|(status, _)| [1, 2].contains(status)).count();
        assert_eq!(needed, n, "index {index}: {replicates:?}");
        diverged += replicates.iter().filter(|(status, value)| *status == 1 && value.is_nan()).count();
        total += n as u64;
        counts.push(n);
    }
    assert!(diverged > 10 && counts.iter().any(|n| *n != counts[0]), "{diverged} diverged, {counts:?}");
    assert_eq!(computed_last(&out), total, "a running sweep decides otherwise than its records");
}

#[test]
fn the_bytes_with_diverged_replicates_do_not_depend_on_how_it_was_computed_and_killed() {
    let launchers = &[Launcher::Alone, Launcher::Ranks(2), Launcher::Ranks(3)];
    Matrix { launchers, threads: &[1, 2], kills: &[0, 1] }.check(&diverging(), 3);
}

#[test]
fn a_plan_shows_the_fewest_and_the_most_tasks() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let ended = Launcher::Alone.run(&["plan", &sweep, "--out", &place.path("results")]).expect(0);
    ended.says(&[
        "tasks       72 to 480 (6 to 40 replicates per point",
        "left        72 to 480",
        " to 0.96 s on one thread",
    ]);
    let without = SWEEP.replace("replicates = 6\n", "");
    let sweep = place.file("sweep.toml", &without);
    let ended = Launcher::Alone.run(&["plan", &sweep, "--out", &place.path("results")]).expect(0);
    ended.says(&["tasks       120 to 480 (10 to 40 replicates per point"]);
}

#[test]
fn an_interrupted_run_says_that_more_may_follow_and_is_resumed() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SWEEP.replace("0.002", "0.2"));
    let out = place.path("results");
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        launcher.run(&["run", &sweep, "--out", &out, "--threads", "2", "--time-limit", "1s"]).expect(75);
        let status = status(&out).unwrap();
        assert!(
            status["precision"]["open"].as_u64().unwrap() > 0 && status["left"].as_u64().unwrap() > 0,
            "{status:#}"
        );
        Launcher::Alone.run(&["status", &out]).expect(0).says(&[" or more"]);
    }
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "24"]).expect(3);
    place.reference(&sweep, 3).assert_equal(&Products::read(&out), "stopped twice by a time limit");
}

/// Without a precision first, then with one, then with a higher one: every step computes only what is new.
#[test]
fn a_precision_can_be_asked_for_later_and_raised() {
    let place = Place::new();
    let (fixed, _) = SWEEP.split_once("[precision]").unwrap();
    let steps = [
        ("fixed", fixed.to_string()),
        ("rough", SWEEP.replace("relative_error = 0.1", "relative_error = 0.2")),
        ("precise", SWEEP.to_string()),
        ("more", SWEEP.replace("max_replicates = 40", "max_replicates = 60")),
        ("all", fixed.replace("replicates = 6", "replicates = 60")),
    ];
    let out = place.path("results");
    let mut before = 0;
    for (name, text) in &steps {
        let sweep = place.file(&format!("{name}.toml"), text);
        Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "4"]).expect(3);
        let total = status(&out).unwrap()["tasks"].as_u64().unwrap();
        assert!(total > before && computed_last(&out) <= total - before, "{name}: {before}, then {total}");
        before = total;
        let fresh = place.computed(&sweep, &format!("fresh-{name}"), 3);
        Products::read(&fresh).assert_equal(&Products::read(&out), name);
    }
}

#[test]
fn a_lower_or_another_precision_is_another_sweep() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 3);
    let before = tree(&out);
    let (fixed, _) = SWEEP.split_once("[precision]").unwrap();
    let others = [
        (SWEEP.replace("= 0.1", "= 0.11"), "precision.relative_error is 0.1 there and larger, 0.11, here"),
        (
            SWEEP.replace("max_replicates = 40", "max_replicates = 39"),
            "precision.max_replicates is 40 there and only 39",
        ),
        (SWEEP.replace("replicates = 6", "replicates = 5"), "sweep.replicates is 6 there and only 5 here"),
        (fixed.to_string(), "[precision] with up to 40 replicates is there and only 6 replicates here"),
        (fixed.replace("replicates = 6", "replicates = 39"), "and only 39 replicates here"),
    ];
    for (text, said) in others {
        let ended = Launcher::Alone.run(&["run", &place.file("other.toml", &text), "--out", &out]).expect(4);
        ended.says(&[said]);
        assert_eq!(tree(&out), before);
    }
    // Another observable, where there are several.
    let capacity = "[sweep]\nname = \"other\"\nexperiment = \"capacity\"\nreplicates = 3\n[fixed]\ninputs = 24\n\
                    [precision]\nobservable = \"capacity\"\nrelative_error = 0.5\nmax_replicates = 5\n";
    let out = place.computed(&place.file("capacity.toml", capacity), "capacity", 0);
    let other = place.file("capacity.toml", &capacity.replace("observable = \"capacity\"", "observable = \"updates\""));
    let ended = Launcher::Alone.run(&["run", &other, "--out", &out]).expect(4);
    ended.says(&["precision.observable is \"capacity\" there and \"updates\" here"]);
}

/// Records of failures that are none any more call for other replicates than before.
#[test]
fn retried_tasks_count_with_what_they_come_to() {
    use microzone::experiment::{Outcome, TaskFailure};
    use microzone::store::{Record, shard};
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SWEEP.replace("failing = 0.05", "failing = 0.0"));
    let reference = place.reference(&sweep, 0);
    let out = place.computed(&sweep, "results", 0);
    for path in crate::place::listed(&format!("{out}/shards")) {
        let failed = |(index, record): (usize, Record)| match index % 5 {
            0 => Record { outcome: Outcome::Failed(TaskFailure::model("no memory")), ..record },
            _ => record,
        };
        let records = shard::read(path.as_ref()).unwrap().records.into_iter().enumerate().map(failed);
        shard::write(path.as_ref(), &records.collect::<Vec<_>>()).unwrap();
    }
    // It has more done tasks than the records now, and would stay.
    std::fs::remove_file(format!("{out}/results.h5")).unwrap();
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "2"]).expect(3);
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "2", "--retry-failed"]).expect(0);
    reference.assert_equal(&Products::read(&out), "after --retry-failed");
}
