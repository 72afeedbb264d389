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
    let recorded = || status(&out).map_or(0, |status| status["done"].as_u64().unwrap());
    let before = await_until("the first records", || Some(recorded()).filter(|done| *done > 0));
    let watched = Instant::now();
    // Tasks that ended a second ago, at least.
    let finished = || before + workers * ((watched.elapsed().as_secs_f64() - 1.0) / SECONDS_A_TASK) as u64;
    // What is on disk at any moment is what a kill at that moment would leave.
    while watched.elapsed() < Duration::from_secs(4) {
        let (finished, found) = (finished(), recorded());
        assert!(found >= finished, "{found} records of {finished} tasks after {:?}", watched.elapsed());
    }
    let finished = finished();
    let told = runs(&out).pop().expect("a run writes its record at once");
    running.ranks().iter().for_each(|(_, pid)| signal(*pid, "KILL"));
    signal(running.pid(), "KILL");
    running.await_gone();

    let found = recorded();
    assert!(found >= finished, "{found} records of at least {finished} tasks that ended a second before the kill");
    // Its first record is empty, the next ones come every 2 s.
    let told = told["tasks"]["done"].as_u64().unwrap();
    assert!(told > 0 && found + workers * 20 >= told, "the run told of {told} done tasks, {found} were found");
}
