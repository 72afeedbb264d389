//! `plan --simulate-ranks`: what the scheduler would do on machines that are not there.

use serde_json::Value;

use crate::launch::Launcher;
use crate::place::Place;

const SWEEP: &str =
    "[sweep]\nname = \"simulated\"\nexperiment = \"null\"\nreplicates = 2000\n[fixed]\nduration = 0.5\n";

/// The simulated runs on so many ranks, on a machine with these properties.
fn simulated(ranks: &str, machine: &[&str]) -> Vec<Value> {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let words = ["plan", &sweep, "--threads", "1", "--format", "json", "--simulate-ranks", ranks];
    let ended = Launcher::Alone.run(&[&words[..], machine].concat()).expect(0);
    let plan: Value = serde_json::from_str(&ended.output).unwrap();
    plan["simulation"].as_array().unwrap().clone()
}

fn number(run: &Value, name: &str) -> f64 {
    run[name].as_f64().unwrap_or_else(|| panic!("no {name}: {run:#}"))
}

#[test]
fn programs_read_each_number_of_ranks() {
    let runs = simulated("2,16,400", &[]);
    assert_eq!(runs.iter().map(|run| run["ranks"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 16, 400]);
    for run in &runs {
        // Five tasks for each of 400 ranks, each known within a factor of 1.5, do not come out even.
        assert!((0.6..=1.0).contains(&number(run, "efficiency")), "{run:#}");
        assert!((0.0..1.0).contains(&number(run, "leader_load")), "{run:#}");
        assert!((0.1..=1.0).contains(&number(run, "static_efficiency")), "{run:#}");
        assert!((0.0..2.0).contains(&number(run, "tail_seconds")), "{run:#}");
    }
    assert!(number(&runs[0], "efficiency") > 0.99, "{:#}", runs[0]);
    assert_eq!(runs, simulated("2,16,400", &["--latency", "20us", "--bandwidth", "1e9", "--message-cost", "8us"]));
}

#[test]
fn each_property_of_the_machine_counts() {
    let [usual] = &simulated("16", &[])[..] else { panic!("one run") };
    for worse in [["--latency", "200ms"], ["--bandwidth", "100"], ["--message-cost", "20ms"]] {
        let [run] = &simulated("16", &worse)[..] else { panic!("one run") };
        assert!(number(run, "efficiency") < number(usual, "efficiency") - 0.01, "{worse:?}: {run:#}, {usual:#}");
    }
}

#[test]
fn people_read_a_table() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let ended = Launcher::Alone.run(&["plan", &sweep, "--simulate-ranks", "4,64"]).expect(0);
    let lines: Vec<&str> = ended.output.lines().collect();
    let head = lines.iter().position(|line| line.contains("efficiency") && line.contains("rank 0 busy")).unwrap();
    let first = |line: &str| line.split_whitespace().next().map(str::to_string);
    assert_eq!(lines[head + 1..head + 3].iter().filter_map(|line| first(line)).collect::<Vec<_>>(), ["4", "64"]);
}

#[test]
fn what_is_complete_has_nothing_to_simulate() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", "[sweep]\nname = \"done\"\nexperiment = \"null\"\nreplicates = 3\n");
    let dir = place.path("done");
    Launcher::Alone.run(&["run", &sweep, "--out", &dir]).expect(0);
    let words = ["plan", &sweep, "--out", &dir, "--simulate-ranks", "4,64"];
    let ended = Launcher::Alone.run(&words).expect(0);
    assert!(ended.output.lines().any(|line| line == "simulated   nothing is left to compute"), "{}", ended.output);
    assert!(!ended.output.contains("rank 0 busy"), "{}", ended.output);
    let ended = Launcher::Alone.run(&[&words[..], &["--format", "json"]].concat()).expect(0);
    let plan: Value = serde_json::from_str(&ended.output).unwrap();
    assert_eq!(plan["simulation"], serde_json::json!([]));
}

#[test]
fn properties_of_a_machine_that_is_not_simulated_are_refused() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    for (words, why) in [
        (&["--latency", "20us"][..], "--simulate-ranks"),
        (&["--simulate-ranks", "0"], "0 is not in 1..="),
        (&["--simulate-ranks", "4", "--bandwidth", "0"], "bytes per second"),
        (&["--simulate-ranks", "4", "--latency", "fast"], "not a time"),
    ] {
        Launcher::Alone.run(&[&["plan", &sweep][..], words].concat()).expect(2).says(&[why]);
    }
}
