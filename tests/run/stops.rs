//! Runs that stop early, by a signal or a time limit, and are resumed.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::launch::Launcher;
use crate::place::{Place, listed, runs, status};
use crate::products::Products;
use crate::running::{Ended, Running, await_until, signal};

const SHORT: &str = r#"
[sweep]
name = "stops"
experiment = "null"
seed = 9
replicates = 400

[fixed]
duration = 0.3
"#;

const LONG: &str = r#"
[sweep]
name = "stops"
experiment = "null"
replicates = 40

[fixed]
duration = 90.0
"#;

/// A run with tasks in hand.
fn at_work(launcher: Launcher, arguments: &[&str], out: &str) -> Running {
    let running = launcher.start(arguments);
    await_until("tasks in hand", || {
        status(out).filter(|status| status["running"].as_u64().unwrap() >= 2 * launcher.ranks() as u64)
    });
    running
}

/// Sends signals to one process and waits; the time from the last signal to the end is the elapsed time.
fn stopped(running: Running, pid: u32, name: &str) -> Ended {
    let sent = Instant::now();
    signal(pid, name);
    let ended = running.wait();
    Ended { elapsed: sent.elapsed(), ..ended }.expect(75)
}

/// What a stop must leave: every task that was started has its record, and the same command ends the computation.
fn check_resumable(place: &Place, sweep: &str, out: &str) {
    let run = runs(out).pop().unwrap();
    assert_eq!((&run["state"], &run["tasks"]["in_hand"]), (&"interrupted".into(), &0.into()), "{run:#}");
    let status = status(out).unwrap();
    assert_eq!(status["done"], run["tasks"]["done"], "{status:#}");
    assert!(status["left"].as_u64().unwrap() > 0 && status["done"].as_u64().unwrap() > 0, "{status:#}");
    assert_eq!(status["explanation"], "stopped (interrupted); the same command resumes", "{status:#}");
    Launcher::Ranks(2).run(&["run", sweep, "--out", out, "--threads", "64"]).expect(0);
    place.reference(sweep, 0).assert_equal(&Products::read(out), "resumed");
}

fn check_signal(launcher: Launcher, victim: usize, name: &str) {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SHORT);
    let out = place.path("results");
    let running = at_work(launcher, &["run", &sweep, "--out", &out, "--threads", "2"], &out);
    let pid = running.await_ranks(launcher.ranks())[victim].1;
    let ended = stopped(running, pid, name).says(&["stopped by a signal"]);
    // Some tasks are left, as is looked at below; how long the results take depends on the machine.
    assert!(ended.elapsed < Duration::from_secs(60), "{ended}");
    check_resumable(&place, &sweep, &out);
}

#[test]
fn results_go_where_the_environment_says() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", "[sweep]\nname = \"named\"\nexperiment = \"null\"\n");
    let folder = place.path("scratch");
    let variables = [("MICROZONE_RESULTS", &folder[..])];
    Launcher::Alone.start_with(&["run", &sweep], &variables).wait().expect(0);
    assert_eq!(status(&format!("{folder}/named")).unwrap()["state"], "complete");
    // What the command line says comes first.
    let out = place.path("out");
    Launcher::Alone.start_with(&["run", &sweep, "--out", &out], &variables).wait().expect(0);
    assert_eq!(status(&out).unwrap()["state"], "complete");
}

#[test]
fn an_interrupt_finishes_the_tasks_in_hand() {
    check_signal(Launcher::Alone, 0, "INT");
}

#[test]
fn termination_finishes_the_tasks_in_hand() {
    check_signal(Launcher::Alone, 0, "TERM");
}

#[test]
fn the_signal_of_slurm_finishes_the_tasks_in_hand() {
    check_signal(Launcher::Alone, 0, "USR1");
}

#[test]
fn a_signal_to_the_first_rank_stops_all() {
    check_signal(Launcher::Ranks(3), 0, "TERM");
}

#[test]
fn a_signal_to_another_rank_stops_all() {
    check_signal(Launcher::Ranks(3), 2, "USR1");
}

#[test]
fn tasks_longer_than_the_grace_time_are_abandoned() {
    for launcher in [Launcher::Alone, Launcher::Ranks(3)] {
        let place = Place::new();
        let sweep = place.file("sweep.toml", LONG);
        let out = place.path("results");
        let arguments = ["run", &sweep, "--out", &out, "--threads", "2", "--grace", "1s"];
        let running = at_work(launcher, &arguments, &out);
        let pid = running.await_ranks(launcher.ranks())[0].1;
        let ended = stopped(running, pid, "TERM");
        let seconds = ended.elapsed.as_secs_f64();
        assert!((1.0..60.0).contains(&seconds), "{seconds} s after the signal: {ended}");
        assert_eq!(status(&out).unwrap()["left"], 40);
        Launcher::Alone.run(&["verify", &out]).expect(0);
    }
}

#[test]
fn a_second_interrupt_ends_the_run_at_once() {
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        let place = Place::new();
        let sweep = place.file("sweep.toml", LONG);
        let out = place.path("results");
        let arguments = ["run", &sweep, "--out", &out, "--threads", "2", "--grace", "80s"];
        let mut running = at_work(launcher, &arguments, &out);
        let pid = running.await_ranks(launcher.ranks())[0].1;
        signal(pid, "INT");
        // Twice within 0.3 s is one keystroke that arrived twice.
        signal(pid, "INT");
        std::thread::sleep(Duration::from_millis(600));
        assert!(!running.has_ended(), "{launcher:?} did not wait for the tasks in hand");
        let ended = stopped(running, pid, "INT");
        assert!(ended.elapsed < Duration::from_secs(60), "{launcher:?}: {ended}");
        let resumed = Launcher::Alone.run(&["run", &sweep, "--out", &out, "--time-limit", "1s"]);
        resumed.expect(75).says(&["40 tasks left"]);
    }
}

#[test]
fn a_signal_while_results_are_written_is_answered_and_spoils_nothing() {
    let place = Place::new();
    let text = "[sweep]\nname = \"merging\"\nexperiment = \"null\"\nreplicates = 1000000\n";
    let (sweep, out) = (place.file("sweep.toml", text), place.path("results"));
    let running = Launcher::Alone.start(&["run", &sweep, "--out", &out, "--threads", "2"]);
    await_until("the merge", || {
        let is_folded = !listed(&format!("{out}/shards")).is_empty();
        (is_folded && Path::new(&format!("{out}/runs/reduce.lease")).exists()).then_some(())
    });
    signal(running.pid(), "INT");
    let ended = running.wait().expect(0);
    ended.says(&["the tasks have ended, and the results are being written; Ctrl-C again stops at once\n", "next: "]);
    assert_eq!(status(&out).unwrap()["state"], "complete");
}

#[test]
fn nothing_starts_that_does_not_fit_the_time_limit() {
    let place = Place::new();
    let text = SHORT.replace("duration = 0.3", "") + "[grid]\nduration = [0.01, 600.0]\n";
    let sweep = place.file("sweep.toml", &text.replace("replicates = 400", "replicates = 20"));
    let out = place.path("results");
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        let limited = ["run", &sweep, "--out", &out, "--threads", "2", "--time-limit", "30s"];
        let ended = launcher.run(&limited).expect(75).says(&["nothing more fits the time limit, 20 tasks left"]);
        assert!(ended.elapsed < Duration::from_secs(60), "{ended}");
        let status = status(&out).unwrap();
        assert_eq!((&status["done"], &status["left"]), (&20.into(), &20.into()));
        assert!(status["explanation"].as_str().unwrap().contains("time limit"), "{status:#}");
    }
}

#[test]
fn a_sweep_cut_by_its_time_limit_resumes() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SHORT);
    let out = place.path("results");
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        let limited = ["run", &sweep, "--out", &out, "--threads", "1", "--time-limit", "2s"];
        let ended = launcher.run(&limited).expect(75);
        assert!(ended.elapsed < Duration::from_secs(60), "{ended}");
    }
    // At most 2 s of tasks of 0.3 s, on one thread and then on two.
    let done = status(&out).unwrap()["done"].as_u64().unwrap();
    assert!((2..=18).contains(&done), "{done} tasks done");
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--threads", "64"]).expect(0);
    place.reference(&sweep, 0).assert_equal(&Products::read(&out), "resumed");
}

#[test]
fn a_time_limit_beyond_what_clocks_can_measure_is_no_limit() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SHORT.replace("replicates = 400", "replicates = 4"));
    for (name, launcher) in [("alone", Launcher::Alone), ("ranks", Launcher::Ranks(2))] {
        launcher.run(&["run", &sweep, "--out", &place.path(name), "--time-limit", "500000000000years"]).expect(0);
    }
}
