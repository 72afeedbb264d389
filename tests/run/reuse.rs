//! `run --reuse DIR`: what another directory has is taken by its identity, after it has been checked.

use serde_json::json;

use crate::launch::Launcher;
use crate::place::{Place, computed_last, listed, status};
use crate::products::{Products, tree};

/// Some tasks fail.
const LARGE: &str = "[sweep]\nname = \"large\"\nexperiment = \"null\"\nseed = 4\nreplicates = 12\n\
    [grid]\nindex = [1, 2, 3, 4]\noutcome = [\"value\", \"error\"]\n[fixed]\nfailing = 0.3\n";

fn small() -> String {
    LARGE.replace("large", "small").replace("12", "5").replace("[1, 2, 3, 4]", "[2, 4]")
}

#[test]
fn a_renamed_sweep_with_fewer_values_and_replicates_computes_nothing() {
    let place = Place::new();
    let large = place.computed(&place.file("large.toml", LARGE), "large", 3);
    let before = tree(&large);
    let sweep = place.file("small.toml", &small());
    let reference = place.reference(&sweep, 3);
    for (launcher, name) in [(Launcher::Alone, "alone"), (Launcher::Ranks(2), "ranks")] {
        let out = place.path(name);
        let ended = launcher.run(&["run", &sweep, "--out", &out, "--reuse", &large]).expect(3);
        ended.says(&[&format!("20 tasks and 0 theory cells taken from {large}"), "nothing left to compute"]);
        reference.assert_equal(&Products::read(&out), name);
        Launcher::Alone.run(&["verify", &out, "--recompute", "20"]).expect(0);
        // A second time there is nothing left to take.
        let again = launcher.run(&["run", &sweep, "--out", &out, "--reuse", &large]).expect(3);
        again.says(&["0 tasks and 0 theory cells taken"]);
    }
    assert_eq!(tree(&large), before, "the other directory was touched");
}

#[test]
fn what_several_directories_lack_is_computed() {
    let place = Place::new();
    let part = |name: &str, values: &str| {
        let text = LARGE.replace("large", name).replace("[1, 2, 3, 4]", values);
        place.computed(&place.file(&format!("{name}.toml"), &text), name, 3)
    };
    let (one, two) = (part("one", "[1]"), part("two", "[1, 3]"));
    let sweep = place.file("large.toml", LARGE);
    let out = place.path("results");
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--reuse", &one, "--reuse", &two]).expect(3);
    assert_eq!(computed_last(&out), 48);
    place.reference(&sweep, 3).assert_equal(&Products::read(&out), "from two directories");
}

#[test]
fn theory_is_taken_too() {
    let place = Place::new();
    let text = "[sweep]\nname = \"theory\"\nexperiment = \"capacity\"\n[grid]\noutput_correlation = [0.2, 0.5]\n\
        [fixed]\ninputs = 10\ninput_correlation = 0.5\n";
    let other = place.computed(&place.file("one.toml", text), "one", 0);
    // Another seed: no task is the same, and all of the theory is.
    let sweep = place.file("two.toml", &text.replace("[grid]", "seed = 9\n[grid]"));
    let out = place.path("two");
    let ended = Launcher::Alone.run(&["run", &sweep, "--out", &out, "--reuse", &other]).expect(0);
    ended.says(&["0 tasks and 2 theory cells taken"]);
    assert_eq!(status(&out).unwrap()["theory"], json!({"cells": 2, "done": 2, "failed": 0}));
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "theory of another directory");
}

#[test]
fn what_cannot_be_taken_is_refused_by_name() {
    let place = Place::new();
    let sweep = place.file("small.toml", &small());
    let out = place.path("results");
    let refused = |other: &str, code: i32, said: &str| {
        let ended = Launcher::Alone.run(&["run", &sweep, "--out", &out, "--reuse", other]).expect(code);
        ended.says(&["--reuse", other, said]);
    };
    refused(&out, 2, "the directory of this run itself");
    refused(&place.path("nowhere"), 2, "no such directory");
    let probe = place.file("probe.toml", "[sweep]\nname = \"probe\"\nexperiment = \"probe\"\n");
    refused(&place.computed(&probe, "probe", 0), 4, "has results of the experiment \"probe\"");
    let newer = place.computed(&place.file("newer.toml", LARGE), "newer", 3);
    crate::formats::change_rules(&newer, "\"format\": 3", "\"format\": 99");
    refused(&newer, 4, "newer");
    let damaged = place.computed(&place.file("damaged.toml", LARGE), "damaged", 3);
    let shard = listed(&format!("{damaged}/shards")).remove(0);
    let mut bytes = std::fs::read(&shard).unwrap();
    // One value, which has not been looked at yet.
    let values = microzone::store::shard::read(shard.as_ref()).unwrap().records;
    let value = values.into_iter().find_map(|record| match record.outcome {
        microzone::experiment::Outcome::Done(values) => Some(values[0].to_le_bytes()),
        microzone::experiment::Outcome::Failed(_) => None,
    });
    let position = bytes.windows(8).position(|window| window == value.unwrap()).unwrap();
    bytes[position] ^= 1;
    std::fs::write(&shard, bytes).unwrap();
    let text = LARGE.replace("large", "other");
    let (sweep, out) = (place.file("other.toml", &text), place.path("other"));
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--reuse", &damaged]).expect(5).says(&["--reuse", &shard]);
}
