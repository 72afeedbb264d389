//! What happens to files: torn, zeroed, flipped, gone, left over. Torn tails and leftovers do not matter; what is
//! damaged must be found, and the remedy that is named must help.

use std::ops::Range;
use std::path::Path;

use crate::bench::State;
use crate::judge::{PATIENCE, last_line};
use crate::launch::Launcher;
use crate::place::listed;
use crate::running::Ended;
use crate::soak::Kind;
use crate::trial::Trial;

pub(crate) const KINDS: [Kind; 15] = [
    ("a journal with a torn tail", torn_tail),
    ("a journal with zeros behind it", |trial| append(trial, &[0; 4096])),
    ("a journal of zeros", |trial| stray_journal(trial, &[0; 8192])),
    ("a journal of no bytes", |trial| stray_journal(trial, &[])),
    ("a stale lock", stale_lock),
    ("temporary files left over", temporaries),
    ("results.h5 is gone", |trial| deleted(trial, "results.h5")),
    ("a table is gone", |trial| deleted(trial, "tables/value.csv")),
    ("checksums.b3 is gone", |trial| deleted(trial, "checksums.b3")),
    ("a shard is gone", shard_deleted),
    ("a flipped bit in a shard", |trial| record_flipped(trial, State::Complete, "shards")),
    ("a flipped bit in a journal", |trial| record_flipped(trial, State::Killed, "journal")),
    ("a flipped bit in results or tables", product_flipped),
    ("a flipped bit in sweep.toml", |trial| guard_flipped(trial, "sweep.toml")),
    ("a flipped bit in format.json", |trial| guard_flipped(trial, "format.json")),
];

const ANY: [State; 4] = [State::Killed, State::Stopped, State::Unmerged, State::Complete];

fn read(path: &str) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn only(folder: &str) -> String {
    let paths = listed(folder);
    assert_eq!(paths.len(), 1, "{folder} has {paths:?}");
    paths[0].clone()
}

/// Everything continues as if nothing had happened.
fn goes_on(trial: &mut Trial) {
    trial.case.check_verify(false);
    trial.case.check_resumed();
}

/// A verb ends with one of these codes.
fn expect(trial: &mut Trial, arguments: &[&str], codes: &[i32]) -> Option<Ended> {
    let ended = trial.case.ended(Launcher::Alone.start(arguments).wait_at_most(PATIENCE))?;
    if !ended.code.is_some_and(|code| codes.contains(&code)) {
        let (code, line) = (ended.code, last_line(&ended.errors));
        trial.case.problem(format!("{}: exit code {code:?}, not one of {codes:?}: {line}", arguments[0]));
    }
    Some(ended)
}

fn torn_tail(trial: &mut Trial) {
    trial.enter(&[State::Killed]);
    let path = only(&trial.file("journal"));
    let length = read(&path).len();
    let cut = 1 + trial.below(length / 2);
    std::fs::File::options().write(true).open(&path).unwrap().set_len((length - cut) as u64).unwrap();
    goes_on(trial);
}

fn append(trial: &mut Trial, bytes: &[u8]) {
    trial.enter(&[State::Killed]);
    let path = only(&trial.file("journal"));
    let length = 1 + trial.below(bytes.len());
    std::fs::write(&path, [read(&path), bytes[..length].to_vec()].concat()).unwrap();
    goes_on(trial);
}

fn stray_journal(trial: &mut Trial, bytes: &[u8]) {
    trial.enter(&ANY);
    let length = trial.below(bytes.len() + 1);
    std::fs::create_dir_all(trial.file("journal")).unwrap();
    std::fs::write(trial.file("journal/run-0009-rank-0000.journal"), &bytes[..length]).unwrap();
    goes_on(trial);
}

/// The process that wrote this no longer exists.
fn stale_lock(trial: &mut Trial) {
    trial.enter(&ANY);
    std::fs::write(trial.file("lock"), "host elsewhere, pid 1, since 2020-01-01T00:00:00Z\n").unwrap();
    goes_on(trial);
}

fn temporaries(trial: &mut Trial) {
    trial.enter(&ANY);
    let names = [
        ".results.h5.999999-0.temporary",
        ".checksums.b3.999999-1.temporary",
        "shards/.run-0001-rank-0000.h5.999999-0.temporary",
        "tables/.value.csv.999999-0.temporary",
        "runs/.run-0001.json.999999-0.temporary",
    ];
    for name in names {
        let bytes: Vec<u8> = (0..trial.below(3000)).map(|index| index as u8).collect();
        std::fs::write(trial.file(name), bytes).unwrap();
    }
    goes_on(trial);
}

/// `verify` misses it, and `reduce` writes it again.
fn deleted(trial: &mut Trial, name: &str) {
    trial.enter(&[State::Complete]);
    std::fs::remove_file(trial.file(name)).unwrap();
    let out = trial.case.out.clone();
    if let Some(ended) = expect(trial, &["verify", &out], &[5])
        && !(ended.errors.contains(name) && ended.errors.contains("microzone reduce"))
    {
        trial.case.problem(format!("verify does not name {name} and the remedy: {}", last_line(&ended.errors)));
    }
    expect(trial, &["reduce", &out], &[0]);
    trial.case.check_success("", None);
    trial.case.check_resumed();
}

fn shard_deleted(trial: &mut Trial) {
    trial.enter(&[State::Complete]);
    let results = read(&trial.file("results.h5"));
    std::fs::remove_file(only(&trial.file("shards"))).unwrap();
    let out = trial.case.out.clone();
    // Results are never replaced by fewer, whatever `reduce` says to this.
    if let Some(reduced) = trial.case.ended(Launcher::Alone.start(&["reduce", &out]).wait_at_most(PATIENCE))
        && read(&trial.file("results.h5")) != results
    {
        trial.case.problem(format!("reduce replaced results by fewer, WRONG: {:?}", reduced.code));
    }
    trial.case.arguments = trial.case.bench.run(&out).map(str::to_string).to_vec();
    trial.case.check_resumed();
}

fn flip(trial: &mut Trial, path: &str, from: usize, to: usize) -> u64 {
    let mut bytes = read(path);
    let position = from + trial.below(to - from);
    bytes[position] ^= 1 << trial.below(8);
    std::fs::write(path, bytes).unwrap();
    trial.case.notes.push(format!("bit flipped in byte {position} of {path}"));
    position as u64
}

/// Where the columns of a shard lie that only those verbs read which need values. All of its tasks are done, so that no
/// message is needed either.
fn columns_of_values(shard: &str) -> Vec<Range<u64>> {
    let file = hdf5::File::open(shard).unwrap();
    let place = |name: &&str| {
        let dataset = file.dataset(name).unwrap();
        dataset.offset().map(|offset| offset..offset + dataset.storage_size())
    };
    ["values", "value_end", "message", "message_end"].iter().filter_map(place).collect()
}

/// Every verb that reads the byte refuses; `--recompute-damaged` mends.
fn record_flipped(trial: &mut Trial, state: State, folder: &str) {
    trial.enter(&[state]);
    let path = only(&trial.file(folder));
    let length = read(&path).len();
    // The first bytes name the format, which may be that of a later program; the last frames of a journal may be torn.
    let (from, to) = if folder == "journal" { (length / 4, length / 2) } else { (64, length) };
    let columns = if folder == "shards" { columns_of_values(&path) } else { Vec::new() };
    let position = flip(trial, &path, from, to);
    let in_values = columns.iter().any(|column| column.contains(&position));
    let (out, sweep) = (trial.case.out.clone(), trial.case.bench.sweep.clone());
    let run = ["run", &sweep, "--out", &out, "--threads", "2"];
    for arguments in [&["verify", &out][..], &["status", &out], &["reduce", &out], &run] {
        // A run that has nothing to compute only counts, like `status`.
        if in_values && ["status", "run"].contains(&arguments[0]) {
            expect(trial, arguments, &[0]);
            continue;
        }
        let Some(ended) = expect(trial, arguments, &[5]) else { continue };
        if !(ended.errors.contains(&path) || ended.output.contains(&path)) {
            trial.case.problem(format!("{} does not name {path}", arguments[0]));
        }
    }
    let remedy = [&run[..], &["--recompute-damaged"]].concat();
    trial.case.arguments = run.map(str::to_string).to_vec();
    let launcher = trial.case.launcher;
    let ended = trial.case.ended(launcher.start(&remedy).wait_at_most(PATIENCE));
    if let Some(ended) = ended.filter(|ended| ended.code != Some(0)) {
        trial.case.problem(format!("--recompute-damaged: exit code {:?}: {}", ended.code, last_line(&ended.errors)));
    }
    trial.case.check_success("", None);
    trial.case.check_resumed();
}

fn product_flipped(trial: &mut Trial) {
    trial.enter(&[State::Complete]);
    let name = trial.one_of(&["results.h5", "tables/value.csv", "checksums.b3"]);
    let path = trial.file(name);
    let before = read(&path);
    flip(trial, &path, 0, before.len());
    let out = trial.case.out.clone();
    expect(trial, &["verify", &out], &[5]);
    // Of a checksum and what it is of, either may be wrong: where it is that of sweep.toml, only a good copy helps.
    let guard = name == "checksums.b3";
    let ended = expect(trial, &["reduce", &out], if guard { &[0, 5] } else { &[0] });
    if ended.is_some_and(|ended| ended.code == Some(5)) {
        std::fs::write(&path, before).unwrap();
    }
    trial.case.check_success("", None);
    trial.case.check_resumed();
}

/// Nothing is replaced while the file that names the records is not itself; putting it back mends.
fn guard_flipped(trial: &mut Trial, name: &str) {
    trial.enter(&[State::Killed, State::Stopped, State::Complete]);
    let (path, out) = (trial.file(name), trial.case.out.clone());
    if !Path::new(&path).exists() {
        return trial.case.problem(format!("there is no {name}"));
    }
    let (before, results) = (read(&path), std::fs::read(trial.file("results.h5")).ok());
    flip(trial, &path, 0, before.len());
    expect(trial, &["verify", &out], &[5]);
    expect(trial, &["status", &out], &[5]);
    // A flipped number of the format reads like one of another version.
    expect(trial, &["reduce", &out], &[4, 5]);
    let run = trial.case.bench.run(&out).map(str::to_string);
    expect(trial, &run.each_ref().map(String::as_str), &[4, 5]);
    if std::fs::read(trial.file("results.h5")).ok() != results {
        trial.case.problem("results were replaced, WRONG");
    }
    std::fs::write(&path, before).unwrap();
    trial.case.check_verify(false);
    trial.case.check_resumed();
}
