//! One history.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;

use super::reference::{Products, reference};
use super::transport::SimulatedRank;
use crate::cli::run::{Arguments, take_part};
use crate::cli::{Cli, Exit, Verb, reduce};
use crate::machine::clock::Moment;
use crate::machine::simulated::{Fault, KILLED, Rates, World, here};
use crate::machine::threads;
use crate::random::RandomStream;
use crate::store::run_record::{self, RunRecord};
use crate::store::{Contents, Directory};
use crate::sweep::{Identities, Sweep, Task};

/// The results directory of every history.
const OUT: &str = "/scratch/out";
/// No run of a history needs as long as this, whatever happens.
const LONGEST: Duration = Duration::from_secs(20_000);
/// The same command, without any fault, has to come to its end after so many attempts.
const ATTEMPTS: usize = 6;

pub(super) struct History {
    random: RandomStream,
    sweep: PathBuf,
}

/// The command line of a run.
pub(super) fn options(sweep: &Path, threads: usize, more: &[&str]) -> Vec<String> {
    let words = ["microzone", "run", sweep.to_str().unwrap(), "--out", OUT, "--threads", &threads.to_string()];
    words.iter().chain(more).map(|word| (*word).to_string()).collect()
}

/// Starts a run.
pub(super) fn launch(world: &Rc<World>, ranks: usize, die_together: bool, words: &[String]) -> usize {
    let words = words.to_vec();
    world.launch(ranks, die_together, move |rank| {
        let Ok(Cli { verb: Verb::Run(arguments) }) = Cli::try_parse_from(&words) else { panic!("{words:?}") };
        part(&arguments, rank, ranks)
    })
}

/// What one process does; its exit code.
fn part(arguments: &Arguments, rank: usize, size: usize) -> i32 {
    let interrupted = here().unwrap().interrupted();
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
        let random = RandomStream::from_seed(*blake3::hash(&seed.to_le_bytes()).as_bytes());
        Self { sweep: sweeps().swap_remove((seed % 4) as usize), random }
    }

    /// Plays it; how often rare things happened.
    pub(super) fn play(mut self, is_logged: bool) -> BTreeMap<&'static str, u64> {
        let has_locks = self.random.bernoulli(0.7);
        let world = World::new(self.random.substream(1), has_locks);
        if is_logged {
            world.log_everything();
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.play_in(&world)));
        if let Err(panic) = outcome {
            world.logged().iter().for_each(|line| println!("{line}"));
            std::panic::resume_unwind(panic);
        }
        world.reached()
    }

    fn play_in(&mut self, world: &Rc<World>) {
        let whole = reference(&self.sweep);
        let mut done = Vec::new();
        for _ in 0..1 + self.below(4) {
            world.set_rates(Rates::drawn(&mut self.random));
            let exits = self.disturbed(world);
            world.set_rates(Rates::none());
            assert!(exits.iter().all(|exit| [0, 6, 75, KILLED].contains(exit)), "exit codes {exits:?}");
            done = check(world, &whole, &done);
            check_records(world, &self.sweep, &done);
        }
        let exit = (0..ATTEMPTS).map(|_| self.undisturbed(world)).find(|exit| *exit == 0);
        assert_eq!(exit, Some(0), "without faults it comes to its end");
        let there = Products::read(world, Path::new(OUT)).expect("results");
        assert!(there.equal(&whole), "the results are not those of an undisturbed run");
    }

    /// One run during which things go wrong, or two at the same time; the exit codes.
    fn disturbed(&mut self, world: &Rc<World>) -> Vec<i32> {
        let (ranks, threads) = (1 + self.below(4), 1 + self.below(2));
        let mut more = Vec::new();
        if self.random.bernoulli(0.2) {
            more.extend(["--time-limit", "20s", "--grace", "3s"]);
        }
        let together = self.random.bernoulli(0.5);
        let launched = launch(world, ranks, together, &options(&self.sweep, threads, &more));
        let processes = world.living(launched);
        for _ in 0..self.below(4) {
            let after = Duration::from_secs_f64(90.0 * self.random.uniform().powi(2));
            let process = processes[self.below(processes.len())];
            let fault = match self.below(6) {
                0 | 1 => Fault::Kill(process),
                2 => Fault::PowerCut,
                3 => Fault::Interrupt(process),
                _ => Fault::Freeze(process),
            };
            world.plan(after, fault);
            if fault == Fault::Freeze(process) && self.random.bernoulli(0.7) {
                let pause = Duration::from_secs_f64(200.0 * self.random.uniform().powi(2));
                world.plan(after + pause, Fault::Thaw(process));
            }
        }
        let mut launches = vec![launched];
        if self.random.bernoulli(0.3) {
            world.pass(Duration::from_secs_f64(120.0 * self.random.uniform().powi(2)));
            launches.push(self.another(world));
        }
        launches.into_iter().rev().map(|launched| end(world, launched)).collect()
    }

    /// Somebody else runs or reduces the same sweep.
    fn another(&mut self, world: &Rc<World>) -> usize {
        if self.random.bernoulli(0.3) {
            return world.launch(1, true, |_| {
                let arguments = reduce::Arguments { dir: OUT.into() };
                match reduce::run(&arguments) {
                    Ok(exit) => exit as i32,
                    // There may be nothing yet.
                    Err(failure) if failure.exit == Exit::Usage => 0,
                    Err(failure) => failure.exit as i32,
                }
            });
        }
        let ranks = 1 + self.below(2);
        launch(world, ranks, true, &options(&self.sweep, 1, &[]))
    }

    /// The same command again, with what its messages advise.
    fn undisturbed(&mut self, world: &Rc<World>) -> i32 {
        let (ranks, threads) = (1 + self.below(3), 1 + self.below(2));
        let launched = launch(world, ranks, true, &options(&self.sweep, threads, &[]));
        assert!(world.run(launched, LONGEST), "without faults a run ends");
        world.exit(launched).unwrap()
    }

    fn below(&mut self, count: usize) -> usize {
        (self.random.uniform() * count as f64) as usize
    }
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

/// Checks that what has been published has a record, and that no run has counted more than there is.
fn check_records(world: &Rc<World>, sweep: &Path, published: &[usize]) {
    let (sweep, published) = (sweep.to_path_buf(), published.to_vec());
    let a_sync_failed = world.reached().contains_key("a sync failed");
    let launched = world.launch(1, true, move |_| {
        let directory = Directory::new(Path::new(OUT));
        let sweep = Arc::new(Sweep::parse(&sweep, std::fs::read_to_string(&sweep).unwrap()).unwrap());
        let contents = Contents::read(&directory).unwrap();
        assert!(contents.damage.is_empty(), "{:?}", contents.damage);
        let identities = Identities::new(&sweep);
        for task in &published {
            let digest = identities.digest(Task(*task as u32));
            // `reduce` may have published what was on the disk and is cut off with what a failed sync has lost.
            let is_there = contents.records.find(&digest).is_some() || a_sync_failed;
            assert!(is_there, "the record of the published task {task} is lost");
        }
        for RunRecord { run, tasks, .. } in run_record::all(&directory.runs()).unwrap() {
            assert!(tasks.before + tasks.done + tasks.failed <= tasks.total, "run {run} has counted {tasks:?}");
        }
        0
    });
    assert!(world.run(launched, LONGEST));
}

/// Checks what has been published so far: nothing is wrong, and nothing is lost that was there. What is done.
fn check(world: &Rc<World>, whole: &Products, before: &[usize]) -> Vec<usize> {
    let Some(there) = Products::read(world, Path::new(OUT)) else {
        assert!(before.is_empty(), "results that were published are gone");
        return Vec::new();
    };
    assert!(there.is_part_of(whole), "a wrong value was published");
    let done = there.done();
    let lost: Vec<&usize> = before.iter().filter(|task| !done.contains(task)).collect();
    assert!(lost.is_empty(), "{lost:?} were published before");
    done
}

/// Sweeps of tasks that take between no time and a minute.
pub(super) fn sweeps() -> Vec<PathBuf> {
    static FOLDER: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path();
    let texts = [
        "[sweep]\nname = \"a\"\nexperiment = \"null\"\nreplicates = 4\n[grid]\nduration = [0, 0.01, 1, 5]\n",
        "[sweep]\nname = \"b\"\nexperiment = \"null\"\nreplicates = 30\n[fixed]\nduration = 0.5\n",
        "[sweep]\nname = \"d\"\nexperiment = \"null\"\nreplicates = 3\n[grid]\nindex = [1, 2, 3]\n\
         [fixed]\nduration = 0.4\n[precision]\nobservable = \"value\"\nrelative_error = 0.1\nmax_replicates = 12\n",
        "[sweep]\nname = \"c\"\nexperiment = \"null\"\nreplicates = 2\n[grid]\nduration = [0.1, 60]\nindex = [1, 2]\n",
    ];
    let mut paths = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let path = folder.join(format!("{number}.toml"));
        if !path.exists() {
            std::fs::write(&path, text).unwrap();
        }
        paths.push(path);
    }
    paths
}
