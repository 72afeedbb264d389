//! Files that others may have written, read by every reader: the seeds of `fuzz/`, and many mutations of them.
//!
//! `make fuzz` does the same for longer and with coverage. No case may panic, last or take memory out of proportion.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use microzone::fuzzing;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Mutations of the seeds of each format.
const CASES: usize = 20_000;
/// Of those that make HDF5 write and read files.
const CASES_OF_HDF5: usize = 1_000;
/// A case takes microseconds, or a few milliseconds with HDF5, but the machine may be busy.
const LONGEST: Duration = Duration::from_secs(10);
/// Memory that the process may ask for, beyond what it has: far less than a length in a file can say.
const MEMORY: u64 = 4 << 30;

fn limit_memory() {
    let maximum = getrlimit(Resource::As).maximum;
    setrlimit(Resource::As, Rlimit { current: Some(MEMORY), maximum }).unwrap();
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no seeds in {}", folder.display());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Changes bytes in one of the ways in which files come to be wrong, or are made wrong.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut ChaCha8Rng) {
    let mut below = |bound: usize| (random.next_u64() % bound.max(1) as u64) as usize;
    let (place, kind) = (below(bytes.len()), below(9));
    let length = below(bytes.len() - place.min(bytes.len())) % 64;
    let extremes = [0, 1, 0x7f, 0xff, 0x80, b'9', b'[', b'"', b'\n'];
    match kind {
        _ if bytes.is_empty() => bytes.push(below(256) as u8),
        0 => bytes[place] ^= 1 << below(8),
        1 => bytes[place] = extremes[below(extremes.len())],
        2 => bytes.truncate(place),
        3 => drop(bytes.drain(place..place + length)),
        4 => {
            let part = bytes[place..place + length].to_vec();
            bytes.splice(place..place, part.repeat(1 + below(8)));
        }
        5 => {
            let from = below(other.len());
            let part = &other[from..other.len().min(from + 64)];
            bytes.splice(place..place, part.iter().copied());
        }
        6 => bytes[place..place + length].fill(extremes[below(extremes.len())]),
        // A number, for example a length.
        7 => {
            let number = [0, 1, 255, 1 << 16, (1 << 31) - 1, (1 << 32) - 1, 1 << 40, u64::MAX][below(8)];
            bytes.iter_mut().skip(place).zip(number.to_le_bytes()).for_each(|(byte, new)| *byte = new);
        }
        _ => {
            let digits = ["0", "-1", "1e308", "1e-400", "99999999999999999999", "10000000", "null", "{}", "[[", "\"\""];
            bytes.splice(place..place + length.min(4), digits[below(digits.len())].bytes());
        }
    }
}

/// Shows the seeds of a target and mutations of them, each from the same random numbers whatever else is tested.
fn show(target: &str, cases: usize, read: impl Fn(&[u8])) {
    limit_memory();
    let seeds = seeds(target);
    let mut random = ChaCha8Rng::seed_from_u64(2012);
    let timed = |bytes: &[u8]| {
        let began = Instant::now();
        read(bytes);
        assert!(
            began.elapsed() < LONGEST,
            "{target}: {:?} for {:?}",
            began.elapsed(),
            bytes.escape_ascii().to_string()
        );
    };
    seeds.iter().for_each(|seed| timed(seed));
    for case in 0..cases {
        let mut bytes = seeds[case % seeds.len()].clone();
        let other = &seeds[random.next_u32() as usize % seeds.len()];
        for _ in 0..1 + random.next_u32() % 4 {
            mutate(&mut bytes, other, &mut random);
        }
        timed(&bytes);
    }
}

/// Runs a reader that takes a path.
fn with_scratch(target: &str, cases: usize, read: impl Fn(&[u8], &Path)) {
    let folder = tempfile::tempdir_in(if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" }).unwrap();
    show(target, cases, |bytes| read(bytes, &folder.path().join("scratch")));
}

#[test]
fn journals() {
    with_scratch("journal", CASES, fuzzing::journal);
}

#[test]
fn records() {
    show("record", CASES, fuzzing::record);
}

#[test]
fn shards() {
    with_scratch("shard", CASES_OF_HDF5, fuzzing::shard);
}

#[test]
fn records_of_runs() {
    show("run_record", CASES, fuzzing::run_record);
}

#[test]
fn leases() {
    show("lease", CASES, fuzzing::lease);
}

#[test]
fn checksums() {
    show("checksums", CASES, fuzzing::checksums);
}

#[test]
fn rules() {
    show("rules", CASES, fuzzing::rules);
}

#[test]
fn records_of_jobs() {
    show("job_record", CASES, fuzzing::job_record);
}

#[test]
fn profiles() {
    show("profile", CASES, fuzzing::profile);
}

#[test]
fn sweeps() {
    show("sweep", CASES, fuzzing::sweep);
}

#[test]
fn no_seed_is_longer_than_what_the_fuzzer_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let makefile = std::fs::read_to_string(root.join("Makefile")).unwrap();
    let (_, rest) = makefile.split_once("-max_len=").unwrap();
    let most: usize = rest.split_whitespace().next().unwrap().parse().unwrap();
    for target in std::fs::read_dir(root.join("fuzz/seeds")).unwrap() {
        let target = target.unwrap().file_name().into_string().unwrap();
        seeds(&target).iter().for_each(|seed| assert!(seed.len() <= most, "{target}: {} bytes", seed.len()));
    }
}
