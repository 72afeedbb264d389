//! Killed at random moments, and resumed.

use std::fmt;
use std::time::{Duration, Instant};

use microzone::random::RandomStream;

use crate::launch::Launcher;
use crate::matrix::CAPACITY;
use crate::place::{Place, listed, status};
use crate::products::Products;
use crate::running::{Ended, Running, signal};

/// Random kills; the seed is the clock's unless `MICROZONE_TEST_SEED` gives one.
pub(crate) struct Kills {
    seed: u64,
    random: RandomStream,
}

#[derive(Clone, Copy, Debug)]
enum Victim {
    OneRank,
    AllRanks,
    Launcher,
}

impl Kills {
    pub(crate) fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
        let seed = std::env::var("MICROZONE_TEST_SEED").map_or(now, |seed| seed.parse().unwrap());
        let random = RandomStream::from_seed(*blake3::hash(&seed.to_le_bytes()).as_bytes());
        println!("MICROZONE_TEST_SEED={seed}");
        Self { seed, random }
    }

    /// Launches the sweep once and kills it within this many seconds; whether it was still alive.
    pub(crate) fn round(&mut self, launcher: Launcher, sweep: &str, out: &str, threads: u16, within: f64) -> bool {
        let victim = [Victim::OneRank, Victim::AllRanks, Victim::Launcher][self.below(3)];
        let patience = Duration::from_secs_f64(within * self.random.uniform());
        println!("{launcher:?}, {threads} threads: kill {victim:?} after {patience:?}");
        let mut running = launcher.start(&arguments(sweep, out, &threads.to_string()));
        // The moment of the kill is what is random; nothing is waited for.
        std::thread::sleep(patience);
        let lived = !running.has_ended();
        self.strike(victim, &running);
        // Any process that outlives the victim has to notice and leave by itself.
        running.await_gone();
        assert_undamaged(out);
        lived
    }

    /// Before there are ranks the launcher is the only victim.
    fn strike(&mut self, victim: Victim, running: &Running) {
        let ranks = running.ranks();
        match victim {
            Victim::OneRank if !ranks.is_empty() => signal(ranks[self.below(ranks.len())].1, "KILL"),
            Victim::AllRanks if !ranks.is_empty() => ranks.iter().for_each(|(_, pid)| signal(*pid, "KILL")),
            _ => signal(running.pid(), "KILL"),
        }
    }

    fn below(&mut self, count: usize) -> usize {
        (self.random.uniform() * count as f64) as usize
    }
}

impl fmt::Display for Kills {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "MICROZONE_TEST_SEED={}", self.seed)
    }
}

fn arguments<'a>(sweep: &'a str, out: &'a str, threads: &'a str) -> [&'a str; 6] {
    ["run", sweep, "--out", out, "--threads", threads]
}

/// A killed run leaves torn tails at most.
fn assert_undamaged(out: &str) {
    if let Some(status) = status(out) {
        assert_eq!(status["damage"], serde_json::json!([]), "{status:#}");
    }
}

/// The same command again; while ranks of a killed run still write, it may be refused with exit code 6.
pub(crate) fn resume_to_the_end(launcher: Launcher, sweep: &str, out: &str, threads: u16, code: i32) -> Ended {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let ended = launcher.run(&arguments(sweep, out, &threads.to_string()));
        if ended.code != Some(6) || Instant::now() > deadline {
            return ended.expect(code);
        }
        assert!(ended.errors.contains("another run is working here"), "{ended}");
    }
}

const MANY: &str = r#"
[sweep]
name = "kills"
experiment = "null"
seed = 3
replicates = 40

[grid]
index = { start = 0, stop = 59, steps = 60 }
outcome = ["value", "error"]

[fixed]
failing = 0.1
duration = 0.03
"#;

const SHORT: &str = r#"
[sweep]
name = "kills"
experiment = "null"
seed = 4
replicates = 100

[grid]
index = [1, 2, 3]

[fixed]
duration = 0.002
"#;

/// One directory, killed again and again, with another number of ranks every time.
#[test]
fn twenty_kills_of_one_computation_leave_no_trace() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", MANY);
    let out = place.path("results");
    let mut kills = Kills::new();
    let launchers = [3, 1, 5, 2].map(Launcher::Ranks).into_iter().chain([Launcher::Alone]).cycle();
    let alive = launchers.take(20).filter(|launcher| kills.round(*launcher, &sweep, &out, 2, 1.2)).count();
    assert!(alive >= 15, "only {alive} of 20 runs were alive when they were killed");
    resume_to_the_end(Launcher::Ranks(5), &sweep, &out, 16, 3);
    place.reference(&sweep, 3).assert_equal(&Products::read(&out), &kills.to_string());
    assert_tidy(&out);
}

/// Much longer than the time between two kills, also on a busy machine.
const LONG: &str = r#"
[sweep]
name = "kills"
experiment = "null"
seed = 5
replicates = 8

[fixed]
duration = 3
"#;

/// The same tasks are in hand at every kill. None of them fails for what comes from outside.
#[test]
fn kills_that_come_faster_than_any_task_ends_leave_no_trace() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", LONG);
    let out = place.path("results");
    let mut kills = Kills::new();
    let launchers = [Launcher::Alone, Launcher::Ranks(2)].into_iter().cycle();
    let alive = launchers.take(8).filter(|launcher| kills.round(*launcher, &sweep, &out, 2, 1.4)).count();
    assert_eq!(alive, 8, "no run had the time to end");
    let counts = status(&out).unwrap();
    assert_eq!((&counts["done"], &counts["failed"]), (&0.into(), &0.into()), "{counts:#}");
    resume_to_the_end(Launcher::Ranks(2), &sweep, &out, 4, 0);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), &kills.to_string());
    assert_tidy(&out);
}

/// Many short computations, so that kills strike at their very beginning and end too, while files are folded and
/// merged.
#[test]
fn kills_at_any_stage_of_a_short_run_leave_no_trace() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SHORT);
    let reference = place.reference(&sweep, 0);
    let mut kills = Kills::new();
    for round in 0..14 {
        let out = place.path(&format!("results-{round}"));
        let launcher = [Launcher::Alone, Launcher::Ranks(2), Launcher::Ranks(3)][round % 3];
        kills.round(launcher, &sweep, &out, 2, 0.7);
        kills.round(launcher, &sweep, &out, 2, 0.7);
        resume_to_the_end(Launcher::Alone, &sweep, &out, 4, 0);
        reference.assert_equal(&Products::read(&out), &format!("round {round}, {kills}"));
        assert_tidy(&out);
    }
}

#[test]
fn killed_capacity_sweeps_leave_no_trace() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &CAPACITY.replace("inputs = 48", "inputs = 100"));
    let out = place.path("results");
    let mut kills = Kills::new();
    for ranks in [2, 3, 1, 2] {
        kills.round(Launcher::Ranks(ranks), &sweep, &out, 1, 1.0);
    }
    resume_to_the_end(Launcher::Ranks(2), &sweep, &out, 1, 0);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), &kills.to_string());
}

/// A complete sweep has its records in shards alone, and nothing half written lies about.
fn assert_tidy(out: &str) {
    assert!(listed(&format!("{out}/journal")).is_empty(), "{:?}", listed(&format!("{out}/journal")));
    for folder in ["", "shards", "tables", "runs"] {
        let left: Vec<_> =
            listed(&format!("{out}/{folder}")).into_iter().filter(|path| path.contains(".temporary")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
