//! Damaged files are found, named, moved aside on request, and never believed.

use microzone::experiment::Outcome;
use microzone::store::{Record, shard};

use crate::launch::Launcher;
use crate::place::{Place, computed_last, listed, status};
use crate::products::{Products, tree};
use crate::running::{Ended, await_until, signal};

const SWEEP: &str = r#"
[sweep]
name = "damage"
experiment = "null"
seed = 10
replicates = 30

[grid]
outcome = ["value", "error"]

[fixed]
failing = 0.3
"#;

const SLOW: &str = r#"
[sweep]
name = "damage"
experiment = "null"
seed = 10
replicates = 120

[fixed]
duration = 0.02
"#;

fn flip(path: &str, position: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[position] ^= 0x20;
    std::fs::write(path, bytes).unwrap();
}

fn only(folder: &str) -> String {
    let paths = listed(folder);
    assert_eq!(paths.len(), 1, "{folder} has {paths:?}");
    paths[0].clone()
}

/// The offset that a message names.
fn offset(ended: &Ended) -> usize {
    let after = |text: &str| text.split_once("damaged at byte ").map(|(_, rest)| rest.to_string());
    let rest = after(&ended.errors).or_else(|| after(&ended.output)).unwrap_or_else(|| panic!("no offset in {ended}"));
    rest.split(':').next().unwrap().parse().unwrap_or_else(|_| panic!("no offset in {ended}"))
}

/// Every verb refuses the directory with exit code 5 and the file; the offsets that they name.
fn check_refused(sweep: &str, out: &str, file: &str) -> Vec<usize> {
    let counting: [&[&str]; 3] = [&["run", sweep, "--out", out], &["plan", sweep, "--out", out], &["status", out]];
    let offsets = refusals(&counting, out, file);
    Launcher::Ranks(2).run(&["run", sweep, "--out", out]).expect(5).says(&[file]);
    [offsets, check_values_refused(out, file)].concat()
}

/// Every verb that reads values refuses the directory likewise.
fn check_values_refused(out: &str, file: &str) -> Vec<usize> {
    refusals(&[&["table", out], &["reduce", out], &["verify", out]], out, file)
}

fn refusals(verbs: &[&[&str]], out: &str, file: &str) -> Vec<usize> {
    let before = tree(out);
    let offset = |arguments: &&[&str]| {
        let ended = Launcher::Alone.run(arguments).expect(5).says(&[file, "damaged at byte"]);
        assert_eq!(tree(out).get(file), before.get(file), "the damaged file was touched by {ended}");
        offset(&ended)
    };
    verbs.iter().map(offset).collect()
}

/// `--recompute-damaged` moves the file to `damaged/` with its bytes, computes again, and gives equal bytes.
fn check_recomputed(sweep: &str, out: &str, file: &str, reference: &Products, code: i32) {
    let damaged = std::fs::read(file).unwrap();
    let ended = Launcher::Ranks(2).run(&["run", sweep, "--out", out, "--recompute-damaged"]).expect(code);
    ended.says(&["moved aside", file]);
    assert_eq!(std::fs::read(only(&format!("{out}/damaged"))).unwrap(), damaged);
    assert!(!std::path::Path::new(file).exists());
    reference.assert_equal(&Products::read(out), "after --recompute-damaged");
    Launcher::Alone.run(&["verify", out, "--recompute", "5"]).expect(0);
}

#[test]
fn a_flipped_record_in_a_shard_costs_that_record() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 3);
    let reference = Products::read(&out);
    let file = only(&format!("{out}/shards"));
    // The bits of one value, wherever they lie in the file.
    let records: Vec<Record> = shard::read(file.as_ref()).unwrap().records.iter().collect();
    let value = records.iter().find_map(|record| match &record.outcome {
        Outcome::Done(values) => Some(values[0].to_le_bytes()),
        Outcome::Failed(_) => None,
    });
    let bytes = std::fs::read(&file).unwrap();
    let position = bytes.windows(8).position(|window| Some(window) == value.as_ref().map(|value| &value[..]));
    flip(&file, position.unwrap());
    let offsets = check_values_refused(&out, &file);
    // Names and states have a separate checksum.
    Launcher::Alone.run(&["status", &out]).expect(0);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(3).says(&["nothing left to compute"]);
    assert!(offsets.iter().all(|offset| *offset > 0 && *offset < bytes.len()), "{offsets:?}");
    check_recomputed(&sweep, &out, &file, &reference, 3);
    assert_eq!(computed_last(&out), 1);
}

#[test]
fn a_shard_with_a_damaged_structure_is_computed_again_as_a_whole() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 3);
    let reference = Products::read(&out);
    let file = only(&format!("{out}/shards"));
    let length = std::fs::metadata(&file).unwrap().len();
    std::fs::File::options().write(true).open(&file).unwrap().set_len(length / 2).unwrap();
    check_refused(&sweep, &out, &file);
    check_recomputed(&sweep, &out, &file, &reference, 3);
    assert_eq!(computed_last(&out), 60);
}

/// The journal that a killed run leaves.
fn killed_journal(sweep: &str, out: &str) -> String {
    let mut running = Launcher::Alone.start(&["run", sweep, "--out", out, "--threads", "1"]);
    await_until("ten records", || status(out).filter(|status| status["done"].as_u64().unwrap() >= 10));
    signal(running.pid(), "KILL");
    running.await_gone();
    only(&format!("{out}/journal"))
}

/// Where the frames of a journal that are records begin and end.
fn records_of(journal: &str) -> Vec<std::ops::Range<usize>> {
    const STAMP: usize = 64;
    const HEAD: usize = 24;
    const RECORD: u8 = 2;
    let bytes = std::fs::read(journal).unwrap();
    let (mut records, mut start) = (Vec::new(), STAMP);
    while let Some(length) = bytes.get(start + 4..start + 8) {
        let end = start + HEAD + u32::from_le_bytes(length.try_into().unwrap()) as usize;
        if bytes.get(start + HEAD) == Some(&RECORD) && end <= bytes.len() {
            records.push(start..end);
        }
        start = end;
    }
    records
}

#[test]
fn a_flipped_bit_in_a_journal_is_damage() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let reference = place.reference(&sweep, 0);
    let out = place.path("results");
    let file = killed_journal(&sweep, &out);
    let done = status(&out).unwrap()["done"].as_u64().unwrap();
    let records = records_of(&file);
    let hit = records[records.len() / 2].clone();
    flip(&file, hit.start + hit.len() / 2);
    let offsets = check_refused(&sweep, &out, &file);
    assert!(!offsets.is_empty() && offsets.iter().all(|offset| *offset == hit.start), "{offsets:?}, flipped {hit:?}");
    check_recomputed(&sweep, &out, &file, &reference, 0);
    assert_eq!(computed_last(&out), 120 - done + 1);
}

#[test]
fn a_torn_tail_is_silently_cut_back() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let reference = place.reference(&sweep, 0);
    for (name, cut) in [("one-byte", 1), ("half-a-record", 30), ("a-head", 60)] {
        let out = place.path(name);
        let file = killed_journal(&sweep, &out);
        let done = status(&out).unwrap()["done"].as_u64().unwrap();
        // Behind the last record there is the mark of a start, and perhaps one of the disk.
        let length = records_of(&file).last().unwrap().end as u64;
        std::fs::File::options().write(true).open(&file).unwrap().set_len(length - cut).unwrap();
        Launcher::Alone.run(&["verify", &out]).expect(0).says(&["no damage"]);
        assert_eq!(status(&out).unwrap()["done"], done - 1, "{name}");
        let ended = Launcher::Alone.run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
        // The sweep itself is called `damage`.
        let news = ended.errors.lines().filter(|line| !line.starts_with("damage: experiment"));
        assert!(!news.collect::<String>().contains("damage"), "{ended}");
        assert_eq!(computed_last(&out), 120 - done + 1, "{name}");
        assert!(!std::path::Path::new(&format!("{out}/damaged")).exists(), "{name}");
        reference.assert_equal(&Products::read(&out), name);
    }
}

#[test]
fn verify_finds_a_flipped_byte_in_results_and_tables() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 3);
    Launcher::Alone.run(&["verify", &out, "--recompute", "3"]).expect(0).says(&["3 of 3 tasks with equal bits"]);
    for name in ["results.h5", "tables/value.csv"] {
        let file = format!("{out}/{name}");
        let length = std::fs::metadata(&file).unwrap().len() as usize;
        for position in [0, length / 2, length - 1] {
            flip(&file, position);
            Launcher::Alone.run(&["verify", &out]).expect(5).says(&[&file]);
            Launcher::Alone.run(&["reduce", &out]).expect(0);
            Launcher::Alone.run(&["verify", &out]).expect(0);
        }
        std::fs::remove_file(&file).unwrap();
        Launcher::Alone.run(&["verify", &out]).expect(5).says(&[&file, "missing"]);
        Launcher::Alone.run(&["reduce", &out]).expect(0);
    }
}

#[test]
fn verify_does_not_pass_results_without_their_checksums() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 3);
    std::fs::remove_file(format!("{out}/checksums.b3")).unwrap();
    Launcher::Alone.run(&["verify", &out]).expect(5).says(&["checksums.b3", "missing"]);
    Launcher::Alone.run(&["reduce", &out]).expect(0);
    Launcher::Alone.run(&["verify", &out]).expect(0);
}

#[test]
fn recomputing_finds_a_value_that_was_altered_behind_a_valid_checksum() {
    let place = Place::new();
    let text = "[sweep]\nname = \"damage\"\nexperiment = \"null\"\nreplicates = 3\n";
    let out = place.computed(&place.file("sweep.toml", text), "results", 0);
    let file = only(&format!("{out}/shards"));
    let mut records: Vec<Record> = shard::read(file.as_ref()).unwrap().records.iter().collect();
    let Record { outcome: Outcome::Done(values), .. } = &mut records[1] else { panic!("a failed record") };
    values[0] = f64::from_bits(values[0].to_bits() ^ 1);
    shard::write(file.as_ref(), &records).unwrap();
    Launcher::Alone.run(&["verify", &out]).expect(5).says(&["older than the records"]);
    Launcher::Alone.run(&["reduce", &out]).expect(0);
    Launcher::Alone.run(&["verify", &out]).expect(0);
    let ended = Launcher::Alone.run(&["verify", &out, "--recompute", "3"]).expect(5);
    ended.says(&["recomputed  2 of 3 tasks", "recomputing gives different bits"]);
}

#[test]
fn a_damaged_sweep_file_in_the_directory_is_named() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 3);
    let file = format!("{out}/sweep.toml");
    flip(&file, 1);
    for verb in ["status", "verify"] {
        Launcher::Alone.run(&[verb, &out]).expect(5).says(&[&file, "restore the file of this directory's sweep there"]);
    }
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(5).says(&[&file, &format!("cp {sweep} {file}")]);
    std::fs::copy(&sweep, &file).unwrap();
    Launcher::Alone.run(&["verify", &out]).expect(0);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(3).says(&["nothing left to compute"]);
}
