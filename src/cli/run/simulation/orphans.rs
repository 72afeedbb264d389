//! What the other ranks do when rank 0 is gone.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use super::history::{OUT, launch, options};
use super::reference::{Products, references};
use super::sweeps::Case;
use crate::cli::Exit;
use crate::machine::simulated::{Fault, World};
use crate::random::RandomStream;
use crate::store::{Contents, Directory};

const SWEEP: &str = "[sweep]\nname = \"orphans\"\nexperiment = \"null\"\nreplicates = 60\n[fixed]\nduration = 5\n";

/// How many records there are.
fn records(world: &Rc<World>) -> usize {
    let count = Rc::new(Cell::new(0));
    let counted = Rc::clone(&count);
    let launched = world.launch(1, true, move |_| {
        counted.set(Contents::read(&Directory::new(Path::new(OUT))).unwrap().records.len());
        0
    });
    assert!(world.run(launched, Duration::from_secs(100)));
    count.get()
}

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
    // Each of them has found out by itself.
    assert_eq!(world.reached().get("ranks left a silent rank 0"), Some(&3));
    assert!(records(&world) >= 3 * 3, "two tasks of each other rank, and the one in hand: {}", records(&world));
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
