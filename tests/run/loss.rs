//! After a kill at most the last second of finished work is lost.

use std::time::{Duration, Instant};

use crate::launch::Launcher;
use crate::place::{Place, runs, status};
use crate::running::{await_until, signal};

const SWEEP: &str = r#"
[sweep]
name = "loss"
experiment = "null"
seed = 5
replicates = 5000

[fixed]
duration = 0.05
"#;

/// Tasks sleep for 50 ms; a busy machine may stretch that a little.
const SECONDS_A_TASK: f64 = 0.055;

#[test]
fn one_thread_loses_at_most_a_second() {
    check(Launcher::Alone, 1);
}

#[test]
fn two_ranks_lose_at_most_a_second() {
    check(Launcher::Ranks(2), 2);
}

fn check(launcher: Launcher, workers: u64) {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    let mut running = launcher.start(&["run", &sweep, "--out", &out, "--threads", "1"]);
    let recorded = || status(&out).map(|status| status["done"].as_u64().unwrap()).filter(|done| *done > 0);
    let (before, watched) = (await_until("the first records", recorded), Instant::now());
    // Work long enough that a second of it is not most of it.
    std::thread::sleep(Duration::from_secs(3));
    let told = runs(&out).last().map(|run| (run["tasks"]["done"].as_u64().unwrap(), run["updated"].as_f64().unwrap()));
    let seconds = watched.elapsed().as_secs_f64();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    running.ranks().iter().for_each(|(_, pid)| signal(*pid, "KILL"));
    signal(running.pid(), "KILL");
    running.await_gone();

    let found = status(&out).unwrap()["done"].as_u64().unwrap();
    let finished = before + workers * ((seconds - 1.0) / SECONDS_A_TASK) as u64;
    assert!(found >= finished, "{found} records of at least {finished} tasks that ended a second before the kill");
    let (told, at) = told.expect("a run writes its record at once");
    assert!(now - at < 1.0 || found >= told, "the run told of {told} done tasks, {found} were found");
}
