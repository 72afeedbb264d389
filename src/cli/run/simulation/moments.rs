//! Two failures in a row: a kill at any moment of a run, and a cut of the power during the next run or after it.
//!
//! What the killed run has done may look done and not be durable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use super::history::{OUT, check_records, launch, options};
use super::parts::in_parts;
use super::reference::{Products, references};
use super::sweeps::Case;
use crate::machine::simulated::{Ambush, Fault, World};
use crate::random::RandomStream;

const SWEEP: &str = "[sweep]\nname = \"moments\"\nexperiment = \"null\"\nreplicates = 3\n";
/// A run of this sweep takes some seconds.
const LONG_ENOUGH: Duration = Duration::from_secs(60);
const FOR_EVER: Duration = Duration::from_secs(1_000_000);

/// How often the power is cut after a kill before the n-th call: often if the call before has changed names, because a
/// cut keeps half of such changes, and never if that was a look. Nothing if there is no such call.
fn cuts(case: &Case, call: usize) -> Option<usize> {
    let world = new_world();
    halted(&world, case, call)?;
    let lines = world.logged();
    let time = |line: &String| line.split_whitespace().next().map(String::from);
    // Some looks take no time, and are no calls.
    let last: Vec<&String> = lines.iter().rev().take_while(|line| time(line) == lines.last().and_then(time)).collect();
    let is_one_of = |kinds: &[&str]| last.iter().any(|line| kinds.iter().any(|kind| line.contains(kind)));
    Some(match () {
        () if is_one_of(&[" Name ", " Rename "]) => 16,
        () if is_one_of(&[" Write ", " Sync "]) => 2,
        () => 0,
    })
}

/// What happens in it is the same until it gets another seed.
fn new_world() -> Rc<World> {
    let world = World::new(RandomStream::from_seed([5; 32]), true);
    world.log_everything();
    world
}

fn complete(world: &Rc<World>, case: &Case) {
    let launched = launch(world, 1, true, &options(case, 1, &[]));
    assert!(world.run(launched, Duration::from_secs(1000)), "it ends");
    assert_eq!(world.exit(launched), Some(0));
}

/// Starts a run, and has it stand still before its n-th call; its process, unless it ends before.
fn halted(world: &Rc<World>, case: &Case, call: usize) -> Option<usize> {
    let launched = launch(world, 1, true, &options(case, 1, &[]));
    let process = world.living(launched)[0];
    world.lay(process, Ambush::AtCall(call, FOR_EVER));
    world.pass(LONG_ENOUGH);
    let is_halted = world.is_frozen(process);
    assert!(is_halted || world.exit(launched) == Some(0), "it ends, or stands still: {:?}", world.exit(launched));
    is_halted.then_some(process)
}

fn check(world: &Rc<World>, case: &Case) {
    let whole = &references(case)[0].products;
    let there = Products::read(world, Path::new(OUT)).expect("results");
    assert!(there.equal(whole), "other results");
    check_records(world, &case.sweep, &whole.done(), true);
}

/// Kills a run before its n-th call, and cuts the power while the next one runs or when it has ended; whether it was
/// running.
fn play(world: &Rc<World>, case: &Case, call: usize, cut: usize) -> bool {
    let process = halted(world, case, call).expect("it stands still");
    world.strike(Fault::Kill(process));
    let seed = blake3::hash(&[call, cut].map(usize::to_le_bytes).concat());
    let mut random = RandomStream::from_seed(*seed.as_bytes());
    world.reseed(random.substream(1));
    let is_running = if cut.is_multiple_of(2) {
        complete(world, case);
        false
    } else {
        // Most runs make fewer calls.
        halted(world, case, (600.0 * random.uniform()) as usize).is_some()
    };
    world.strike(Fault::PowerCut);
    if !is_running {
        check(world, case);
    }
    complete(world, case);
    check(world, case);
    is_running
}

fn play_or_tell(case: &Case, call: usize, cut: usize) {
    let world = new_world();
    let played = catch_unwind(AssertUnwindSafe(|| play(&world, case, call, cut)));
    let is_running = played.unwrap_or_else(|panic| {
        world.logged().iter().for_each(|line| println!("{line}"));
        println!("the kill came before call {call}, with cut {cut}");
        std::panic::resume_unwind(panic)
    });
    println!("RUNNING {is_running}");
}

#[test]
fn two_failures_in_a_row_lose_nothing() {
    let said = in_parts("moments::two_failures_in_a_row_lose_nothing", |part| {
        let folder = tempfile::tempdir().unwrap();
        let case = Case { sweep: folder.path().join("sweep.toml"), options: &[], kills: false };
        std::fs::write(&case.sweep, SWEEP).unwrap();
        for call in (0..).filter(|call| part.has(*call)) {
            let Some(cuts) = cuts(&case, call as usize) else { break };
            (0..cuts).for_each(|cut| play_or_tell(&case, call as usize, cut));
        }
    });
    let Some(said) = said else { return };
    let count = |line: &str| said.iter().filter(|said| *said == line).count();
    let counts = [count("RUNNING true"), count("RUNNING false")];
    assert!(counts[0] > 150 && counts[1] > 500, "{counts:?}");
    println!("power cuts during and after the next run: {counts:?}");
}
