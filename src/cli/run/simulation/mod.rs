//! The whole program on simulated machines: one seed, one history of runs, faults and resumes.

mod history;
mod reference;
mod transport;

use history::History;

use crate::machine::sabotage::{Defect, put_in};

/// Histories that every change runs.
const SEEDS: u64 = 1000;

/// The first seed, and how many: `MICROZONE_SIMULATION_SEED` and `MICROZONE_SIMULATION_SEEDS` change them.
fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    match (number("MICROZONE_SIMULATION_SEED"), number("MICROZONE_SIMULATION_SEEDS")) {
        (Some(seed), None) => seed..seed + 1,
        (seed, count) => seed.unwrap_or(0)..seed.unwrap_or(0) + count.unwrap_or(SEEDS),
    }
}

/// Plays histories with a defect until one finds it; how many it took.
fn found_after(defect: Defect) -> Option<u64> {
    reference::compute_all();
    put_in(Some(defect));
    let found = (0..SEEDS).find(|seed| {
        let history = History::new(*seed);
        std::panic::catch_unwind(|| history.play(false)).is_err()
    });
    put_in(None);
    found.map(|seed| seed + 1)
}

#[test]
#[ignore = "it takes some minutes: `make test-long`"]
fn every_defect_is_found() {
    let found: Vec<(Defect, Option<u64>)> = Defect::ALL.map(|defect| (defect, found_after(defect))).to_vec();
    assert!(found.iter().all(|(_, found)| found.is_some()), "{found:#?}");
    println!("{found:?}");
}

/// Two tests play half of the histories each, so that two processors are busy.
fn play_every_other(first: u64) {
    let begun = std::time::Instant::now();
    let mut reached = std::collections::BTreeMap::<&str, u64>::new();
    let seeds = seeds();
    reference::compute_all();
    for seed in seeds.clone().filter(|seed| seed % 2 == first) {
        let history = History::new(seed);
        match std::panic::catch_unwind(|| history.play(seeds.end - seeds.start == 1)) {
            Ok(rare) => rare.into_iter().for_each(|(what, count)| *reached.entry(what).or_default() += count),
            Err(_) => panic!("seed {seed} failed; MICROZONE_SIMULATION_SEED={seed} plays it again, with a log"),
        }
    }
    println!("seeds {seeds:?}, every other one, in {:.1} s: {reached:#?}", begun.elapsed().as_secs_f64());
    if seeds.end - seeds.start >= SEEDS {
        let rare = ["a message arrived twice", "a sync failed", "a rename failed", "the disk was full"];
        assert!(rare.iter().all(|rare| reached.contains_key(rare)), "not all faults have happened: {reached:#?}");
    }
}

#[test]
fn every_even_history_ends_with_the_right_results() {
    play_every_other(0);
}

#[test]
fn every_odd_history_ends_with_the_right_results() {
    play_every_other(1);
}
