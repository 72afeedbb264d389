//! What the other ranks do when rank 0 is gone.

use std::path::Path;
use std::time::Duration;

use super::history::{OUT, launch, options};
use super::reference::{Products, references};
use super::sweeps::Case;
use crate::cli::Exit;
use crate::machine::simulated::{Fault, World};
use crate::random::RandomStream;

const SWEEP: &str = "[sweep]\nname = \"orphans\"\nexperiment = \"null\"\nreplicates = 60\n[fixed]\nduration = 5\n";

/// Loses rank 0 of four in the middle of a run, and lets the same command end it; the exit codes of the other three.
fn orphans(fault: impl Fn(usize) -> Fault) -> Vec<Option<i32>> {
    let folder = tempfile::tempdir().unwrap();
    let sweep = folder.path().join("sweep.toml");
    std::fs::write(&sweep, SWEEP).unwrap();
    let case = Case { sweep, options: &[], kills: false };
    let world = World::new(RandomStream::from_seed([4; 32]), true);
    let launched = launch(&world, 4, false, &options(&case, 1, &[]));
    let processes = world.living(launched);
    world.plan(Duration::from_secs(12), fault(processes[0]));
    assert!(world.run(launched, Duration::from_secs(120)), "the others end");
    let exits = processes[1..].iter().map(|process| world.exit_of(*process)).collect();
    let launched = launch(&world, 2, true, &options(&case, 1, &[]));
    assert!(world.run(launched, Duration::from_secs(1000)), "the next run ends");
    assert_eq!(world.exit(launched), Some(0));
    let there = Products::read(&world, Path::new(OUT)).unwrap();
    assert!(there.equal(&references(&case)[0].products));
    exits
}

#[test]
fn if_rank_0_is_killed_the_others_end_with_75_and_the_next_run_completes_it() {
    assert_eq!(orphans(Fault::Kill), [Some(Exit::Stopped as i32); 3]);
}

#[test]
fn if_rank_0_stands_still_the_others_end_with_75_and_the_next_run_completes_it() {
    assert_eq!(orphans(Fault::Freeze), [Some(Exit::Stopped as i32); 3]);
}
