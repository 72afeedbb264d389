//! What guards a directory is guarded too, and results are never replaced by fewer.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use crate::launch::Launcher;
use crate::place::{Place, listed, status};
use crate::products::{Products, tree};
use crate::running::{Ended, await_until, signal};

const SWEEP: &str = r#"
[sweep]
name = "guards"
experiment = "null"
seed = 11
replicates = 25

[grid]
failing = [0.0, 0.3]
"#;

const SLOW: &str = r#"
[sweep]
name = "guards"
experiment = "null"
seed = 10
replicates = 120

[fixed]
duration = 0.02
"#;

fn run(arguments: &[&str]) -> Ended {
    Launcher::Alone.run(arguments)
}

/// Writes a file again with one text replaced.
fn replace(path: &str, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "no {old:?} in {text}");
    fs::write(path, text.replacen(old, new, 1)).unwrap();
}

/// A run of the slow sweep that has been killed with some tasks done.
fn killed(sweep: &str, out: &str) -> u64 {
    let mut running = Launcher::Alone.start(&["run", sweep, "--out", out, "--threads", "1"]);
    let before = status(out).map_or(0, |status| status["done"].as_u64().unwrap());
    await_until("more records", || status(out).filter(|status| status["done"].as_u64().unwrap() >= before + 10));
    signal(running.pid(), "KILL");
    running.await_gone();
    status(out).unwrap()["done"].as_u64().unwrap()
}

#[test]
fn a_flipped_bit_in_the_sweep_is_found_by_every_verb_and_mended_by_the_users_own_file() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let inside = format!("{out}/sweep.toml");
    for (old, new) in [("0.3", "0.7"), ("guards", "guarls"), ("= 25", "= 35"), ("failing", "fahling")] {
        replace(&inside, old, new);
        let before = tree(&out);
        for verb in ["status", "table", "reduce", "verify"] {
            run(&[verb, &out]).expect(5).says(&[&inside, "not the file whose checksum is kept"]);
        }
        run(&["plan", &sweep, "--out", &out]).expect(5).says(&[&inside]);
        let remedy = format!("cp {sweep} {inside}");
        run(&["run", &sweep, "--out", &out]).expect(5).says(&[&inside, &remedy]);
        run(&["run", &sweep, "--out", &out, "--recompute-damaged"]).expect(5).says(&[&remedy]);
        assert_eq!(tree(&out), before);
        fs::copy(&sweep, &inside).unwrap();
        run(&["verify", &out]).expect(0);
    }
    // The damaged file itself is not a way in.
    replace(&inside, "= 25", "= 35");
    let asked = run(&["run", &inside]);
    assert_eq!(asked.code, Some(5), "{asked}");
}

#[test]
fn a_grown_sweep_is_guarded_in_its_place() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    replace(&sweep, "= 25", "= 30");
    run(&["run", &sweep, "--out", &out]).expect(0);
    run(&["verify", &out]).expect(0);
    assert_eq!(fs::read_to_string(format!("{out}/sweep.toml")).unwrap(), fs::read_to_string(&sweep).unwrap());
    replace(&format!("{out}/sweep.toml"), "= 30", "= 25");
    run(&["verify", &out]).expect(5);
}

#[test]
fn a_list_of_checksums_that_is_not_whole_is_damage() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let path = format!("{out}/checksums.b3");
    let whole = fs::read_to_string(&path).unwrap();
    assert_eq!(whole.lines().count(), listed(&format!("{out}/tables")).len() + 3, "{whole}");
    let without = |index: usize| {
        let lines = whole.lines().enumerate().filter(|(line, _)| *line != index);
        lines.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    let mut texts: Vec<String> = (0..whole.lines().count()).map(without).collect();
    texts.extend([String::new(), whole[..whole.len() - 1].into(), whole[..40].into()]);
    for text in texts {
        fs::write(&path, &text).unwrap();
        run(&["verify", &out]).expect(5).says(&["checksum"]);
        run(&["reduce", &out]).expect(0);
        assert_eq!(fs::read_to_string(&path).unwrap(), whole);
    }
    for table in listed(&format!("{out}/tables")) {
        fs::remove_file(&table).unwrap();
        run(&["verify", &out]).expect(5).says(&[&table, "missing"]);
        run(&["reduce", &out]).expect(0);
    }
    run(&["verify", &out]).expect(0);
}

#[test]
fn nothing_is_written_where_there_is_nothing_new() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let times = || -> Vec<(String, i64, i64, u64)> {
        let mut paths = listed(&out);
        paths.extend(["tables", "runs", "shards"].iter().flat_map(|folder| listed(&format!("{out}/{folder}"))));
        paths.retain(|path| fs::metadata(path).unwrap().is_file() && !path.ends_with("/lock"));
        let time = |path: String| {
            let metadata = fs::metadata(&path).unwrap();
            (path, metadata.mtime(), metadata.mtime_nsec(), metadata.ino())
        };
        paths.into_iter().map(time).collect()
    };
    let before = times();
    run(&["run", &sweep, "--out", &out]).expect(0).says(&["nothing left to compute", "50 of 50 tasks done"]);
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out]).expect(0);
    run(&["reduce", &out]).expect(0).says(&["up to date"]);
    run(&["verify", &out]).expect(0);
    assert_eq!(times(), before);
}

#[test]
fn results_that_are_older_than_the_records_are_damage_only_if_no_more_are_awaited() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let out = place.path("results");
    killed(&sweep, &out);
    run(&["reduce", &out]).expect(0);
    let files = || ["results.h5", "checksums.b3", "tables/value.csv"].map(|name| format!("{out}/{name}"));
    let old = files().map(|path| fs::read(path).unwrap());
    killed(&sweep, &out);
    run(&["verify", &out]).expect(0).says(&["results.h5  older than the records", "no damage"]);
    run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
    run(&["verify", &out]).expect(0).says(&["results.h5  equal to what the records give"]);
    files().iter().zip(old).for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    run(&["verify", &out]).expect(5).says(&["older than the records", "microzone reduce"]);
    run(&["run", &sweep, "--out", &out]).expect(0);
    run(&["verify", &out]).expect(0);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "after older results");
}

#[test]
fn results_are_not_replaced_by_fewer() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let out = place.computed(&sweep, "results", 0);
    let reference = Products::read(&out);
    listed(&format!("{out}/shards")).iter().for_each(|shard| fs::remove_file(shard).unwrap());
    run(&["reduce", &out]).expect(5).says(&["120 done tasks", "stays as it is", "microzone run"]);
    run(&["verify", &out]).expect(5).says(&["the records have lost 120 of its 120 done tasks"]);
    // A run that is stopped early has fewer, too.
    let running = Launcher::Alone.start(&["run", &sweep, "--out", &out, "--threads", "1"]);
    await_until("ten records", || status(&out).filter(|status| status["done"].as_u64().unwrap() >= 10));
    signal(running.pid(), "TERM");
    running.wait().expect(75).says(&["stays as it is"]);
    reference.assert_equal(&Products::read(&out), "after a stopped run");
    run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
    run(&["verify", &out]).expect(0);
    reference.assert_equal(&Products::read(&out), "after all is computed again");
}

#[test]
fn replaced_results_keep_their_mode() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let (results, table) = (format!("{out}/results.h5"), format!("{out}/tables/value.csv"));
    fs::set_permissions(&results, fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(&table, fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(format!("{out}/checksums.b3")).unwrap();
    let inode = fs::metadata(&results).unwrap().ino();
    run(&["reduce", &out]).expect(0);
    assert_ne!(fs::metadata(&results).unwrap().ino(), inode, "nothing was replaced");
    assert_eq!(fs::metadata(&results).unwrap().mode() & 0o777, 0o640);
    assert_eq!(fs::metadata(&table).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn results_are_written_though_the_record_of_the_run_cannot_be() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let out = place.path("results");
    let running = Launcher::Alone.start(&["run", &sweep, "--out", &out, "--threads", "1"]);
    let record = format!("{out}/runs/run-0001.json");
    await_until("the record of the run", || fs::metadata(&record).ok());
    fs::remove_file(&record).unwrap();
    fs::create_dir_all(format!("{record}/in-the-way")).unwrap();
    running.wait().expect(6).says(&[&record, "120 of 120 tasks done"]);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "without the record of the run");
    fs::remove_dir_all(&record).unwrap();
    run(&["run", &sweep, "--out", &out]).expect(0).says(&["nothing left to compute"]);
}

#[test]
fn a_journal_of_zeros_is_a_torn_tail() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let out = place.path("results");
    killed(&sweep, &out);
    let journals = listed(&format!("{out}/journal"));
    let length = fs::metadata(&journals[0]).unwrap().len();
    fs::write(&journals[0], vec![0; length as usize]).unwrap();
    run(&["verify", &out]).expect(0).says(&["no damage"]);
    run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "after a journal of zeros");
}

/// The shards of a complete directory are gone, and the file that records how many tasks were done is damaged too.
#[test]
fn results_that_may_hold_more_are_not_replaced_even_if_nothing_guards_them() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    for (name, text) in [("emptied", Some("")), ("gone", None)] {
        let out = place.computed(&sweep, name, 0);
        let results = fs::read(format!("{out}/results.h5")).unwrap();
        listed(&format!("{out}/shards")).iter().for_each(|shard| fs::remove_file(shard).unwrap());
        let checksums = format!("{out}/checksums.b3");
        match text {
            Some(text) => fs::write(&checksums, text).unwrap(),
            None => fs::remove_file(&checksums).unwrap(),
        }
        run(&["reduce", &out]).expect(5).says(&["results.h5", "stays as it is", "microzone run"]);
        assert_eq!(fs::read(format!("{out}/results.h5")).unwrap(), results);
        run(&["run", &sweep, "--out", &out]).expect(0);
        run(&["verify", &out]).expect(0);
        assert_eq!(fs::read(format!("{out}/results.h5")).unwrap(), results);
    }
}

#[test]
fn damaged_results_are_kept_aside_when_they_are_rewritten() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let path = format!("{out}/results.h5");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    run(&["reduce", &out]).expect(0);
    assert_eq!(fs::read(format!("{out}/damaged/results.h5")).unwrap(), bytes);
    run(&["verify", &out]).expect(0);
}

#[test]
fn a_directory_without_its_sweep_is_damaged_and_belongs_to_no_other_sweep() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let inside = format!("{out}/sweep.toml");
    fs::remove_file(&inside).unwrap();
    let before = tree(&out);
    for verb in ["status", "table", "reduce", "verify"] {
        run(&[verb, &out]).expect(5).says(&[&inside, "missing"]);
    }
    let other = place.file("other.toml", &SWEEP.replace("= 11", "= 12"));
    run(&["run", &other, "--out", &out]).expect(5).says(&[&inside, "missing"]);
    run(&["run", &sweep, "--out", &out]).expect(5).says(&[&format!("cp {sweep} {inside}")]);
    assert_eq!(tree(&out), before);
    fs::copy(&sweep, &inside).unwrap();
    run(&["verify", &out]).expect(0);
}

#[test]
fn a_flipped_sweep_whose_checksum_is_lost_is_recognised_by_its_records() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let inside = format!("{out}/sweep.toml");
    fs::remove_file(format!("{out}/checksums.b3")).unwrap();
    replace(&inside, "0.3", "0.7");
    run(&["reduce", &out]).expect(5).says(&[&inside, "25 records belong to no task"]);
    run(&["run", &inside]).expect(5).says(&[&inside, "25 records belong to no task"]);
    fs::copy(&sweep, &inside).unwrap();
    run(&["reduce", &out]).expect(0);
    run(&["verify", &out]).expect(0);
}

#[test]
fn a_flipped_bit_in_the_list_of_checksums_is_found_and_mended() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let path = format!("{out}/checksums.b3");
    let whole = fs::read(&path).unwrap();
    for position in (0..whole.len()).step_by(29) {
        let mut bytes = whole.clone();
        bytes[position] ^= 1;
        fs::write(&path, bytes).unwrap();
        run(&["verify", &out]).expect(5);
        let remedy: &[&str] = if position % 2 == 0 { &["reduce", &out] } else { &["run", &sweep, "--out", &out] };
        run(remedy).expect(0);
        assert!(fs::read(&path).unwrap() == whole, "byte {position}");
        run(&["verify", &out]).expect(0);
    }
}
