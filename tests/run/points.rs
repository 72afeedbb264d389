//! Values belong to points: the shape of the grid around them, the order of axes and the directory do not matter.

use std::collections::BTreeMap;

use crate::launch::Launcher;
use crate::place::{Place, computed_last};
use crate::products::Products;
use crate::python;

/// Parameters with the replicate, and the bits of all values there.
type Points = BTreeMap<String, serde_json::Value>;

const HEADER: &str = r#"
[sweep]
name = "points"
experiment = "capacity"
seed = 21
replicates = 2
"#;

const GRID: &str = r#"
[grid]
bistability = [0.0, 1.0]
output_correlation = [0.0, 0.3]

[fixed]
inputs = 24
"#;

fn points(out: &str) -> Points {
    let printed = python::run(python::python("read_points.py").arg(format!("{out}/results.h5")));
    let tasks: Vec<serde_json::Value> = serde_json::from_str(&printed).unwrap();
    let points: Points = tasks
        .iter()
        .map(|task| (task["parameters"].to_string(), [&task["status"], &task["values"]].into_iter().cloned().collect()))
        .collect();
    assert_eq!(points.len(), tasks.len(), "{out}: two tasks have the same parameters and replicate");
    points
}

#[test]
fn the_shape_of_the_grid_changes_no_value() {
    let place = Place::new();
    let compute = |name: &str, rest: &str| {
        let sweep = place.file(&format!("{name}.toml"), &format!("{HEADER}{rest}"));
        points(&place.computed(&sweep, name, 0))
    };
    let all = compute("all", GRID);
    assert_eq!(all.len(), 8);
    let same = |name: &str, rest: &str, count: usize| {
        let some = compute(name, rest);
        assert_eq!(some.len(), count, "{name}");
        for (parameters, values) in some {
            assert_eq!(all.get(&parameters), Some(&values), "{name}: {parameters}");
        }
    };
    same("turned", "[grid]\noutput_correlation = [0.30, 0]\nbistability = [1, 0.0]\n[fixed]\ninputs = 24", 8);
    same(
        "spaced",
        "[grid]\nbistability = [1]\noutput_correlation = { start = 0.3, stop = 0.3, steps = 1 }\ninputs = [24]",
        2,
    );
    same("alone", "[fixed]\ninputs = 24\nbistability = 1.0\noutput_correlation = 0.3", 2);
    same("zipped", "[[zip]]\nbistability = [0, 1]\noutput_correlation = [0.0, 0.3]\n[fixed]\ninputs = 24", 4);
}

#[test]
fn other_seeds_and_replicates_have_other_values() {
    let place = Place::new();
    let compute = |name: &str, header: &str| {
        let sweep = place.file(&format!("{name}.toml"), &format!("{header}{GRID}"));
        points(&place.computed(&sweep, name, 0))
    };
    let values = |points: &Points| points.values().map(ToString::to_string).collect::<std::collections::BTreeSet<_>>();
    let (one, other) = (compute("one", HEADER), compute("other", &HEADER.replace("21", "22")));
    // The histogram of the weights distinguishes any two problems.
    assert_eq!(values(&one).len(), 8);
    assert!(values(&one).is_disjoint(&values(&other)));
}

#[test]
fn a_grown_sweep_computes_only_what_is_new_and_equals_a_fresh_one() {
    let place = Place::new();
    let small = place.file("small.toml", &format!("{HEADER}{GRID}"));
    let out = place.computed(&small, "grown", 0);
    assert_eq!(computed_last(&out), 8);
    let wider = format!("{HEADER}{GRID}").replace("[0.0, 0.3]", "[0.0, 0.1, 0.3]");
    let steps = [
        ("wider", wider.clone(), 4),
        ("more", wider.replace("replicates = 2", "replicates = 3"), 6),
        ("same", wider.replace("replicates = 2", "replicates = 3"), 0),
    ];
    for (name, text, new) in steps {
        let before = crate::place::runs(&out).len();
        let sweep = place.file(&format!("{name}.toml"), &text);
        Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "1"]).expect(0);
        if new > 0 {
            assert_eq!(computed_last(&out), new, "{name}");
        } else {
            assert_eq!(crate::place::runs(&out).len(), before, "a run with nothing to do left a record");
        }
        let fresh = place.computed(&sweep, &format!("fresh-{name}"), 0);
        Products::read(&fresh).assert_equal(&Products::read(&out), name);
    }
}

#[test]
fn a_range_that_grows_or_is_refined_keeps_its_points() {
    let place = Place::new();
    let sweep = |axis: &str| {
        let text = format!(
            "[sweep]\nname = \"range\"\nexperiment = \"movement\"\nreplicates = 1\n[grid]\n{axis}\n[fixed]\ntime = 0.05"
        );
        place.file("sweep.toml", &text)
    };
    let decay = |start: &str, stop: &str, steps: u32| {
        sweep(&format!("decay = {{ logspace = {{ start = {start}, stop = {stop}, steps = {steps} }} }}"))
    };
    let out = place.computed(&decay("0.01", "1.0", 5), "grown", 0);
    for (start, stop, steps, new) in [("0.001", "1.0", 7, 2), ("0.001", "10", 9, 2), ("0.001", "10", 17, 8)] {
        let file = decay(start, stop, steps);
        Launcher::Alone.run(&["run", &file, "--out", &out]).expect(0);
        assert_eq!(computed_last(&out), new, "{start} to {stop} in {steps}");
        Products::read(&place.computed(&file, &format!("fresh-{steps}"), 0))
            .assert_equal(&Products::read(&out), "grown");
    }
    let thirds = |stop: &str, count: &str| sweep(&format!("io_rate = {{ start = 1, stop = {stop}, {count} }}"));
    let out = place.computed(&thirds("2", "steps = 4"), "thirds", 0);
    for (stop, count, new) in [("3", "steps = 7", 3), ("3", "steps = 13", 6)] {
        Launcher::Alone.run(&["run", &thirds(stop, count), "--out", &out]).expect(0);
        assert_eq!(computed_last(&out), new, "1 to {stop} with {count}");
    }
    let out = place.computed(&thirds("1.6", "step = 0.2"), "by-step", 0);
    Launcher::Alone.run(&["run", &thirds("2.2", "step = 0.1"), "--out", &out]).expect(0);
    assert_eq!(computed_last(&out), 9);
}

#[test]
fn a_written_value_is_found_by_every_spelling() {
    let place = Place::new();
    let text = format!("{HEADER}[grid]\noutput_correlation = [0.0, 0.3]\n[fixed]\ninputs = 24\nrobustness = 0.3\n");
    let sweep = place.file("sweep.toml", &text);
    let out = place.computed(&sweep, "results", 0);
    let same = ["run", &sweep, "--out", &out, "--set", "robustness=0.30000000000000004"];
    Launcher::Alone.run(&same).expect(0).says(&["nothing left to compute"]);
    let only = "output_correlation=0.30000000000000004, replicate=1";
    Launcher::Alone.run(&["run", &sweep, "--only", only]).expect(0);
    let theory = |value: &str| Launcher::Alone.run(&["theory", "capacity", "--robustness", value]).expect(0).output;
    assert_eq!(theory("0.30000000000000004"), theory("0.3"));
}

#[test]
fn another_name_of_an_axis_computes_nothing() {
    let place = Place::new();
    let text = |name: &str| {
        format!("{HEADER}[[zip]]\n{name}bistability = [0, 1]\noutput_correlation = [0.0, 0.3]\n[fixed]\ninputs = 24")
    };
    let joined = place.file("joined.toml", &text(""));
    let named = place.file("named.toml", &text("name = \"sample\"\n"));
    let out = place.computed(&joined, "results", 0);
    let (runs, values) = (crate::place::runs(&out).len(), points(&out));
    Launcher::Alone.run(&["run", &named, "--out", &out]).expect(0).says(&["nothing left to compute"]);
    assert_eq!(crate::place::runs(&out).len(), runs, "a run with nothing to do left a record");
    assert_eq!(points(&out), values);
    Products::read(&place.computed(&named, "fresh", 0)).assert_equal(&Products::read(&out), "renamed");
    Launcher::Alone.run(&["plot", &out, "--x", "sample"]).expect(0);
    Launcher::Alone.run(&["plot", &out, "--at", "sample=1"]).expect(0);
    Launcher::Alone.run(&["plot", &out, "--x", "bistability_output_correlation"]).expect(2).says(&["unknown axis"]);
    Launcher::Alone
        .run(&["diff", &out, &place.computed(&joined, "other", 0)])
        .expect(0)
        .says(&["2 of 2 points have equal bits"]);
}

#[test]
fn paired_streams_have_the_same_random_numbers_at_every_point() {
    let sweep = |streams: &str| {
        format!(
            "[sweep]\nname = \"points\"\nexperiment = \"null\"\nseed = 1\nreplicates = 5\nstreams = {streams:?}\n\
             [grid]\nindex = [1, 2, 3]\nduration = [0.0, 0.001]"
        )
    };
    let place = Place::new();
    let values_by_replicate = |streams: &str| {
        let file = place.file(&format!("{streams}.toml"), &sweep(streams));
        let mut values: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for (parameters, value) in points(&place.computed(&file, streams, 0)) {
            let parameters: serde_json::Value = serde_json::from_str(&parameters).unwrap();
            values.entry(parameters["replicate"].as_i64().unwrap()).or_default().push(value.to_string());
        }
        values.values_mut().for_each(|values| {
            values.sort();
            values.dedup();
        });
        values
    };
    let (paired, independent) = (values_by_replicate("paired"), values_by_replicate("independent"));
    assert_eq!(paired.len(), 5);
    assert!(paired.values().all(|values| values.len() == 1), "{paired:?}");
    assert!(independent.values().all(|values| values.len() == 6), "{independent:?}");
    let different: std::collections::BTreeSet<_> = paired.values().flatten().collect();
    assert_eq!(different.len(), 5, "two replicates have the same numbers");
}
