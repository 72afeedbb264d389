//! One history.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;

use super::reference::{PROGRAMS, Products, Whole, references};
use super::sweeps::{Case, cases};
use super::transport::SimulatedRank;
use crate::cli::run::{Arguments, take_part};
use crate::cli::{Cli, Exit, Verb, publication, reduce};
use crate::machine::clock::Moment;
use crate::machine::simulated::{Ambush, Fault, KILLED, Rates, World, here};
use crate::machine::threads;
use crate::random::RandomStream;
use crate::store::journal::death;
use crate::store::run_record::{self, RunRecord};
use crate::store::{Contents, Directory};
use crate::sweep::{Identities, Sweep, Task};

/// The results directory of every history.
pub(super) const OUT: &str = "/scratch/out";
/// No run of a history needs as long as this, whatever happens.
const LONGEST: Duration = Duration::from_secs(20_000);
/// Nor without faults as long as this: the longest sweep takes four minutes, and a dead lease is waited for a minute.
const LONGEST_WITHOUT_FAULTS: Duration = Duration::from_secs(1000);
/// Without any fault the same command comes to its end, unless there is damage, or tasks end their process: one that
/// aborts ends one run, one that takes all memory three runs of this machine, and some on others.
const ATTEMPTS: usize = 30;
/// A node that no other run computes on.
const ELSEWHERE: usize = 20;
/// About as many as a short run makes.
const WRITES_OF_RUN: usize = 60;
/// About as many calls to the disk as `reduce` makes.
const CALLS_OF_REDUCE: usize = 150;
const DAMAGED: i32 = Exit::Damaged as i32;

pub(super) struct History {
    random: RandomStream,
    case: Case,
}

/// The command line of a run.
pub(super) fn options(case: &Case, threads: usize, more: &[&str]) -> Vec<String> {
    let words = ["microzone", "run", case.sweep.to_str().unwrap(), "--out", OUT, "--threads", &threads.to_string()];
    words.iter().chain(case.options).chain(more).map(|word| (*word).to_string()).collect()
}

/// Starts a run.
pub(super) fn launch(world: &Rc<World>, ranks: usize, die_together: bool, words: &[String]) -> usize {
    launch_on(world, 0, ranks, die_together, words)
}

fn launch_on(world: &Rc<World>, first_node: usize, ranks: usize, die_together: bool, words: &[String]) -> usize {
    let words = words.to_vec();
    world.launch_on(first_node, ranks, die_together, move |rank| {
        let Ok(Cli { verb: Verb::Run(arguments) }) = Cli::try_parse_from(&words) else { panic!("{words:?}") };
        part(&arguments, rank, ranks)
    })
}

/// What one process does; its exit code.
fn part(arguments: &Arguments, rank: usize, size: usize) -> i32 {
    let interrupted = here().unwrap().interrupted();
    here().unwrap().on_crash(death::note);
    let transport = SimulatedRank { rank, size };
    let left = take_part(arguments, &transport, &interrupted, Moment::now());
    let exit = left.outcome.unwrap_or_else(|failure| {
        here().unwrap().tell_user(format_args!("microzone: {failure}"));
        failure.exit
    });
    if left.without_some {
        here().unwrap().abort(exit as i32);
    }
    // MPI waits for all ranks.
    threads::sleep(Duration::from_millis(1));
    exit as i32
}

impl History {
    pub(super) fn new(seed: u64) -> Self {
        let hash = *blake3::hash(&seed.to_le_bytes()).as_bytes();
        let mut cases = cases();
        let case = cases.swap_remove(usize::from(hash[31]) % cases.len());
        Self { case, random: RandomStream::from_seed(hash) }
    }

    /// Plays it; the machine that it leaves.
    pub(super) fn play(mut self, is_logged: bool) -> Rc<World> {
        let has_locks = self.random.bernoulli(0.5);
        let world = World::new(self.random.substream(1), has_locks);
        if is_logged {
            world.log_everything();
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.play_in(&world)));
        if let Err(panic) = outcome {
            world.logged().iter().for_each(|line| println!("{line}"));
            std::panic::resume_unwind(panic);
        }
        world
    }

    fn play_in(&mut self, world: &Rc<World>) {
        let wholes = references(&self.case);
        let exit = wholes[0].exit;
        let mut done = Vec::new();
        let mut has_reduced = false;
        for _ in 0..1 + self.below(4) {
            world.set_rates(Rates::drawn(&mut self.random));
            let exits = self.disturbed(world);
            world.lift_faults();
            let expected = [exit, 0, 6, 75, KILLED];
            // `reduce` keeps results that have more than the records: what a sync has failed to write may be lost
            // later, or be cut off by the run that wrote it, after another `reduce` has read and published it.
            let may_be_lost = has_failed_to_sync(world) || has_lost_what_was_synced(world);
            let may_be_damaged = |ended: &Ended| is_damaged(world) || !ended.computes && may_be_lost;
            let is_expected =
                |ended: &Ended| expected.contains(&ended.exit) || ended.exit == DAMAGED && may_be_damaged(ended);
            assert!(exits.iter().all(is_expected), "exit codes {exits:?}");
            let is_complete = exits.iter().any(|ended| ended.computes && ended.exit == exit);
            done = check(world, &wholes, &done, is_complete);
            // A run may write into the last sector of what `reduce` has synced and published, and spoil it if the power
            // is cut: `results.h5` keeps such tasks until they have been computed again.
            has_reduced |= exits.iter().any(|ended| !ended.computes);
            let may_have_lost = has_reduced && has_lost_what_was_synced(world);
            check_records(world, &self.case.sweep, if may_have_lost { &[] } else { &done }, is_complete);
        }
        let mut last = self.undisturbed(world, false);
        for _ in 0..ATTEMPTS {
            // The last death of a task that takes all memory is not noted while a dead run holds the lease `reduce`.
            let is_killed = self.case.kills && [KILLED, Exit::Stopped as i32].contains(&last);
            if last != DAMAGED && !is_killed {
                break;
            }
            last = self.undisturbed(world, last == DAMAGED);
        }
        assert_eq!(last, exit, "without faults it comes to its end");
        let there = Products::read(world, Path::new(OUT)).expect("results");
        let is_of_last = |(whole, program): (&Whole, &str)| program == world.program() && there.equal(&whole.products);
        let is_equal = wholes.iter().zip(PROGRAMS).any(is_of_last);
        assert!(is_equal, "the results are not those of an undisturbed run");
    }

    /// One run during which things go wrong, with other runs and reduces beside it; how each of them has ended.
    fn disturbed(&mut self, world: &Rc<World>) -> Vec<Ended> {
        let (ranks, threads) = (1 + self.below(4), 1 + self.below(2));
        let mut more = Vec::new();
        if self.random.bernoulli(0.2) {
            more.extend(["--time-limit", "20s", "--grace", "3s"]);
        }
        let mut launches = Vec::new();
        if self.random.bernoulli(0.25) {
            let reduces = self.reduce_in_ambush(world);
            launches.push((reduces, false));
            world.pass(Duration::from_secs_f64(0.02 * self.random.uniform()));
        }
        let together = self.random.bernoulli(0.5);
        self.upgrade(world);
        let launched = launch(world, ranks, together, &options(&self.case, threads, &more));
        let processes = world.living(launched);
        for _ in 0..self.below(4) {
            self.plan_fault(world, &processes);
        }
        launches.push((launched, true));
        for _ in 0..self.below(3) {
            world.pass(Duration::from_secs_f64(120.0 * self.random.uniform().powi(2)));
            launches.push(self.another(world));
        }
        let ended = |(launched, computes)| Ended { exit: end(world, launched), computes };
        launches.into_iter().rev().map(ended).collect()
    }

    /// A `reduce` that may publish what it has read long after others have published more.
    fn reduce_in_ambush(&mut self, world: &Rc<World>) -> usize {
        let reduces = self.reduce(world);
        let time = Duration::from_secs_f64(30.0 + 200.0 * self.random.uniform());
        let ambush = match self.random.bernoulli(0.5) {
            true => Ambush::AtRename(time),
            false => Ambush::AtCall(self.below(CALLS_OF_REDUCE), time),
        };
        world.living(reduces).into_iter().for_each(|process| world.lay(process, ambush));
        reduces
    }

    /// Something that will happen to the processes of a run, by rank.
    fn plan_fault(&mut self, world: &Rc<World>, processes: &[usize]) {
        // A short sweep is done after some milliseconds.
        let longest = [0.05, 5.0, 90.0][self.below(3)];
        let after = Duration::from_secs_f64(longest * self.random.uniform());
        // Whether rank 0 stands still is soon seen, and the others are then gone.
        let first = usize::from(processes.len() > 1 && self.random.bernoulli(0.7));
        let process = processes[first + self.below(processes.len() - first)];
        let fault = match self.below(8) {
            0 | 1 => Fault::Kill(process),
            2 | 3 => Fault::PowerCut,
            4 => Fault::Interrupt(process),
            _ => Fault::Freeze(process),
        };
        match self.random.bernoulli(0.5) && fault != Fault::Freeze(process) {
            true => world.plan_at_write(self.below(WRITES_OF_RUN), fault),
            false => world.plan(after, fault),
        }
        if fault == Fault::Freeze(process) && self.random.bernoulli(0.7) {
            // Often about as long as others wait for it.
            let seconds = match self.random.bernoulli(0.5) {
                true => 200.0 * self.random.uniform().powi(2),
                false => 60.0 + 20.0 * self.random.uniform(),
            };
            let pause = Duration::from_secs_f64(seconds);
            world.plan(after + pause, Fault::Thaw(process));
        }
    }

    /// Somebody else runs or reduces the same sweep; whether it is a run.
    fn another(&mut self, world: &Rc<World>) -> (usize, bool) {
        self.upgrade(world);
        if self.random.bernoulli(0.4) {
            return (self.reduce(world), false);
        }
        let node = self.node();
        let ranks = 1 + self.below(2);
        (launch_on(world, node, ranks, true, &options(&self.case, 1, &[])), true)
    }

    fn reduce(&mut self, world: &Rc<World>) -> usize {
        world.launch_on(self.node(), 1, true, |_| {
            let arguments = reduce::Arguments { dir: OUT.into() };
            match reduce::run(&arguments) {
                Ok(exit) => exit as i32,
                // There may be nothing yet.
                Err(failure) if failure.exit == Exit::Usage => 0,
                Err(failure) => failure.exit as i32,
            }
        })
    }

    /// Sometimes, whoever starts next has a newer program.
    fn upgrade(&mut self, world: &Rc<World>) {
        if self.random.bernoulli(0.05) && world.program() != PROGRAMS[1] {
            world.install(PROGRAMS[1]);
        }
    }

    fn node(&mut self) -> usize {
        if self.random.bernoulli(0.5) { 0 } else { ELSEWHERE }
    }

    /// The same command again, with what its messages advise.
    fn undisturbed(&mut self, world: &Rc<World>, is_damaged: bool) -> i32 {
        self.upgrade(world);
        let (ranks, threads) = (1 + self.below(3), 1 + self.below(2));
        let remedy: &[&str] = if is_damaged { &["--recompute-damaged"] } else { &[] };
        let launched = launch(world, ranks, true, &options(&self.case, threads, remedy));
        assert!(world.run(launched, LONGEST_WITHOUT_FAULTS), "without faults a run ends");
        world.exit(launched).unwrap()
    }

    fn below(&mut self, count: usize) -> usize {
        (self.random.uniform() * count as f64) as usize
    }
}

/// How a launch has ended.
#[derive(Debug)]
struct Ended {
    exit: i32,
    /// Whether it computes what is missing, and does not only reduce.
    computes: bool,
}

/// Lets a launch come to its end; its exit code.
fn end(world: &Rc<World>, launched: usize) -> i32 {
    if !world.run(launched, LONGEST) {
        // Only what stands still may be left.
        world.living(launched).into_iter().for_each(|process| assert!(world.is_frozen(process), "it hangs"));
        world.living(launched).into_iter().for_each(|process| world.strike(Fault::Kill(process)));
    }
    world.exit(launched).unwrap()
}

/// Whether the disk may have lost what a later sync has called safe.
fn has_failed_to_sync(world: &Rc<World>) -> bool {
    world.reached().contains_key("a sync failed")
}

/// Whether a power cut has spoilt a sector of which a part was synced.
fn has_lost_what_was_synced(world: &Rc<World>) -> bool {
    world.reached().contains_key("a sector with synced bytes went bad")
}

/// Whether the disk has put bytes where others were.
fn is_damaged(world: &Rc<World>) -> bool {
    world.reached().contains_key("a write was misdirected")
}

/// Checks that what has been published has a record, that complete results are what their checksum is of, and that no
/// run has counted more than there is.
pub(super) fn check_records(world: &Rc<World>, sweep: &Path, published: &[usize], is_complete: bool) {
    let (sweep, published) = (sweep.to_path_buf(), published.to_vec());
    let (a_sync_failed, is_damaged) = (has_failed_to_sync(world), is_damaged(world));
    let launched = world.launch(1, true, move |_| {
        let directory = Directory::new(Path::new(OUT));
        let sweep = Arc::new(Sweep::parse(&sweep, std::fs::read_to_string(&sweep).unwrap()).unwrap());
        let contents = Contents::read(&directory).unwrap();
        assert!(contents.damage.is_empty() || is_damaged, "{:?}", contents.damage);
        assert_eq!(contents.records.contradictions(), 0, "a task has two records with different bits");
        let is_sound = !is_complete || publication::summary(&directory).is_some();
        assert!(is_sound || is_damaged, "results.h5 is not the file that its checksum is of");
        let identities = Identities::new(&sweep);
        for task in &published {
            let digest = identities.digest(Task(*task as u32));
            // `reduce` may have published what was on the disk and is cut off with what a failed sync has lost.
            let is_there = contents.records.find(&digest).is_some() || a_sync_failed || is_damaged;
            assert!(is_there, "the record of the published task {task} is lost");
        }
        for RunRecord { run, tasks, .. } in run_record::all(&directory.runs()).unwrap() {
            assert!(tasks.before + tasks.done + tasks.failed <= tasks.total, "run {run} has counted {tasks:?}");
        }
        0
    });
    assert!(world.run(launched, LONGEST));
}

/// Checks what has been published so far: nothing is wrong, and nothing is lost that was there or that a run has called
/// complete. What is done.
fn check(world: &Rc<World>, wholes: &[Whole], before: &[usize], is_complete: bool) -> Vec<usize> {
    let Some(there) = Products::read(world, Path::new(OUT)) else {
        let is_lost = is_complete || !before.is_empty();
        assert!(!is_lost || is_damaged(world), "results that were published are gone");
        return Vec::new();
    };
    assert!(there.is_part_of(&wholes[0].products), "a wrong value or failure was published");
    let is_whole = wholes.iter().any(|whole| there.equal(&whole.products));
    assert!(!is_complete || is_whole || is_damaged(world), "what was complete is not complete any more");
    let done = there.done();
    let lost: Vec<&usize> = before.iter().filter(|task| !done.contains(task)).collect();
    assert!(lost.is_empty(), "{lost:?} were published before");
    done
}
