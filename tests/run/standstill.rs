//! Ranks that stand still: a frozen node, a hung file system, `kill -STOP`.

use std::time::Duration;

use crate::launch::Launcher;
use crate::place::{Place, runs, status};
use crate::products::Products;
use crate::running::{Ended, Running, await_until, signal};

const SWEEP: &str = r#"
[sweep]
name = "standstill"
experiment = "null"
seed = 4
replicates = 200

[fixed]
duration = 0.2
"#;

/// Three ranks that compute, of which one has just been frozen.
fn frozen(place: &Place, victim: usize, options: &[&str]) -> (Running, String, String) {
    frozen_in(place, SWEEP, victim, options)
}

fn frozen_in(place: &Place, sweep: &str, victim: usize, options: &[&str]) -> (Running, String, String) {
    let sweep = place.file("sweep.toml", sweep);
    let out = place.path("results");
    let running = Launcher::Ranks(3).start(&[&["run", &sweep, "--out", &out, "--threads", "1"], options].concat());
    await_until("some tasks done", || status(&out).filter(|status| status["done"].as_u64().unwrap() >= 9));
    signal(running.await_ranks(3)[victim].1, "STOP");
    (running, sweep, out)
}

/// The same command has the rest computed, and the results are the usual ones.
fn check_resumable(place: &Place, sweep: &str, out: &str) {
    Launcher::Ranks(2).run(&["run", sweep, "--out", out, "--threads", "32"]).expect(0);
    place.reference(sweep, 0).assert_equal(&Products::read(out), "resumed");
}

fn check_stopped(ended: &Ended) {
    // The grace, ten seconds for the frozen rank, and what a busy machine takes.
    assert!(ended.elapsed < Duration::from_secs(60), "{ended}");
}

#[test]
fn a_frozen_rank_does_not_outlive_the_time_limit() {
    let place = Place::new();
    let (mut running, sweep, out) = frozen(&place, 1, &["--time-limit", "6s", "--grace", "1s"]);
    running.await_gone();
    let ended = running.wait().expect(75).says(&["rank 1 on ", "no longer answers; the run goes on without it"]);
    check_stopped(&ended);
    let run = runs(&out).pop().unwrap();
    assert_eq!(run["state"], "time limit", "{run:#}");
    check_resumable(&place, &sweep, &out);
}

#[test]
fn a_frozen_rank_does_not_outlive_a_signal() {
    let place = Place::new();
    let (mut running, sweep, out) = frozen(&place, 2, &["--grace", "1s"]);
    signal(running.await_ranks(3)[0].1, "TERM");
    running.await_gone();
    check_stopped(&running.wait().expect(75));
    check_resumable(&place, &sweep, &out);
}

#[test]
#[ignore = "it takes 80 s, most of them of silence: `make test-long`"]
fn the_others_take_over_what_a_frozen_rank_has_in_hand() {
    let place = Place::new();
    // What the others take over takes them so long that `status` can be asked in between.
    let long_tasks = SWEEP.replace("0.2", "4.0").replace("200", "18");
    let (mut running, sweep, out) = frozen_in(&place, &long_tasks, 1, &[]);
    std::thread::sleep(Duration::from_secs(50));
    let silent = await_until("the silent rank in `status`", || status(&out)?["run"]["silent"].as_array().cloned());
    assert_eq!((silent.len(), &silent[0]["rank"]), (1, &1.into()), "{silent:?}");
    running.await_gone();
    running.wait().expect(0).says(&["18 of 18 tasks done, 0 failed"]);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "without the frozen rank");
    let status = status(&out).unwrap();
    assert_eq!(status["state"], "complete", "{status:#}");
    // The frozen rank has left its journal behind; it is folded by whoever comes next.
    check_resumable(&place, &sweep, &out);
}

#[test]
#[ignore = "it takes 40 s, most of them of silence: `make test-long`"]
fn the_others_leave_a_frozen_rank_0_and_what_they_have_done_is_safe() {
    let place = Place::new();
    let (mut running, sweep, out) = frozen(&place, 0, &[]);
    running.await_gone();
    let ended = running.wait().expect(75).says(&["rank 0 no longer answers; what is done is safe"]);
    check_stopped(&ended);
    check_resumable(&place, &sweep, &out);
}
