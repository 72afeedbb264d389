//! The whole program on simulated machines: one seed, one history of runs, faults and resumes.
//!
//! `MICROZONE_SIMULATION_SEED` plays one history again, with a log of all that happens if it fails; together with
//! `MICROZONE_SIMULATION_SEEDS` it plays as many from that one on.

mod calls;
mod history;
mod moments;
mod orphans;
mod parts;
mod reference;
mod sweeps;
mod transport;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Instant;

use history::History;
use parts::{Part, in_parts};

use crate::machine::sabotage::{Defect, put_in};

/// Histories that every change plays, and within which every defect is found.
const SEEDS: u64 = 2000;

/// What has to happen in so many histories.
const RARE: [&str; 24] = [
    "a frame had another checksum",
    "a message arrived twice",
    "a process stood still in the middle of something",
    "a rank lost its tasks",
    "a rank woke up whose tasks others have",
    "a page was lost",
    "a process was killed",
    "a rename failed",
    "a run lost its lease",
    "a suspect was convicted",
    "a sector went bad",
    "a sync failed",
    "a task ended its process",
    "a task took all memory",
    "a truncation was lost",
    "a write was misdirected",
    "input or output failed",
    "ranks left a silent rank 0",
    "small shards were merged",
    "the change of a name was lost",
    "the disk was full",
    "the files of a dead or deposed process were fenced",
    "the power was cut",
    "the program was upgraded",
];

fn seeds() -> Range<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    match (number("MICROZONE_SIMULATION_SEED"), number("MICROZONE_SIMULATION_SEEDS")) {
        (Some(seed), None) => seed..seed + 1,
        (seed, count) => seed.unwrap_or(0)..seed.unwrap_or(0) + count.unwrap_or(SEEDS),
    }
}

#[test]
fn every_history_ends_with_the_right_results() {
    let (begun, seeds) = (Instant::now(), seeds());
    let said = in_parts("every_history_ends_with_the_right_results", |part| play(part, seeds.clone()));
    let Some(said) = said else { return };
    let mut reached = BTreeMap::<&str, u64>::new();
    for (count, what) in said.iter().filter_map(|line| line.strip_prefix("REACHED ")?.split_once(' ')) {
        *reached.entry(what).or_default() += count.parse::<u64>().unwrap();
    }
    println!("seeds {seeds:?} in {:.1} s: {reached:#?}", begun.elapsed().as_secs_f64());
    if seeds.end - seeds.start >= SEEDS {
        assert!(RARE.iter().all(|rare| reached.contains_key(rare)), "not all faults have happened: {reached:#?}");
    }
}

/// Plays the histories of one part.
fn play(part: Part, seeds: Range<u64>) {
    let is_logged = seeds.end - seeds.start == 1;
    let mut reached = BTreeMap::<&str, u64>::new();
    for seed in seeds.filter(|seed| part.has(*seed)) {
        match std::panic::catch_unwind(|| History::new(seed).play(is_logged)) {
            Ok(world) => {
                world.reached().into_iter().for_each(|(what, count)| *reached.entry(what).or_default() += count)
            }
            Err(_) => panic!("seed {seed} failed; MICROZONE_SIMULATION_SEED={seed} plays it again, with a log"),
        }
    }
    reached.iter().for_each(|(what, count)| println!("REACHED {count} {what}"));
}

#[test]
fn a_seed_is_one_history() {
    let said = in_parts("a_seed_is_one_history", |part| {
        for seed in (0..20).filter(|seed| part.has(*seed)) {
            let [first, second] = [(); 2].map(|()| History::new(seed).play(true).logged());
            let line = first.iter().zip(&second).position(|(first, second)| first != second);
            assert_eq!(line.map(|line| (&first[line], &second[line])), None, "seed {seed}");
            assert_eq!(first.len(), second.len(), "seed {seed}");
            println!("LINES {}", first.len());
        }
    });
    let Some(said) = said else { return };
    let lines: Vec<usize> = said.iter().filter_map(|line| line.strip_prefix("LINES ")?.parse().ok()).collect();
    assert!(lines.len() == 20 && lines.iter().sum::<usize>() > 20_000, "{lines:?}");
}

#[test]
#[ignore = "it takes some minutes: `make test-long`"]
fn every_defect_is_found() {
    let said = in_parts("every_defect_is_found", |part| {
        for (_, defect) in (0..).zip(Defect::ALL).filter(|(number, _)| part.has(*number)) {
            println!("DEFECT {defect:?}: {}", found_after(defect).map_or("no".into(), |count| count.to_string()));
        }
    });
    let Some(said) = said else { return };
    let found: Vec<&str> = said.iter().filter_map(|line| line.strip_prefix("DEFECT ")).collect();
    println!("each is found after so many histories: {found:#?}");
    assert_eq!(found.len(), Defect::ALL.len());
    assert!(found.iter().all(|found| !found.ends_with(": no")), "{found:#?}");
}

/// Plays histories with a defect until one finds it; how many it took.
fn found_after(defect: Defect) -> Option<u64> {
    put_in(Some(defect));
    let found = (0..SEEDS).find(|seed| std::panic::catch_unwind(|| History::new(*seed).play(false)).is_err());
    put_in(None);
    found.map(|seed| seed + 1)
}
