//! The first and the last lines of a run: what it is about to do, and what came of it.

use std::process::Command;

use crate::launch::{self, Launcher, with_mpi};
use crate::place::Place;
use crate::running::{Ended, await_until, signal};

const SWEEP: &str = r#"
[sweep]
name = "lines"
experiment = "null"
seed = 5
replicates = 20

[grid]
index = [1, 2, 3]
"#;

const CAPACITY: &str = r#"
[sweep]
name = "lines"
experiment = "capacity"
seed = 5
replicates = 3

[grid]
output_correlation = [0.0, 0.3]

[fixed]
inputs = 24
"#;

/// A run that is started in a folder, with this default directory.
fn started_in(folder: &str, arguments: &[&str]) -> Ended {
    std::fs::create_dir_all(folder).unwrap();
    let mut command = Command::new(with_mpi());
    command.current_dir(folder).arg("run");
    launch::start(command, arguments, &[]).wait()
}

#[test]
fn a_run_says_what_it_computes_and_where_and_what_to_type_next() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", CAPACITY);
    let here = place.path("here");
    let ended = started_in(&here, &[&sweep, "--threads", "2"]).expect(0);
    let lines: Vec<&str> = ended.errors.lines().collect();
    let first = [
        "lines: experiment capacity, 2 points × 3 replicates, 2 theory cells".to_string(),
        format!("directory   {here}/results/lines (new)"),
        "computing   6 tasks and 2 theory cells on 1 rank × 2 threads; less than 1 s expected".into(),
    ];
    assert_eq!(lines[..3], first, "{ended}");
    let last = &lines[lines.len() - 3..];
    assert_eq!(last[0], "6 of 6 tasks done, 0 failed: results/lines/results.h5", "{ended}");
    assert!(last[1].starts_with("elapsed 0.") && last[1].ends_with(" s, less than 0.001 core hours used"), "{ended}");
    assert_eq!(last[2], "next: microzone table results/lines", "{ended}");
    // In another folder it computes everything again, and says so.
    let there = place.path("there");
    let ended = started_in(&there, &[&sweep]).expect(0);
    ended.says(&[&format!("directory   {there}/results/lines (new)")]);
    let again = started_in(&here, &[&sweep]).expect(0).says(&["nothing left to compute", "next: microzone table"]);
    assert!(!again.errors.contains("computing") && !again.errors.contains("elapsed"), "{again}");
}

#[test]
fn a_run_that_resumes_says_how_much_is_done() {
    let place = Place::new();
    let out = place.path("a b");
    let sweep = place.file("sweep.toml", SWEEP);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0).says(&[&format!("next: microzone table '{out}'")]);
    let grown = place.file("grown.toml", &SWEEP.replace("= 20", "= 40"));
    let ended = Launcher::Ranks(2).run(&["run", &grown, "--out", &out, "--threads", "3"]).expect(0).says(&[
        "lines: experiment null, 3 points × 40 replicates\n",
        &format!("directory   {out} (60 of 120 tasks done)"),
        "computing   60 tasks on 2 ranks × 3 threads; less than 1 s expected",
    ]);
    for once in ["directory ", "computing ", "elapsed ", "next: "] {
        assert_eq!(ended.errors.matches(once).count(), 1, "{once}: {ended}");
    }
    let reused = ["run", &sweep, "--out", &place.path("c"), "--reuse", &out];
    Launcher::Alone.run(&reused).expect(0).says(&["nothing left to compute"]);
    let quiet = Launcher::Alone.run(&["run", &sweep, "--out", &place.path("d"), "--quiet"]).expect(0);
    assert_eq!(quiet.errors, "", "{quiet}");
}

#[test]
fn a_share_speaks_once() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SWEEP.replace("[grid]", "[fixed]\nduration = 0.01\n\n[grid]"));
    let out = place.path("results");
    let ended = Launcher::Alone.run(&["run", &sweep, "--out", &out, "--share", "1/2", "--threads", "2"]).expect(0);
    for once in ["directory ", "elapsed ", "next: ", "nothing left to compute"] {
        assert_eq!(ended.errors.matches(once).count(), 1, "{once}: {ended}");
    }
}

#[test]
fn a_run_that_is_asked_to_stop_says_what_it_waits_for() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SWEEP.replace("[grid]", "[fixed]\nduration = 90.0\n\n[grid]"));
    let stopping = |launcher: Launcher, name: &str, victim: usize, more: &[&str]| {
        let out = place.path(&format!("{launcher:?}-{name}-{victim}"));
        let arguments = ["run", &sweep, "--out", &out, "--threads", "1", "--grace", "1s"];
        let running = launcher.start(&[&arguments[..], more].concat());
        if !name.is_empty() {
            await_until("tasks in hand", || {
                crate::place::status(&out).filter(|status| status["running"] == launcher.ranks())
            });
            signal(running.await_ranks(launcher.ranks())[victim].1, name);
        }
        let ended = running.wait().expect(75);
        assert_eq!(ended.errors.matches("stopping").count(), 1, "{ended}");
        assert!(!ended.errors.contains("next: "), "{ended}");
        ended
    };
    let keyboard = "; Ctrl-C again stops at once\n";
    stopping(Launcher::Alone, "INT", 0, &[]).says(&[&format!("stopping: 1 task in hand, at most 1 s{keyboard}")]);
    stopping(Launcher::Alone, "TERM", 0, &[]).says(&["stopping: 1 task in hand, at most 1 s\n"]);
    stopping(Launcher::Ranks(3), "USR1", 2, &[])
        .says(&["stopping: 3 tasks in hand, at most 1 s\n", "the same command"]);
    stopping(Launcher::Ranks(2), "INT", 0, &[]).says(&[&format!("stopping: 2 tasks in hand, at most 1 s{keyboard}")]);
}

#[test]
fn a_run_that_reaches_its_time_limit_says_so() {
    let place = Place::new();
    // Tasks that take longer than expected.
    let sweep = place.file("sweep.toml", &SWEEP.replace("[grid]", "[fixed]\noutcome = \"endless\"\n\n[grid]"));
    let arguments =
        ["run", &sweep, "--out", &place.path("out"), "--threads", "2", "--grace", "1s", "--time-limit", "2s"];
    let ended = Launcher::Alone.run(&arguments).expect(75);
    ended.says(&["stopping at the time limit: 2 tasks in hand, at most 1 s\n", "60 tasks left"]);
}
