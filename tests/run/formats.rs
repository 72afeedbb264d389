//! Directories of earlier and later programs: read, or left alone with both versions named.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::launch::Launcher;
use crate::place::{Place, status};
use crate::products::{Products, tree};
use crate::running::Ended;

const SWEEP: &str = "[sweep]\nname = \"formats\"\nexperiment = \"probe\"\nseed = 3\nreplicates = 4\n";

fn run(arguments: &[&str]) -> Ended {
    Launcher::Alone.run(arguments)
}

/// A directory that microzone 0.1.0 (54e61b1) wrote, where it can be worked on.
fn of_first_format(place: &Place, name: &str) -> String {
    let out = place.path(name);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run/first_format").join(name);
    assert!(Command::new("cp").arg("-r").arg(kept).arg(&out).status().unwrap().success());
    // Git keeps no empty folders.
    ["journal", "shards", "tables"].iter().for_each(|name| fs::create_dir_all(format!("{out}/{name}")).unwrap());
    out
}

/// Every reading verb works and changes nothing.
fn check_read(out: &str, done: u64, failed: u64) {
    let before = tree(out);
    assert_eq!(status(out).unwrap()["done"], done);
    run(&["status", out]).expect(0);
    run(&["table", out]).expect(0);
    run(&["plan", &format!("{out}/sweep.toml")]).expect(0).says(&[&format!("done        {}", done + failed)]);
    run(&["verify", out, "--recompute", "2"]).expect(0).says(&["no damage"]);
    assert_eq!(tree(out), before);
}

#[test]
fn directories_of_the_first_format_are_read_and_carried_on() {
    for (name, done, code) in [("failed", 9, 3), ("killed", 32, 0)] {
        let place = Place::new();
        let out = of_first_format(&place, name);
        check_read(&out, done, u64::from(name == "failed"));
        let sweep = place.file("again.toml", &fs::read_to_string(format!("{out}/sweep.toml")).unwrap());
        let reference = place.reference(&sweep, code);
        run(&["reduce", &out]).expect(0);
        run(&["verify", &out]).expect(0);
        let ended = run(&["run", &format!("{out}/sweep.toml")]).expect(code);
        assert_eq!(ended.errors.contains("nothing left to compute"), name != "killed", "{ended}");
        reference.assert_equal(&Products::read(&out), name);
        run(&["verify", &out, "--recompute", "3"]).expect(0).says(&["results.h5  equal to what the records give"]);
        let before = tree(&out);
        run(&["run", &format!("{out}/sweep.toml")]).expect(code).says(&["nothing left to compute"]);
        assert_eq!(tree(&out), before, "{name}");
    }
}

/// The random numbers of paired sweeps are others since version 0.6.
#[test]
fn paired_directories_of_the_first_scheme_are_refused_by_name() {
    let place = Place::new();
    let paired = SWEEP.replace("seed = 3", "seed = 3\nstreams = \"paired\"");
    let out = place.computed(&place.file("sweep.toml", &paired), "results", 0);
    change_rules(&out, "\"paired 2\"", "\"paired 1\"");
    let before = tree(&out);
    for arguments in [&["run", &format!("{out}/sweep.toml")][..], &["reduce", &out]] {
        run(arguments).expect(4).says(&["\"paired 1\" there and \"paired 2\" here"]);
    }
    assert_eq!(tree(&out), before);
}

#[test]
fn a_failed_task_of_the_first_format_keeps_its_reason() {
    let place = Place::new();
    let out = of_first_format(&place, "failed");
    run(&["status", &out]).expect(0).says(&["failing = 0.2", "replicate"]);
    run(&["run", &format!("{out}/sweep.toml"), "--retry-failed"]).expect(3);
}

/// Rewrites `format.json` with one text replaced and a correct checksum.
pub(crate) fn change_rules(out: &str, old: &str, new: &str) {
    let path = format!("{out}/format.json");
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replacen(old, new, 1);
    assert_ne!(changed, text, "no {old:?} in {text}");
    let start = changed.find("\"checksum\": \"").unwrap() + 13;
    let empty = format!("{}{}", &changed[..start], &changed[start + 64..]);
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let sealed = format!("{}{}{}", &changed[..start], hash(&empty), &changed[start + 64..]);
    let noted = fs::read_to_string(format!("{out}/checksums.b3")).unwrap();
    fs::write(format!("{out}/checksums.b3"), noted.replace(&hash(&text), &hash(&sealed))).unwrap();
    fs::write(path, sealed).unwrap();
}

/// Verbs that show results show those of results.h5; verbs that write refuse, with the difference; nothing changes.
fn check_left_alone(out: &str, difference: &str, tables: &Ended) {
    let before = tree(out);
    let inside = format!("{out}/sweep.toml");
    run(&["run", &inside]).expect(4).says(&[difference, env!("CARGO_PKG_VERSION"), "another --out"]);
    run(&["run", &inside, "--recompute-damaged"]).expect(4).says(&[difference]);
    run(&["reduce", out]).expect(4).says(&[difference, env!("CARGO_PKG_VERSION"), "another --out"]);
    run(&["plan", &inside]).expect(4).says(&[difference]);
    let table = run(&["table", out]).expect(0).says(&[difference, "results.h5 as it is"]);
    assert_eq!(table.output, tables.output);
    assert_eq!(status(out).unwrap()["done"], 4);
    run(&["status", out]).expect(0).says(&[difference, "complete"]);
    run(&["verify", out]).expect(0).says(&[difference, "no damage"]);
    assert_eq!(tree(out), before);
}

#[test]
fn results_of_other_rules_are_shown_and_never_replaced() {
    let changes = [
        ("\"experiment_version\": ", "\"experiment_version\": 9", "of \"probe\" there"),
        ("independent ", "independent 7", "tasks are named by the scheme \"independent 7"),
        ("\"observables\": [\n    \"", "\"observables\": [\n    \"not_", "records hold [not_"),
    ];
    for (old, new, difference) in changes {
        let place = Place::new();
        let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
        let tables = run(&["table", &out]).expect(0);
        change_rules(&out, old, new);
        check_left_alone(&out, difference, &tables);
        // Without results there is nothing to show.
        fs::remove_file(format!("{out}/results.h5")).unwrap();
        run(&["status", &out]).expect(4).says(&[difference, "results.h5 is not there"]);
        run(&["table", &out]).expect(4).says(&[difference]);
    }
}

#[test]
fn results_of_other_rules_that_are_damaged_are_not_shown() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    change_rules(&out, "\"experiment_version\": ", "\"experiment_version\": 9");
    let mut bytes = fs::read(format!("{out}/results.h5")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(format!("{out}/results.h5"), bytes).unwrap();
    run(&["table", &out]).expect(4).says(&["results.h5 is not as it was written"]);
    run(&["verify", &out]).expect(4).says(&["results.h5 is not as it was written"]);
}

#[test]
fn an_experiment_of_another_version_in_the_first_format_is_left_alone() {
    let place = Place::new();
    for name in ["independent", "paired"] {
        let out = of_first_format(&place, name);
        let before = tree(&out);
        run(&["run", &format!("{out}/sweep.toml")]).expect(4).says(&["version 2 of \"capacity\" there", "0.1.0"]);
        run(&["reduce", &out]).expect(4);
        run(&["table", &out]).expect(0).says(&["results.h5 as it is"]);
        assert_eq!(status(&out).unwrap()["done"], 12);
        run(&["verify", &out]).expect(0);
        assert_eq!(tree(&out), before);
    }
}

#[test]
fn a_newer_directory_is_refused_and_never_called_damaged() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    change_rules(&out, "\"format\": 3", "\"format\": 99");
    let before = tree(&out);
    let inside = format!("{out}/sweep.toml");
    for arguments in [&["run", &inside][..], &["plan", &inside], &["status", &out], &["table", &out], &["reduce", &out]]
    {
        let ended = run(arguments).expect(4).says(&["format.json", "in format 99", env!("CARGO_PKG_VERSION")]);
        assert!(!ended.errors.contains("damaged"), "{ended}");
    }
    run(&["verify", &out]).expect(4);
    assert_eq!(tree(&out), before);
}

#[test]
fn a_damaged_format_file_is_found_and_rewritten_on_request() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let reference = Products::read(&out);
    let path = format!("{out}/format.json");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, bytes).unwrap();
    let inside = format!("{out}/sweep.toml");
    for arguments in [&["run", &inside][..], &["status", &out], &["table", &out], &["reduce", &out], &["verify", &out]]
    {
        run(arguments).expect(5).says(&[&path, "--recompute-damaged"]);
    }
    run(&["run", &inside, "--recompute-damaged"]).expect(0).says(&["moved aside", "nothing left to compute"]);
    run(&["verify", &out]).expect(0);
    reference.assert_equal(&Products::read(&out), "after a damaged format.json");
}
