//! Leases end to end: one run and one writer of results at a time, on this machine and elsewhere.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::launch::{Launcher, with_mpi};
use crate::place::{Place, listed, status};
use crate::products::Products;
use crate::running::{Running, await_until, signal};

const SLOW: &str = r#"
[sweep]
name = "leases"
experiment = "null"
seed = 10
replicates = 150

[fixed]
duration = 0.02
"#;

/// A run that takes a minute on one thread, so that it is still at work when the test looks at it.
fn endless() -> String {
    SLOW.replace("150", "3000")
}

fn lease(out: &str) -> String {
    format!("{out}/runs/run-0001.lease")
}

/// A run of the sweep with a lease and some records.
fn at_work(sweep: &str, out: &str) -> Running {
    let running = Launcher::Alone.start(&["run", sweep, "--out", out, "--threads", "1"]);
    await_until("ten records", || status(out).filter(|status| status["done"].as_u64().unwrap() >= 10));
    running
}

/// The program where the boot id is another one, as on another machine that shares the disk.
fn elsewhere(place: &Place, arguments: &[&str]) -> Running {
    let boot = place.file("boot_id", "11111111-2222-3333-4444-555555555555\n");
    let script = format!("mount --bind {boot} /proc/sys/kernel/random/boot_id && exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", &script, "sh"]).arg(with_mpi()).args(arguments);
    Running::start(command)
}

#[test]
fn a_run_has_a_lease_while_it_lives_and_a_second_one_is_refused_with_its_holder() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &endless());
    let out = place.path("results");
    let running = at_work(&sweep, &out);
    let text = fs::read_to_string(lease(&out)).unwrap();
    let pid = running.pid().to_string();
    assert!(text.contains(&pid) && text.contains("boot_id") && text.contains("counter"), "{text}");
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        let refused = launcher.run(&["run", &sweep, "--out", &out]).expect(6);
        refused.says(&["another run is working here", &format!("pid {pid}")]);
    }
    signal(running.pid(), "TERM");
    running.wait().expect(75);
    assert!(!listed(&format!("{out}/runs")).iter().any(|path| path.ends_with(".lease")));
}

#[test]
fn a_run_that_finds_its_lease_gone_publishes_nothing_more() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &endless());
    let out = place.path("results");
    let running = at_work(&sweep, &out);
    fs::remove_file(lease(&out)).unwrap();
    running.wait().expect(75).says(&["lease", "the same command resumes"]);
    assert!(!Path::new(&format!("{out}/results.h5")).exists());
    Launcher::Alone.run(&["verify", &out]).expect(0);
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "after a lost lease");
}

#[test]
fn a_run_elsewhere_is_seen_to_live_by_its_beat_and_its_death_takes_a_minute() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &endless());
    let out = place.path("results");
    let mut running = elsewhere(&place, &["run", &sweep, "--out", &out, "--threads", "1"]);
    await_until("a lease", || fs::metadata(lease(&out)).ok());
    let state = || status(&out).unwrap()["state"].as_str().unwrap().to_string();
    await_until("a run that is seen to live", || status(&out).filter(|_| state().starts_with("running")));
    // The flock would also show it; without it only the lease does.
    fs::remove_file(format!("{out}/lock")).unwrap();
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(6).says(&["another run is working here"]);
    running.ranks().iter().for_each(|(_, pid)| signal(*pid, "KILL"));
    running.await_gone();
    assert!(state().starts_with("stalled"), "{}", state());
    let start = Instant::now();
    let ended = Launcher::Alone.run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
    ended.says(&["may still be alive"]);
    assert!(start.elapsed() > Duration::from_secs(55), "{:?}", start.elapsed());
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "after a death elsewhere");
}

#[test]
fn a_reduce_that_stands_still_cannot_replace_what_the_run_has_written_since() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let reference = place.reference(&sweep, 0);
    for moment in [0, 5, 10, 20, 40] {
        let out = place.path(&format!("results-{moment}"));
        let running = at_work(&sweep, &out);
        let reduce = Launcher::Alone.start(&["reduce", &out]);
        await_until("the lease of the reduce", || {
            fs::metadata(format!("{out}/runs/reduce.lease"))
                .ok()
                .map(|_| ())
                .or_else(|| Path::new(&format!("{out}/results.h5")).exists().then_some(()))
        });
        std::thread::sleep(Duration::from_millis(moment));
        signal(reduce.pid(), "STOP");
        running.wait().expect(0);
        signal(reduce.pid(), "CONT");
        let late = reduce.wait();
        assert!(matches!(late.code, Some(0 | 75)), "{late}");
        reference.assert_equal(&Products::read(&out), &format!("stopped after {moment} ms"));
        Launcher::Alone.run(&["verify", &out]).expect(0);
        assert_eq!(status(&out).unwrap()["state"], "complete");
    }
}
